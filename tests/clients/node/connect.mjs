// A Node vendor with Connect: JSON and binary, HTTP/1.1 and HTTP/2, and the same client as gRPC-Web and gRPC.
//
// Usage: node connect.mjs READY_FILE
//
// The messages come from proto/baseline.binpb, the contract of the last release: this client is one that
// was built before the server, and no code is generated.

import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, fromJson, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { checkEssential } from "./essential.mjs";
import { BadRequest, ErrorInfo, failureOf, RetryInfo } from "./google_rpc.mjs";
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
const stage = openStage(process.argv[2]);
const contract = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL("../../../proto/baseline.binpb", import.meta.url)),
  ),
);

/** One way of speaking to the door, with every call in protobuf JSON. */
class Speaker {
  #transport;
  #sessions;

  constructor(name, create, options) {
    const baseUrl = `https://${stage.grpc_tls}`;
    const nodeOptions = { ca: stage.ca, cert: stage.cert, key: stage.key };
    this.name = name;
    this.streams = create === createGrpcTransport;
    // A stream of answers to one request is no matter for one JSON message.
    if (create === createConnectTransport) this.answers = undefined;
    if (options.httpVersion === "2") {
      this.#sessions = new Http2SessionManager(baseUrl, undefined, nodeOptions);
    }
    this.#transport = create({ baseUrl, nodeOptions, sessionManager: this.#sessions, ...options });
  }

  /** Calls `Service/Method` of the package and gives the answer, its headers beside it. */
  async exchange(path, request, headers = {}) {
    const [service, name] = path.split("/");
    const methods = contract.getService(`lienthong.v1.${service}`).methods;
    // A name that is not in the contract is sent with the messages of the first method.
    const method = methods.find((method) => method.name === name) ?? { ...methods[0], name };
    const input = fromJson(method.input, withDates(request, (date) => date.toISOString()));
    const answer = await this.#transport.unary(method, undefined, CALL_MS, headers, input);
    const message = toJson(method.output, answer.message, { alwaysEmitImplicit: true });
    return { message, header: answer.header };
  }

  /** Calls a method and gives the answer. */
  async call(path, request) {
    return (await this.exchange(path, request)).message;
  }

  /** Sends the requests in a stream, closes this side, and gives the answers as they come. */
  async *answers(path, requests) {
    const [service, name] = path.split("/");
    const method = contract.getService(`lienthong.v1.${service}`).methods.find((each) => each.name === name);
    const inputs = requests.map((request) =>
      fromJson(method.input, withDates(request, (date) => date.toISOString())),
    );
    const send = async function* () {
      yield* inputs;
    };
    const answer = await this.#transport.stream(method, undefined, 3 * CALL_MS, {}, send());
    for await (const message of answer.message) yield toJson(method.output, message);
  }

  /** The same, all answers at once. */
  async streamed(path, requests) {
    const messages = [];
    for await (const message of this.answers(path, requests)) messages.push(message);
    return messages;
  }

  /** Makes a call that has to fail and gives its code and details. */
  async failure(path, request) {
    try {
      await this.call(path, request);
    } catch (error) {
      const told = ConnectError.from(error);
      const details = failureOf(...[ErrorInfo, BadRequest, RetryInfo].map((kind) => told.findDetails(kind)));
      return { code: Code[told.code], ...details };
    }
    throw new Error("the call was answered and should have failed");
  }

  /** Lets go of the connection. */
  close() {
    this.#sessions?.abort();
  }
}

async function checkLookups(check, speaker) {
  const { context, citizens } = stage;
  const verdict = async (citizen) =>
    (await speaker.call("PopulationService/VerifyCitizen", question(context, citizen))).verdict;
  await check("every sample citizen is verified", async () => {
    for (const citizen of citizens) same([citizen.kind, await verdict(citizen)], [citizen.kind, "MATCH"]);
  });
  await check("a decomposed (NFD) name is the same name", async () =>
    same(await verdict(decomposed(citizens)), "MATCH"),
  );
  await check("a wrong name is NO_MATCH and not an error", async () =>
    same(await verdict({ ...citizens[0], full_name: "Nguyễn Văn Không Có" }), "NO_MATCH"),
  );
  await check("bad input names every violation at once", async () =>
    same(await speaker.failure("PopulationService/VerifyCitizen", messages.malformed_verification), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      domain: "lienthong",
      violations: messages.malformed_verification_fields,
    }),
  );
}

async function checkKeptAnswers(check, speaker) {
  const context = atANewDossier(stage.context);
  const request = question(context, stage.citizens[0]);
  await check("asked again, the kept answer comes with its age", async () => {
    const ask = async () => (await speaker.call("PopulationService/VerifyCitizen", request)).provenance;
    const [miss, hit] = [await ask(), await ask()];
    same([miss.source, hit.source, hit.requestId], ["LIVE", "CACHE", miss.requestId]);
  });
  await check("a household has a head, members and what is withheld", async () => {
    const { head, members, withheld } = await speaker.call("PopulationService/LookupHousehold", request);
    const names = members.map(({ fullName }) => fullName);
    same({ head: head.fullName, members: names, withheld }, messages.household);
  });
  await check("both are on record", async () => {
    const conditions = { reader: messages.audit_reader, dossierCode: context.dossier_code };
    const { accesses } = await speaker.call("AuditService/ListAccesses", conditions);
    same(
      accesses.map(({ method, provenance }) => [method.split("/")[1], provenance.source]),
      [["LookupHousehold", "LIVE"], ["VerifyCitizen", "CACHE"], ["VerifyCitizen", "LIVE"]],
    );
  });
}

async function checkStream(check, speaker) {
  const context = atANewDossier(stage.context);
  await check("a stream answers every item under its own id", async () => {
    const items = stage.citizens.map((citizen) => ({
      correlationId: citizen.kind,
      request: question(context, citizen),
    }));
    const answers = await speaker.streamed("PopulationService/VerifyCitizens", items);
    const found = answers.map(({ correlationId, answer }) => [correlationId, answer?.verdict]);
    same(new Map(found), new Map(stage.citizens.map(({ kind }) => [kind, "MATCH"])));
  });
}

/** One outage for all: each speaker asks during it and after it. */
async function checkOutage(report, speakers) {
  const context = atANewDossier(stage.context);
  const path = "PopulationService/VerifyCitizen";
  const request = question(context, stage.citizens[0]);
  await whileItIsOut(stage, async () => {
    for (const speaker of speakers) {
      await report.check(`${speaker.name}: an outage is told with the lawful fallback`, async () => {
        const told = await speaker.failure(path, request);
        same(told.code, "Unavailable");
        tellsTheOutage(told);
      });
    }
  });
  for (const speaker of speakers) {
    await report.check(`${speaker.name}: after the outage there are answers again`, async () => {
      const isOutage = (error) => ConnectError.from(error).code === Code.Unavailable;
      same((await untilAnswered(() => speaker.call(path, request), isOutage)).verdict, "MATCH");
    });
  }
}

async function checkDossiers(check, speaker) {
  const { code, state, step } = newDossier("connect", stage.context);
  const receipt = async (method, event) => {
    const answer = await speaker.call(`DossierService/${method}`, event);
    return [answer.receipt.dossierCode, answer.receipt.revision, answer.receipt.duplicate];
  };
  await check("a dossier is recorded", async () =>
    same(await receipt("RecordDossier", state), [code, "1", false]),
  );
  await check("a step is recorded", async () =>
    same(await receipt("RecordProgress", step), [code, "2", false]),
  );
  await check("the same event again is a duplicate", async () =>
    same(await receipt("RecordDossier", state), [code, "1", true]),
  );
  await check("the same event id with other content is ALREADY_EXISTS", async () => {
    const told = await speaker.failure("DossierService/RecordDossier", contradiction(state));
    same([told.code, told.reason], ["AlreadyExists", "EVENT_ID_REUSED"]);
  });
  await check("dossier and step reach the portal", async () => {
    const get = () => speaker.call("DossierService/GetDossier", { dossier_code: code });
    await untilAccepted(async () => (await get()).sync.state);
    const { dossier, sync } = await get();
    same(dossier.owner.fullName, state.dossier.owner.full_name);
    same(sync.timeline.map(({ kind, state }) => [kind, state]), [
      ["DOSSIER_STATE", "ACCEPTED"],
      ["PROCESSING_STEP", "ACCEPTED"],
    ]);
  });
}

async function checkBulk(check, speaker) {
  const backlog = Array.from({ length: 20 }, () => newDossier("connect", stage.context));
  await check("every event of a stream has its receipt, and is at the portal once", async () => {
    const events = backlog.flatMap(({ state, step }) => [{ dossier: state }, { progress: step }]);
    const answers = await speaker.streamed("DossierService/RecordEvents", events);
    same(
      answers.map(({ eventId, receipt }) => [eventId, receipt?.revision]),
      backlog.flatMap(({ state, step }) => [[state.event_id, "1"], [step.event_id, "2"]]),
    );
    for (const { code } of backlog) {
      const get = () => speaker.call("DossierService/GetDossier", { dossier_code: code });
      await untilAccepted(async () => (await get()).sync.state);
      same(await effects(stage, code), ["created", "step"]);
    }
  });
}

async function checkWatching(check, speaker) {
  await check("a dossier is watched until the portal has all of it", async () => {
    const { code, state, step } = newDossier("connect", stage.context);
    let seen = 0;
    for await (const { sync } of speaker.answers("DossierService/WatchDossier", [{ dossier_code: code }])) {
      seen += 1;
      // The first answer comes at once, before there is anything to tell.
      if (seen === 1) {
        await speaker.call("DossierService/RecordDossier", state);
        await speaker.call("DossierService/RecordProgress", step);
      }
      if (sync.state === "ACCEPTED" && sync.timeline.length === 2) return;
    }
    throw new Error(`the stream ended after ${seen} answers`);
  });
}

async function checkManners(check, speaker) {
  await check("x-request-id comes back", async () => {
    const { header } = await speaker.exchange("SyncService/GetSyncHealth", {}, {
      "x-request-id": "connect-42",
    });
    same(header.get("x-request-id"), "connect-42");
  });
  await check("an unserved method is unimplemented", async () => {
    const told = await speaker.failure("PopulationService/NoSuchMethod", {});
    same([told.code, told.reason], ["Unimplemented", "UNKNOWN_METHOD"]);
  });
}

const speakers = [
  new Speaker("JSON, HTTP/1.1", createConnectTransport, { httpVersion: "1.1", useBinaryFormat: false }),
  new Speaker("JSON, HTTP/2", createConnectTransport, { httpVersion: "2", useBinaryFormat: false }),
  new Speaker("binary, HTTP/1.1", createConnectTransport, { httpVersion: "1.1", useBinaryFormat: true }),
  new Speaker("binary, HTTP/2", createConnectTransport, { httpVersion: "2", useBinaryFormat: true }),
  new Speaker("gRPC-Web, HTTP/1.1", createGrpcWebTransport, { httpVersion: "1.1" }),
  new Speaker("gRPC, HTTP/2", createGrpcTransport, { httpVersion: "2" }),
];
const report = new Report("connect");
for (const speaker of speakers) {
  const check = (sentence, run) => report.check(`${speaker.name}: ${sentence}`, run);
  await checkManners(check, speaker);
  await checkLookups(check, speaker);
  await checkKeptAnswers(check, speaker);
  // Of the three protocols only gRPC carries a stream in both directions here.
  if (speaker.streams) await checkStream(check, speaker);
  await checkDossiers(check, speaker);
  if (speaker.streams) await checkBulk(check, speaker);
  if (speaker.answers) await checkWatching(check, speaker);
  await checkOperators(check, stage, "connect", speaker);
  await checkEssential(check, speaker);
}
await checkOutage(report, speakers);
for (const speaker of speakers) speaker.close();
process.exitCode = report.close();
