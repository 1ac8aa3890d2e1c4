// The 25 essential services and the procedure catalogue, the same for every way of speaking to the door.
//
// `speaker` has `call(path, request)` and `failure(path, request)` as in sync.mjs, and, where the way of
// speaking carries a stream of answers, `answers(path, requests)`, which gives them as they come. 64-bit
// numbers are strings, bytes are base64 or bytes, and a member that is nothing may be left out.

import { createHash } from "node:crypto";
import { messages, same } from "./stage.mjs";

const SERVICES = "EssentialServicesService";
const CATALOGUE = "CatalogueService";
const DAY_MS = 86_400_000;
const NUMBERS = Array.from({ length: 25 }, (_, place) => place + 1);
const CRITERIA = [9, 15].flatMap((most, kind) =>
  Array.from({ length: most }, (_, place) => `${"KC"[kind]}${place + 1}`),
);
const DOSSIER_CODE = /^H[0-9]{2}(\.[0-9]+)*-[0-9]{6}-[0-9]+$/;
const FORMS = ["CSV", "XLSX", "HTML", "JSON"];
// What a system that may not record must not call.
const GUARDED = [
  "RecordEvidence",
  "ImportEvidence",
  "RebuildObservations",
  "ListRebuilds",
  "ApproveReport",
  "RecordPublication",
  "WithdrawReport",
];

/** Fails with a sentence; for what is too large to be printed. */
function holds(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

/** "InvalidArgument" and "INVALID_ARGUMENT" are the same code. */
function codeOf(told) {
  return told.code.replaceAll("_", "").toLowerCase();
}

function day(moment) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(moment);
}

/** The year of which the demo invents dossiers: up to yesterday in Việt Nam. */
function inventedYear() {
  const now = Date.now();
  return { window: { first_day: day(now - 365 * DAY_MS), last_day: day(now - DAY_MS) } };
}

/** The last month that is over in Việt Nam. */
function lastMonth() {
  const [year, month] = day(Date.now()).split("-").map(Number);
  const iso = (date) => date.toISOString().slice(0, 10);
  const first = new Date(Date.UTC(year, month - 2, 1));
  return { window: { first_day: iso(first), last_day: iso(new Date(Date.UTC(year, month - 1, 0))) } };
}

/** Puts the parts of a report together: its description, and its bytes. */
async function exported(speaker, request) {
  let description;
  const chunks = [];
  for await (const part of speaker.answers(`${SERVICES}/ExportReport`, [request])) {
    if (description) {
      holds(part.chunk?.length > 0, "a part behind the first is no chunk");
      chunks.push(typeof part.chunk === "string" ? Buffer.from(part.chunk, "base64") : part.chunk);
    } else {
      description = part.description;
      holds(description, "the first part is no description");
    }
  }
  return { description, file: Buffer.concat(chunks) };
}

function checkFinding(number, finding) {
  const place = `${number} ${finding.criterionId}`;
  holds(finding.verdict && finding.verdict !== "VERDICT_UNSPECIFIED", `${place}: no verdict`);
  holds(finding.reasonVi && finding.reasonEn, `${place}: no reason`);
  holds(finding.reasonVi.normalize("NFC") === finding.reasonVi, `${place}: not in NFC`);
  const examples = finding.exampleDossierCodes ?? [];
  const shown = examples.length > 0 && examples.length <= 5 && examples.every((code) => DOSSIER_CODE.test(code));
  same([place, shown], [place, finding.verdict === "CONTRADICTED"]);
}

function checkFigure(number, { code, numerator, denominator, value, unit }) {
  const place = `${number} ${code}`;
  const [part, whole] = [numerator ?? "0", denominator ?? "0"].map(Number);
  holds(Number.isSafeInteger(part) && Number.isSafeInteger(whole), `${place}: no number`);
  // Without a sample there is no value, and a share is told as its two counts.
  same([place, typeof value === "number"], [place, Boolean(unit) && whole > 0]);
  holds(unit || part <= whole, `${place}: ${part} of ${whole}`);
}

async function checkChecks(check, speaker) {
  const ask = (method, request) => speaker.call(`${SERVICES}/${method}`, request);
  await check("the 25 essential services are listed, with official names in NFC", async () => {
    const { services, listVersion } = await ask("ListServices", {});
    same(services.map(({ service }) => service.number), NUMBERS);
    const names = services.map(({ service }) => service.name);
    same(names.map((name) => name.normalize("NFC")), names);
    same(names[14].startsWith("Liên thông đăng ký khai sinh"), true);
    holds(listVersion, "no version of the list");
  });
  await check("what is not known is told as that", async () => {
    const { checks } = await ask("CheckServices", inventedYear());
    const known = checks.filter(({ coverage }) => typeof coverage === "number");
    holds(known.length > 0 && known.length < NUMBERS.length, `${known.length} coverages`);
    const [first] = checks[0].service.procedures;
    same([first.procedureCode, first.certainty, first.validTo ?? ""], ["9.000001", "UNVERIFIED", ""]);
  });
  await check("a check gives each service its figures, and a verdict on each criterion", async () => {
    const { checks, ruleVersion } = await ask("CheckServices", inventedYear());
    holds(ruleVersion, "no version of the rules");
    for (const { service, findings, figures = [] } of checks) {
      same(findings.map(({ criterionId }) => criterionId), CRITERIA);
      for (const finding of findings) checkFinding(service.number, finding);
      for (const figure of figures) checkFigure(service.number, figure);
    }
    const contradicted = ({ verdict }) => verdict === "CONTRADICTED";
    const repealed = checks[14].findings.find(({ criterionId }) => criterionId === "C9");
    same(contradicted(repealed), true);
    const { check: one } = await ask("GetService", { number: 15, ...inventedYear() });
    same(one, checks[14]);
  });
  await check("a bad question about the services names every violation at once", async () => {
    const told = await speaker.failure(`${SERVICES}/CheckServices`, messages.malformed_check);
    same([codeOf(told), told.violations], ["invalidargument", messages.malformed_check_fields]);
  });
  await check("evidence is listed page by page, and told why it is not valid", async () => {
    const ids = [];
    let token = "";
    do {
      const page = await ask("ListEvidence", { include_invalid: true, page_size: 20, page_token: token });
      for (const { evidence, valid, reasonVi } of page.evidence) {
        ids.push(evidence.evidenceId);
        holds(valid || reasonVi, `${evidence.evidenceId}: no reason`);
      }
      token = page.nextPageToken;
    } while (token);
    same([new Set(ids).size, ids.length > 40], [ids.length, true]);
  });
}

async function checkCatalogue(check, speaker) {
  const list = (request) => speaker.call(`${CATALOGUE}/ListProcedures`, request);
  await check("procedures are listed page by page to the end", async () => {
    const codes = [];
    let token = "";
    let listed;
    do {
      const page = await list({ page_size: 50, page_token: token });
      codes.push(...page.procedures.map(({ procedureCode }) => procedureCode));
      token = page.nextPageToken;
      listed = page.catalogue.procedures;
    } while (token);
    same(codes, [...new Set(codes)].sort());
    same(codes.length, listed);
  });
  await check("a page token of another question is refused", async () => {
    const { nextPageToken } = await list({ page_size: 1 });
    const other = { page_size: 1, page_token: nextPageToken, query: "cư trú" };
    const told = await speaker.failure(`${CATALOGUE}/ListProcedures`, other);
    same([codeOf(told), told.violations], ["invalidargument", ["page_token"]]);
  });
  await check("a procedure comes in full; an unknown one is not found", async () => {
    const { procedure } = await speaker.call(`${CATALOGUE}/GetProcedure`, { procedure_code: "1.004222" });
    same([procedure.summary.name, procedure.methods.length], ["Đăng ký thường trú", 3]);
    const told = await speaker.failure(`${CATALOGUE}/GetProcedure`, { procedure_code: "9.999999" });
    same([codeOf(told), told.reason], ["notfound", "PROCEDURE_NOT_FOUND"]);
  });
}

async function checkReports(check, speaker) {
  const board = (format) => exported(speaker, { format, ...lastMonth() });
  await check("a report is a description and bytes, in every form the same twice", async () => {
    const digest = ({ file }) => createHash("sha256").update(file).digest("hex");
    for (const format of FORMS) {
      const [first, second] = [await board(format), await board(format)];
      holds(first.description.fileName.endsWith(`.${format.toLowerCase()}`), first.description.fileName);
      same([format, digest(first)], [format, digest(second)]);
    }
  });
  await check("each form is what it says it is", async () => {
    const [csv, xlsx, html, json] = await Promise.all(FORMS.map(async (form) => (await board(form)).file));
    same(csv.subarray(0, 3).toString("hex"), "efbbbf");
    // A workbook is a ZIP archive.
    same(xlsx.subarray(0, 4).toString("hex"), "504b0304");
    same(html.toString().includes('<html lang="vi">'), true);
    same(JSON.parse(json).checks.map(({ service }) => service.number), NUMBERS);
  });
  await check("an export that is given up leaves the gateway serving", async () => {
    for await (const part of speaker.answers(`${SERVICES}/ExportReport`, [{ format: "JSON", ...inventedYear() }])) {
      holds(part.description, "the first part is no description");
      break;
    }
    same((await speaker.call(`${SERVICES}/GetService`, { number: 3 })).check.service.number, 3);
  });
}

/** Runs the checks of somebody who reads. */
export async function checkEssential(check, speaker) {
  await checkChecks(check, speaker);
  await checkCatalogue(check, speaker);
  if (speaker.answers) await checkReports(check, speaker);
}

/** Runs the checks of who may record evidence and who, the `stranger`, may not. */
export async function checkRecorders(check, speaker, stranger) {
  const bad = messages.malformed_pieces.map((wrong, place) => ({
    event_id: `node-${Date.now()}-${place}`,
    evidence: { ...messages.piece, ...wrong },
  }));
  const request = { pieces: bad, operator_id: messages.operator.operator_id };
  await check("a preview of evidence tells what is wrong with each piece", async () => {
    const { results, recorded } = await speaker.call(`${SERVICES}/ImportEvidence`, { ...request, preview: true });
    const fields = results.map(({ remarks }) => remarks.filter(({ refuses }) => refuses).map(({ field }) => field));
    same([recorded, fields.map((each) => each.sort())], [false, messages.malformed_pieces_fields]);
  });
  await check("bad evidence is refused, every violation at once", async () => {
    const told = await speaker.failure(`${SERVICES}/ImportEvidence`, request);
    const fields = messages.malformed_pieces_fields.flatMap((fields, place) =>
      fields.map((field) => `pieces[${place}].evidence.${field}`),
    );
    same([codeOf(told), told.violations], ["invalidargument", fields]);
  });
  await check("who may not record may look", async () => {
    same((await stranger.call(`${SERVICES}/GetService`, { number: 15 })).check.service.number, 15);
    for (const method of GUARDED) {
      const { code, reason } = await stranger.failure(`${SERVICES}/${method}`, {});
      same([method, code, reason], [method, "PERMISSION_DENIED", "NOT_PERMITTED_RECORDER"]);
    }
    const operator = { operator_id: messages.operator.operator_id };
    same((await stranger.failure(`${CATALOGUE}/RefreshCatalogue`, operator)).reason, "NOT_PERMITTED_OPERATOR");
  });
}
