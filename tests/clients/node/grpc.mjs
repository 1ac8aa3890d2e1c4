// A Node vendor with @grpc/grpc-js, who loads the .proto files as they stand in the repository.
//
// Usage: node grpc.mjs READY_FILE STRANGERS_DIR

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import { failureOfStatus } from "./google_rpc.mjs";
import {
  contradiction,
  decomposed,
  messages,
  newDossier,
  openStage,
  question,
  Report,
  same,
  untilAccepted,
  withDates,
} from "./stage.mjs";

const CALL_MS = 20_000;
const [readyFile, strangersDir] = process.argv.slice(2);
const stage = openStage(readyFile);
const { v1 } = grpc.loadPackageDefinition(
  protoLoader.loadSync(
    ["population", "dossier", "sync"].map((name) => `lienthong/v1/${name}.proto`),
    {
      includeDirs: [fileURLToPath(new URL("../../../proto", import.meta.url))],
      keepCase: true,
      enums: String,
      longs: String,
      defaults: true,
    },
  ),
).lienthong;

const credentials = grpc.credentials.createSsl(stage.ca, stage.key, stage.cert);
const population = new v1.PopulationService(stage.grpc_tls, credentials);
const dossiers = new v1.DossierService(stage.grpc_tls, credentials);
const sync = new v1.SyncService(stage.grpc_tls, credentials);

function timestamp(date) {
  const ms = date.getTime();
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}

/** Makes one unary call; the metadata before the answer is given to `onMetadata`. */
function call(client, method, request, { metadata = {}, onMetadata = () => {} } = {}) {
  const sent = new grpc.Metadata();
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + CALL_MS };
    client[method](withDates(request, timestamp), sent, options, (error, answer) =>
      error ? reject(error) : resolve(answer),
    ).on("metadata", onMetadata);
  });
}

/** Makes a call that has to fail and gives its code and details. */
async function failure(client, method, request) {
  try {
    await call(client, method, request);
  } catch (error) {
    const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
    const told = details ? failureOfStatus(details) : {};
    return { code: grpc.status[error.code], ...told };
  }
  throw new Error("the call was answered and should have failed");
}

async function checkLookups(report) {
  const { context, citizens } = stage;
  const verdict = async (citizen) =>
    (await call(population, "VerifyCitizen", question(context, citizen))).verdict;
  for (const citizen of citizens) {
    await report.check(`citizen '${citizen.kind}' is verified`, async () =>
      same(await verdict(citizen), "MATCH"),
    );
  }
  await report.check("a decomposed (NFD) name is the same name", async () =>
    same(await verdict(decomposed(citizens)), "MATCH"),
  );
  await report.check("a wrong name is NO_MATCH and not an error", async () =>
    same(await verdict({ ...citizens[0], full_name: "Nguyễn Văn Không Có" }), "NO_MATCH"),
  );
  await report.check("a look-up gives the fields that were asked for", async () => {
    const fields = { paths: ["personal_number", "full_name"] };
    const request = { ...question(context, citizens[0]), fields };
    const { citizen, name_comparison, withheld } = await call(population, "LookupCitizen", request);
    same(citizen.personal_number, citizens[0].personal_number);
    same([name_comparison, withheld, citizen.permanent_address], ["EXACT", [], null]);
  });
  await report.check("bad input names every violation at once", async () =>
    same(await failure(population, "VerifyCitizen", messages.malformed_verification), {
      code: "INVALID_ARGUMENT",
      reason: "INVALID_FIELD",
      domain: "lienthong",
      violations: messages.malformed_verification_fields,
    }),
  );
}

async function checkDossiers(report) {
  const { code, state, step } = newDossier("grpc-js", stage.context);
  const receipt = async (method, event) => {
    const { dossier_code, revision, duplicate } = (await call(dossiers, method, event)).receipt;
    return [dossier_code, revision, duplicate];
  };
  await report.check("a dossier is recorded", async () =>
    same(await receipt("RecordDossier", state), [code, "1", false]),
  );
  await report.check("a step is recorded", async () =>
    same(await receipt("RecordProgress", step), [code, "2", false]),
  );
  await report.check("the same event again is a duplicate", async () =>
    same(await receipt("RecordDossier", state), [code, "1", true]),
  );
  await report.check("the same event id with other content is ALREADY_EXISTS", async () => {
    const { code, reason } = await failure(dossiers, "RecordDossier", contradiction(state));
    same([code, reason], ["ALREADY_EXISTS", "EVENT_ID_REUSED"]);
  });
  await report.check("dossier and step reach the portal", async () => {
    const get = () => call(dossiers, "GetDossier", { dossier_code: code });
    await untilAccepted(async () => (await get()).sync.state);
    const { dossier, sync } = await get();
    same(dossier.owner.full_name, state.dossier.owner.full_name);
    same(sync.timeline.map(({ kind, state }) => [kind, state]), [
      ["DOSSIER_STATE", "ACCEPTED"],
      ["PROCESSING_STEP", "ACCEPTED"],
    ]);
  });
  await report.check("an unknown dossier is NOT_FOUND", async () => {
    const unknown = code.replace(/[0-9]+$/, "0000000");
    const { code: status } = await failure(dossiers, "GetDossier", { dossier_code: unknown });
    same(status, "NOT_FOUND");
  });
}

async function checkManners(report) {
  await report.check("x-request-id comes back", async () => {
    let received;
    await call(sync, "GetSyncHealth", {}, {
      metadata: { "x-request-id": "node-42" },
      onMetadata: (metadata) => {
        received = metadata.get("x-request-id");
      },
    });
    same(received, ["node-42"]);
  });
  await report.check("a certificate that belongs to no client is UNAUTHENTICATED", async () => {
    const [key, cert] = ["key", "pem"].map((end) => readFileSync(join(strangersDir, `unmapped.${end}`)));
    const stranger = new v1.SyncService(
      stage.grpc_tls,
      grpc.credentials.createSsl(stage.ca, key, cert),
    );
    const { code, reason } = await failure(stranger, "GetSyncHealth", {});
    same([code, reason], ["UNAUTHENTICATED", "UNKNOWN_CALLER"]);
    stranger.close();
  });
  await report.check("no client certificate, no connection", async () => {
    const stranger = new v1.SyncService(stage.grpc_tls, grpc.credentials.createSsl(stage.ca));
    same((await failure(stranger, "GetSyncHealth", {})).code, "UNAVAILABLE");
    stranger.close();
  });
}

const report = new Report("grpc-js");
await checkManners(report);
await checkLookups(report);
await checkDossiers(report);
for (const client of [population, dossiers, sync]) client.close();
process.exitCode = report.close();
