// What an operator does, the same for every way of speaking to the door.
//
// `speaker` has `call(path, request)`, which gives the answer with lowerCamelCase names, and
// `failure(path, request)`, which gives code, reason and violations of a call that has to fail.

import {
  control,
  effects,
  messages,
  newDossier,
  refuseOnce,
  same,
  untilAccepted,
  untilOne,
} from "./stage.mjs";

const OPERATOR = messages.operator.operator_id;

/** One dossier that the portal refuses, and one that it loses. */
class Day {
  constructor(stage, runner, speaker) {
    this.stage = stage;
    this.speaker = speaker;
    [this.refused, this.lost] = [0, 1].map(() => newDossier(runner, stage.context));
  }

  sync(method, request) {
    return this.speaker.call(`SyncService/${method}`, request);
  }

  async syncOf({ code }) {
    return (await this.speaker.call("DossierService/GetDossier", { dossier_code: code })).sync;
  }

  async record({ state, step }) {
    await this.speaker.call("DossierService/RecordDossier", state);
    await this.speaker.call("DossierService/RecordProgress", step);
  }

  accepted(dossier) {
    return untilAccepted(async () => (await this.syncOf(dossier)).state);
  }

  /** Waits until an operation has ended and gives it with its items. */
  async ended(operationId) {
    const read = () => this.sync("GetOperation", { operation_id: operationId, page_size: 100 });
    const ended = await untilOne(read, ({ operation }) => operation.state !== "RUNNING");
    same(ended.operation.state, "FINISHED");
    return ended.items.map(({ dossierCode, result }) => [dossierCode, result]);
  }

  async refusal() {
    await refuseOnce(this.stage, this.refused.code);
    await this.record(this.refused);
    await this.record(this.lost);
    await this.accepted(this.lost);
    const sync = await untilOne(() => this.syncOf(this.refused), ({ state }) => state === "REFUSED");
    same(sync.timeline.map(({ state }) => state), ["REFUSED", "BLOCKED"]);
    same(sync.timeline[1].blockedBy, this.refused.state.event_id);
    const { cause, upstreamText, adviceVi, adviceEn } = sync.timeline[0].attempts.at(-1);
    same([cause, upstreamText], ["FIELD_REJECTED", messages.refusal]);
    same([adviceVi !== "", adviceEn !== "", adviceVi !== adviceEn], [true, true, true]);
  }

  async causes() {
    const filter = { dossier_codes: [this.refused.code, this.lost.code] };
    const { groups } = await this.sync("ListFailureCauses", { filter });
    same(
      groups.map((group) => [group.cause, group.dossiers, group.blockedEvents, group.exampleDossierCodes]),
      [["FIELD_REJECTED", "1", "1", [this.refused.code]]],
    );
  }

  async retry() {
    const filter = { dossier_codes: [this.refused.code] };
    const preview = await this.sync("PreviewRetry", { filter });
    same([preview.dossiers, preview.blockedEvents], ["1", "1"]);
    const request = { preview_token: preview.previewToken, ...messages.operator };
    const { operation } = await this.sync("StartRetry", request);
    same((await this.sync("StartRetry", request)).operation.operationId, operation.operationId);
    same(await this.ended(operation.operationId), [[this.refused.code, "SUCCEEDED"]]);
    await this.accepted(this.refused);
    same(await effects(this.stage, this.refused.code), ["created", "step"]);
  }

  async compared() {
    const filter = { dossier_codes: [this.lost.code, this.refused.code] };
    const { reconciliation } = await this.sync("StartReconciliation", { filter, operator_id: OPERATOR });
    await this.ended(reconciliation.reconciliationId);
    const wanted = { reconciliation_id: reconciliation.reconciliationId };
    const found = (await this.sync("GetReconciliation", wanted)).reconciliation;
    const { differences } = await this.sync("ListDifferences", wanted);
    return { counts: [found.equalDossiers, found.missingDossiers], wanted, differences };
  }

  async repair() {
    await control(this.stage, "DELETE", `portal/dossiers/${this.lost.code}`);
    const { counts, wanted, differences } = await this.compared();
    same(counts, ["1", "1"]);
    same(
      differences.map(({ dossierCode, kind, repairable }) => [dossierCode, kind, repairable]),
      [[this.lost.code, "MISSING_ON_PORTAL", true]],
    );
    const { operation } = await this.sync("RepairDifferences", { ...wanted, ...messages.operator });
    same(await this.ended(operation.operationId), [[this.lost.code, "SUCCEEDED"]]);
    await this.accepted(this.lost);
    const done = await effects(this.stage, this.lost.code);
    same(done, ["created", "step", "forgotten", "created", "step"]);
    const { counts: again, differences: left } = await this.compared();
    same([again, left], [["2", "0"], []]);
  }

  async violations() {
    const wrong = { difference_ids: ["x"], reason: "no" };
    const { code, violations } = await this.speaker.failure("SyncService/RepairDifferences", wrong);
    same(code.replaceAll("_", "").toLowerCase(), "invalidargument");
    same(violations, ["difference_ids[0]", "operator_id", "reason", "reconciliation_id"]);
  }
}

/** Runs the checks of an operator's day. */
export async function checkOperators(check, stage, runner, speaker) {
  const day = new Day(stage, runner, speaker);
  await check("a refused dossier is held up alone, and says why", () => day.refusal());
  await check("it stands among the failures by cause", () => day.causes());
  await check("it is tried again once an operator says so, and only once", () => day.retry());
  await check("what the portal lost is found and repaired", () => day.repair());
  await check("what cannot be meant is refused, every violation at once", () => day.violations());
}
