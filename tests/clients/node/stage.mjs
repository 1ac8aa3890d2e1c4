// What the Node clients share: the ready file, the messages to send, and the counting of checks.

import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

// The portal is a mock on the same machine; only a sync that stands still needs as long as this.
const DELIVERY_MS = 60_000;
const VIETNAM_MS = 7 * 3_600_000;
const RECOVERY_MS = 30_000;

/** Reads one JSON file. */
export function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

export const messages = readJson(new URL("../messages.json", import.meta.url));

/** The running demo, as its ready file describes it, with the certificates read. */
export function openStage(readyFile) {
  const ready = readJson(readyFile);
  const [ca, cert, key] = ["ca_cert", "client_cert", "client_key"].map((name) => readFileSync(ready[name]));
  return { ...ready, ca, cert, key };
}

/** Asks about a citizen of the ready file; a birth date of four digits is a year. */
export function question(context, citizen) {
  const { personal_number, old_id_card_number, full_name, birth_date } = citizen;
  return {
    context,
    identity: personal_number ? { personal_number } : { old_id_card_number },
    full_name,
    birth: birth_date.length === 4 ? { year: Number(birth_date) } : { date: birth_date },
  };
}

/** A sample citizen whose name has accents, with the name decomposed (NFD). */
export function decomposed(citizens) {
  const citizen = citizens.find(({ full_name }) => full_name.normalize("NFD") !== full_name);
  return { ...citizen, full_name: citizen.full_name.normalize("NFD") };
}

/** The number of a dossier of today that nobody has used. */
function newCode(context) {
  const day = new Date(Date.now() + VIETNAM_MS).toISOString().slice(2, 10).replaceAll("-", "");
  const order = 1_000_000 + Math.floor(Math.random() * 9_000_000);
  return `${context.unit_code}-${day}-${order}`;
}

/** The same context for a dossier for which no answer can have been kept. */
export function atANewDossier(context) {
  return { ...context, dossier_code: newCode(context) };
}

/** Runs `during` while the population database is out. */
export async function whileItIsOut(stage, during) {
  const tell = async (what) => {
    const { ok, status } = await fetch(`http://${stage.mock_control}/population/${what}`, { method: "POST" });
    if (!ok) throw new Error(`the control interface answered ${status}`);
  };
  await tell("pause");
  try {
    await during();
  } finally {
    await tell("resume");
  }
}

/** The mocks' control interface: what happens at the portal behind everybody's back. */
export async function control(stage, method, path, body) {
  const options = { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`http://${stage.mock_control}/${path}`, options);
  if (!answer.ok) throw new Error(`the control interface answered ${answer.status}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

/** Has the portal refuse the next state of a dossier. */
export async function refuseOnce(stage, code) {
  const effect = { kind: "error_text", code: "-1", message: messages.refusal };
  await control(stage, "POST", "portal/faults", { operation: "DongBoHoSoMC", key: code, effect });
}

/** What was done to a dossier at the portal, oldest first. */
export async function effects(stage, code) {
  const told = await control(stage, "GET", `portal/dossiers/${code}/effects`);
  return told.map(({ kind }) => kind);
}

/** Asks with `ask` until it gives an answer; a failure has to be one that `isOutage` knows. */
export async function untilAnswered(ask, isOutage) {
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isOutage(error) || Date.now() > deadline) throw error;
      await pause(100);
    }
  }
}

/** Fails unless a failure of an outage tells a program all that it needs. */
export function tellsTheOutage({ reason, domain, metadata, retry }) {
  same([domain, metadata, retry], [
    "lienthong",
    { upstream: "population", fallback: messages.fallback },
    true,
  ]);
  if (!messages.outage_reasons.includes(reason)) throw new Error(`the reason is ${reason}`);
}

/** A new dossier with its first state and its first step; moments are Dates. */
export function newDossier(runner, context) {
  const now = new Date();
  const code = newCode(context);
  const dossier = { ...messages.dossier, dossier_code: code, submitted_at: now, received_at: now };
  return {
    code,
    state: { event_id: `${runner}-${code}-1`, occurred_at: now, dossier },
    step: {
      event_id: `${runner}-${code}-2`,
      occurred_at: now,
      dossier_code: code,
      step: { ...messages.step, handled_at: now },
    },
  };
}

/** The same state under the same event id, with another summary. */
export function contradiction(state) {
  return { ...state, dossier: { ...state.dossier, summary: "Nội dung khác" } };
}

/** Copies a message and writes each Date in it with `write`. */
export function withDates(message, write) {
  if (message instanceof Date) return write(message);
  if (Array.isArray(message)) return message.map((item) => withDates(item, write));
  if (message === null || typeof message !== "object") return message;
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, withDates(value, write)]));
}

/** Asks with `readState` until the dossier is ACCEPTED. */
export async function untilAccepted(readState) {
  await untilOne(readState, (state) => state === "ACCEPTED");
}

/** Asks with `read` until `isWanted` takes what it gives. */
export async function untilOne(read, isWanted) {
  const deadline = Date.now() + DELIVERY_MS;
  for (;;) {
    const found = await read();
    if (isWanted(found)) return found;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(found)} after ${DELIVERY_MS} ms`);
    await pause(100);
  }
}

/** Fails when two values differ. */
export const same = deepStrictEqual;

/** Runs named checks one after another, prints a line for each, and counts them. */
export class Report {
  #runner;
  #passed = 0;
  #failed = 0;

  constructor(runner) {
    this.#runner = runner;
  }

  /** Runs one check; the next ones run even when it fails. */
  async check(sentence, check) {
    try {
      await check();
      this.#passed += 1;
      console.log(`  ok ${sentence}`);
    } catch (error) {
      this.#failed += 1;
      console.log(`  FAILED ${sentence}: ${error.stack}`);
    }
  }

  /** Prints the closing line and gives the exit code. */
  close() {
    console.log(`${this.#runner}: ${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}
