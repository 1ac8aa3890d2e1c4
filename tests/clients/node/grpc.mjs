// A Node vendor with @grpc/grpc-js, who loads the .proto files as they stand in the repository.
//
// Usage: node grpc.mjs READY_FILE STRANGERS_DIR

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import { checkEssential, checkRecorders } from "./essential.mjs";
import { failureOfStatus } from "./google_rpc.mjs";
import {
  atANewDossier,
  contradiction,
  decomposed,
  effects,
  messages,
  newDossier,
  openStage,
  question,
  Report,
  same,
  tellsTheOutage,
  untilAccepted,
  untilAnswered,
  whileItIsOut,
  withDates,
} from "./stage.mjs";
import { checkOperators } from "./sync.mjs";

const CALL_MS = 20_000;
const [readyFile, strangersDir] = process.argv.slice(2);
const stage = openStage(readyFile);
const { v1 } = grpc.loadPackageDefinition(
  protoLoader.loadSync(
    ["population", "dossier", "sync", "audit", "essential_services", "catalogue"].map((name) => `lienthong/v1/${name}.proto`),
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
const audit = new v1.AuditService(stage.grpc_tls, credentials);

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

async function checkKeptAnswers(report) {
  const context = atANewDossier(stage.context);
  const request = question(context, stage.citizens[0]);
  await report.check("asked again, the kept answer comes with its age", async () => {
    const miss = (await call(population, "VerifyCitizen", request)).provenance;
    const hit = (await call(population, "VerifyCitizen", request)).provenance;
    same([miss.source, miss.attempts, hit.source, hit.attempts], ["LIVE", 1, "CACHE", 0]);
    same(hit.request_id, miss.request_id);
  });
  await report.check("a household has a head, members and what is withheld", async () => {
    const { verdict, head, members, withheld } = await call(population, "LookupHousehold", request);
    const names = members.map(({ full_name }) => full_name);
    same({ head: head.full_name, members: names, withheld }, messages.household);
    same([verdict, members[0].personal_number], ["MATCH", ""]);
  });
  await report.check("a purpose that is not permitted is PERMISSION_DENIED", async () => {
    const refused = { ...request, context: { ...context, purpose: "DATA_CLEANING" } };
    const { code, reason } = await failure(population, "VerifyCitizen", refused);
    same([code, reason], ["PERMISSION_DENIED", "NOT_PERMITTED_PURPOSE"]);
  });
  await report.check("every look-up is on record, the refused one too", async () => {
    const conditions = { reader: messages.audit_reader, dossier_code: context.dossier_code };
    const { accesses } = await call(audit, "ListAccesses", conditions);
    same(
      accesses.map(({ outcome, provenance }) => [outcome, provenance?.source ?? ""]),
      [["DENIED", ""], ["MATCHED", "LIVE"], ["MATCHED", "CACHE"], ["MATCHED", "LIVE"]],
    );
  });
}

/** Sends the items in a stream, closes this side, and gives the answers as they come. */
async function* sent(stream, items) {
  for (const item of items) {
    if (!stream.write(item)) await once(stream, "drain");
  }
  stream.end();
  yield* stream;
}

/** Verifies the items in a stream and gives the answers by id. */
async function streamed(items) {
  const stream = population.VerifyCitizens({ deadline: Date.now() + CALL_MS });
  const answers = {};
  for await (const answer of sent(stream, items)) answers[answer.correlation_id] = answer;
  return answers;
}

async function checkStreams(report) {
  const context = atANewDossier(stage.context);
  const item = (id, citizen) => ({ correlation_id: id, request: question(context, citizen) });
  await report.check("a stream answers every item under its own id", async () => {
    const items = Array.from({ length: 300 }, (_, place) =>
      item(`item-${place}`, stage.citizens[place % stage.citizens.length]),
    );
    const answers = await streamed(items);
    same(Object.keys(answers).length, items.length);
    same(new Set(Object.values(answers).map(({ answer }) => answer?.verdict)), new Set(["MATCH"]));
  });
  await report.check("a bad item is an error of its own and the stream goes on", async () => {
    const [citizen] = stage.citizens;
    const { bad, good } = await streamed([
      item("bad", { ...citizen, personal_number: "12" }),
      item("good", citizen),
    ]);
    const fields = bad.error.violations.map(({ field }) => field);
    same([bad.error.reason, fields], ["INVALID_FIELD", ["request.identity.personal_number"]]);
    same([bad.error.code, bad.error.retry_after], [grpc.status.INVALID_ARGUMENT, null]);
    same(good.answer.verdict, "MATCH");
  });
  await report.check("an answer comes while the stream is still open", async () => {
    const stream = population.VerifyCitizens({ deadline: Date.now() + CALL_MS });
    const answers = stream[Symbol.asyncIterator]();
    for (const id of ["turn-1", "turn-2", "turn-3"]) {
      stream.write(item(id, stage.citizens[0]));
      same((await answers.next()).value.correlation_id, id);
    }
    stream.end();
    same((await answers.next()).done, true);
  });
}

async function checkOutage(report) {
  const context = atANewDossier(stage.context);
  const [kept, other] = stage.citizens.map((citizen) => question(context, citizen));
  const ask = (request) => call(population, "VerifyCitizen", request);
  await ask(kept);
  await whileItIsOut(stage, async () => {
    await report.check("an outage is told with the lawful fallback", async () => {
      const told = await failure(population, "VerifyCitizen", other);
      same(told.code, "UNAVAILABLE");
      tellsTheOutage(told);
    });
    await report.check("a kept answer is given meanwhile", async () => {
      const { verdict, provenance } = await ask(kept);
      same([verdict, provenance.source], ["MATCH", "CACHE"]);
    });
    await report.check("each item of a stream tells the outage", async () => {
      const { error } = (await streamed([{ correlation_id: "1", request: other }]))["1"];
      same([error.code, error.retry_after === null], [grpc.status.UNAVAILABLE, false]);
      same(error.metadata.fallback, messages.fallback);
    });
  });
  await report.check("after the outage there are answers again", async () => {
    const isOutage = ({ code }) => code === grpc.status.UNAVAILABLE;
    same((await untilAnswered(() => ask(other), isOutage)).verdict, "MATCH");
  });
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

async function checkBulk(report) {
  const backlog = Array.from({ length: 100 }, () => newDossier("grpc-js", stage.context));
  const events = backlog.flatMap(({ state, step }) => [{ dossier: state }, { progress: step }]);
  const recorded = async (items) => {
    const stream = dossiers.RecordEvents({ deadline: Date.now() + CALL_MS });
    const answers = [];
    for await (const answer of sent(stream, withDates(items, timestamp))) answers.push(answer);
    return answers;
  };
  const receipts = (answers) => answers.map(({ event_id, receipt }) => [event_id, receipt?.duplicate]);
  const ids = backlog.flatMap(({ state, step }) => [state.event_id, step.event_id]);
  await report.check("every event of a stream has its receipt, in order", async () =>
    same(receipts(await recorded(events)), ids.map((id) => [id, false])),
  );
  await report.check("the same stream again gives the same receipts", async () =>
    same(receipts(await recorded(events)), ids.map((id) => [id, true])),
  );
  await report.check("an event that is refused ends nothing", async () => {
    const good = newDossier("grpc-js", stage.context);
    const answers = await recorded([
      { dossier: contradiction(backlog[0].state) },
      { progress: newDossier("grpc-js", stage.context).step },
      { dossier: good.state },
    ]);
    const told = answers.map(({ error, receipt }) => error?.reason ?? receipt.revision);
    same(told, ["EVENT_ID_REUSED", "DOSSIER_NOT_RECORDED", "1"]);
  });
  await report.check("each event of the backlog is at the portal once, in order", async () => {
    for (const { code } of backlog) {
      const get = () => call(dossiers, "GetDossier", { dossier_code: code });
      await untilAccepted(async () => (await get()).sync.state);
      same(await effects(stage, code), ["created", "step"]);
    }
  });
  await report.check("a dossier is watched until the portal has all of it", async () => {
    const { code, state, step } = newDossier("grpc-js", stage.context);
    const deadline = Date.now() + 3 * CALL_MS;
    const watching = dossiers.WatchDossier({ dossier_code: code }, { deadline });
    const seen = [];
    for await (const { sync } of watching) {
      seen.push([sync.state, sync.timeline.length]);
      // The first answer comes at once, before there is anything to tell.
      if (seen.length === 1) {
        await call(dossiers, "RecordDossier", state);
        await call(dossiers, "RecordProgress", step);
      }
      if (sync.state === "ACCEPTED" && sync.timeline.length === 2) break;
    }
    same([seen[0], seen.at(-1)], [["SYNC_STATE_UNSPECIFIED", 0], ["ACCEPTED", 2]]);
  });
}

/** Copies an answer with lowerCamelCase names. */
function camelled(value) {
  if (Array.isArray(value)) return value.map(camelled);
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return value;
  const name = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [name(key), camelled(each)]));
}

/** A system, by its certificate, that calls by path; `close` lets go of its connections. */
function speakerOf(credentials) {
  const clients = new Map();
  const methodOf = (path) => {
    const [service, method] = path.split("/");
    if (!clients.has(service)) clients.set(service, new v1[service](stage.grpc_tls, credentials));
    return [clients.get(service), method];
  };
  return {
    call: async (path, request) => camelled(await call(...methodOf(path), request)),
    failure: (path, request) => failure(...methodOf(path), request),
    async *answers(path, [request]) {
      const [client, method] = methodOf(path);
      for await (const answer of client[method](request, { deadline: Date.now() + CALL_MS })) {
        yield camelled(answer);
      }
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

/** What an operator does, what somebody who reads and records does, and what another system may not. */
async function checkShared(report) {
  const check = (sentence, run) => report.check(sentence, run);
  const [key, cert] = ["key", "pem"].map((end) => readFileSync(join(strangersDir, `other-vendor.${end}`)));
  const stranger = speakerOf(grpc.credentials.createSsl(stage.ca, key, cert));
  const speaker = speakerOf(credentials);
  await checkOperators(check, stage, "grpc-js", speaker);
  await check("who is no operator may not see what is held up", async () => {
    const { code, reason } = await stranger.failure("SyncService/ListFailureCauses", {});
    same([code, reason], ["PERMISSION_DENIED", "NOT_PERMITTED_OPERATOR"]);
  });
  await checkEssential(check, speaker);
  await checkRecorders(check, speaker, stranger);
  for (const each of [speaker, stranger]) each.close();
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
await checkKeptAnswers(report);
await checkStreams(report);
await checkOutage(report);
await checkDossiers(report);
await checkBulk(report);
await checkShared(report);
for (const client of [population, dossiers, sync, audit]) client.close();
process.exitCode = report.close();
