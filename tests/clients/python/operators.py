"""An operator's day: what is held up and why, a retry, a comparison with the portal and its repair."""

from __future__ import annotations

import time
from pathlib import Path

import grpc

from door import Door, credentials, enum_name
from dossiers import DELIVERY_SECONDS, GET, PROGRESS, RECORD, accepted
from report import Report, same
from stage import MESSAGES, Control, NewDossier

SYNC = "lienthong.v1.SyncService"
# What only operators may call, with a message that would be answered.
GUARDED = {
    "ListDossiers": {},
    "ListFailureCauses": {},
    "PreviewRetry": {"filter": {"states": ["REFUSED"]}},
    "StartRetry": {"preview_token": "x"} | MESSAGES["operator"],
    "CorrectDossier": {"dossier_code": "x"} | MESSAGES["operator"],
    "ResolveUnknown": MESSAGES["operator"] | {"dossier_code": "x", "revision": 1},
    "GetOperation": {"operation_id": "none"},
    "CancelOperation": {"operation_id": "none", "operator_id": "000180000009"},
    "StartReconciliation": {"operator_id": "000180000009"},
    "GetReconciliation": {},
    "ListDifferences": {},
    "RepairDifferences": {"reconciliation_id": "none"} | MESSAGES["operator"],
}


class Operators:
    """Three dossiers: one that the portal refuses, one that it loses, one with which all is well."""

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.control = door, Control(ready)
        self.refused, self.lost, self.well = (NewDossier.of(ready["context"]) for _ in range(3))
        self.held_up = [NewDossier.of(ready["context"]) for _ in range(2)]
        self.unknown_step = NewDossier.of(ready["context"])
        self.wrong = NewDossier.of(ready["context"])
        stranger = (str(strangers / "other-vendor.pem"), str(strangers / "other-vendor.key"))
        self.other = Door(ready["grpc_tls"], credentials(ready["ca_cert"], *stranger))

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("a refused dossier is held up alone, and says why", self.refusal)
        report.check("it stands among the failures by cause, with advice", self.causes)
        report.check("dossiers are listed, page by page", self.listed)
        report.check("a page token under another filter is refused", self.other_filter)
        report.check("a preview tells how many and why, and changes nothing", self.previewed)
        report.check("a preview is started once, however often it is asked for", self.retried)
        report.check("the retry tells what became of each dossier", self.result)
        report.check("a corrected state goes out in place of the refused one", self.corrected)
        report.check("what was not refused is not corrected", self.not_corrected)
        report.check("a retry that is stopped leaves the rest as it was", self.stopped)
        report.check("a step that cannot be asked about waits for a person's word", self.resolved)
        report.check("what needs no word of a person takes none", self.not_resolved)
        report.check("a comparison finds what the portal lost", self.compared)
        report.check("a repair brings it back, each step once", self.repaired)
        report.check("a comparison afterwards finds nothing", self.equal)
        report.check("the newest comparison needs no id", self.newest)
        report.check("what cannot be meant is refused, every violation at once", self.violations)
        report.check("an operation that never was is NOT_FOUND", self.unknown)
        report.check("who is no operator may do none of it", self.not_permitted)

    def call(self, method: str, request: dict):
        return self.door.call(f"{SYNC}/{method}", request).message

    def record(self, *dossiers: NewDossier) -> None:
        for new in dossiers:
            self.door.call(RECORD, new.state)
            self.door.call(PROGRESS, new.step)

    def refuse(self, *dossiers: NewDossier) -> None:
        """Records dossiers that the portal refuses, and waits until it has done so."""
        for new in dossiers:
            self.control.refuse_once(new.code)
        self.record(*dossiers)
        for new in dossiers:
            self.state_is("REFUSED", new.code)

    def state_is(self, wanted: str, code: str):
        """Waits for a dossier's sync state."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        while True:
            sync = self.door.call(GET, {"dossier_code": code}).message.sync
            if enum_name(sync, "state") == wanted:
                return sync
            assert time.monotonic() < deadline, f"not {wanted}: {sync}"
            time.sleep(0.1)

    def ended(self, operation_id: str):
        """Waits until an operation has ended and gives it with its items."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        while True:
            answer = self.call("GetOperation", {"operation_id": operation_id, "page_size": 100})
            if enum_name(answer.operation, "state") != "RUNNING":
                return answer
            assert time.monotonic() < deadline, f"still at work: {answer.operation}"
            time.sleep(0.1)

    def refusal(self) -> None:
        self.refuse(self.refused)
        self.record(self.well, self.lost)
        for new in (self.well, self.lost):
            accepted(self.door, new.code)
        state, step = self.state_is("REFUSED", self.refused.code).timeline
        same([enum_name(event, "state") for event in (state, step)], ["REFUSED", "BLOCKED"])
        same(step.blocked_by, state.event_id)
        attempt = state.attempts[-1]
        same((enum_name(attempt, "cause"), attempt.upstream_code), ("FIELD_REJECTED", "-1"))
        same(attempt.upstream_text, MESSAGES["refusal"])
        assert attempt.advice_vi and attempt.advice_en and attempt.advice_vi != attempt.advice_en

    def causes(self) -> None:
        only_these = {"filter": {"dossier_codes": [self.refused.code, self.well.code]}}
        (group,) = self.call("ListFailureCauses", only_these).groups
        same((enum_name(group, "cause"), group.upstream_code), ("FIELD_REJECTED", "-1"))
        same((group.dossiers, group.events, group.blocked_events), (1, 1, 1), "counts")
        same(list(group.example_dossier_codes), [self.refused.code])
        assert group.advice_vi and group.advice_en, "no advice"
        assert group.HasField("first_failed_at") and group.HasField("last_failed_at")

    def listed(self) -> None:
        codes = sorted(new.code for new in (self.refused, self.lost, self.well))
        only_these = {"filter": {"dossier_codes": codes}, "page_size": 2}
        first = self.call("ListDossiers", only_these)
        assert first.next_page_token, "no second page"
        second = self.call("ListDossiers", only_these | {"page_token": first.next_page_token})
        same(second.next_page_token, "", "token behind the last page")
        found = [dossier for page in (first, second) for dossier in page.dossiers]
        # The one that waits stands first.
        same((found[0].dossier_code, enum_name(found[0], "state")), (self.refused.code, "REFUSED"))
        same(sorted(dossier.dossier_code for dossier in found), codes)
        same([dossier.accepted_revision for dossier in found], [0, 2, 2])

    def other_filter(self) -> None:
        codes = [new.code for new in (self.refused, self.lost, self.well)]
        page = self.call("ListDossiers", {"filter": {"dossier_codes": codes}, "page_size": 1})
        other = {"filter": {"dossier_codes": codes[:2]}, "page_token": page.next_page_token}
        failure = self.door.failure(f"{SYNC}/ListDossiers", other)
        same((failure.code, failure.violations), (grpc.StatusCode.INVALID_ARGUMENT, ["page_token"]))

    def preview(self, *dossiers: NewDossier, **more):
        chosen = {"filter": {"dossier_codes": [new.code for new in dossiers]}}
        return self.call("PreviewRetry", chosen | more)

    def previewed(self) -> None:
        preview = self.preview(self.refused, self.well)
        same((preview.dossiers, preview.events, preview.blocked_events), (1, 1, 1), "counts")
        same(preview.untouched_dossiers, 1, "those that need none")
        same([enum_name(group, "cause") for group in preview.groups], ["FIELD_REJECTED"])
        assert preview.events_per_minute > 0 and preview.HasField("estimated_duration")
        self.state_is("REFUSED", self.refused.code)
        self.token = preview.preview_token

    def retried(self) -> None:
        request = {"preview_token": self.token} | MESSAGES["operator"]
        ids = {self.call("StartRetry", request).operation.operation_id for _ in range(3)}
        same(len(ids), 1, "operations")
        (self.retry,) = ids

    def result(self) -> None:
        answer = self.ended(self.retry)
        operation = answer.operation
        told = (enum_name(operation, "kind"), enum_name(operation, "state"), operation.reason)
        same(told, ("RETRY", "FINISHED", MESSAGES["operator"]["reason"]))
        (item,) = answer.items
        same((item.dossier_code, enum_name(item, "result")), (self.refused.code, "SUCCEEDED"))
        accepted(self.door, self.refused.code)
        same(self.control.effects(self.refused.code), ["created", "step"])

    def corrected(self) -> None:
        new, note = self.wrong, MESSAGES["operator"]["reason"]
        self.refuse(new)
        state = new.state | {
            "event_id": f"python-{new.code}-3",
            "dossier": new.state["dossier"] | {"note": note},
        }
        self.door.call(RECORD, state)
        sync = self.state_is("REFUSED", new.code)
        same([enum_name(event, "state") for event in sync.timeline[1:]], ["BLOCKED"] * 2)
        self.call("CorrectDossier", {"dossier_code": new.code} | MESSAGES["operator"])
        accepted(self.door, new.code)
        same(self.control.effects(new.code), ["created", "step", "updated"])
        # What the portal refused never came there.
        created = self.control.tell("GET", f"portal/dossiers/{new.code}/effects")[0]
        same(created["content"], note)

    def not_corrected(self) -> None:
        request = {"dossier_code": self.well.code} | MESSAGES["operator"]
        failure = self.door.failure(f"{SYNC}/CorrectDossier", request)
        same(failure.code, grpc.StatusCode.FAILED_PRECONDITION)
        same(self.control.effects(self.well.code), ["created", "step"])

    def stopped(self) -> None:
        self.refuse(*self.held_up)
        # One a minute: there is time to stop it.
        token = self.preview(*self.held_up, events_per_minute=1).preview_token
        started = self.call("StartRetry", {"preview_token": token} | MESSAGES["operator"])
        operation_id = started.operation.operation_id
        operator = MESSAGES["operator"]["operator_id"]
        stop = {"operation_id": operation_id, "operator_id": operator}
        for _ in range(2):
            stopped = self.call("CancelOperation", stop).operation
            same(enum_name(stopped, "state"), "CANCELLED")
        # At most the first was tried again before the stop.
        self.state_is("REFUSED", self.held_up[1].code)

    def resolved(self) -> None:
        """The portal tells presence alone, and the answer to a step is lost."""
        new = self.unknown_step
        shown = self.control.tell("GET", "portal/lookup")
        self.control.tell("PUT", "portal/lookup", {"answer": "code_only"})
        try:
            effect = {"kind": "drop_after_effect"}
            fault = {"operation": "CapNhatTienDoHoSoMC", "key": new.code, "effect": effect}
            self.control.tell("POST", "portal/faults", fault)
            self.record(new)
            step = self.state_is("DEAD", new.code).timeline[1]
            attempt = step.attempts[-1]
            same(enum_name(attempt, "cause"), "CANNOT_BE_ASKED")
            assert attempt.advice_vi and attempt.advice_en, "no advice"
            self.call("ResolveUnknown", self.word(new, "ARRIVED"))
            accepted(self.door, new.code)
        finally:
            self.control.tell("PUT", "portal/lookup", shown)
        same(self.control.effects(new.code), ["created", "step"])

    @staticmethod
    def word(new: NewDossier, found: str) -> dict:
        """What a person says of the step of a dossier."""
        return {"dossier_code": new.code, "revision": 2, "found": found} | MESSAGES["operator"]

    def not_resolved(self) -> None:
        failure = self.door.failure(f"{SYNC}/ResolveUnknown", self.word(self.well, "ABSENT"))
        same(failure.code, grpc.StatusCode.FAILED_PRECONDITION)
        same(self.control.effects(self.well.code), ["created", "step"])

    def comparison(self):
        """Compares two dossiers with the portal and gives the reconciliation."""
        codes = [self.lost.code, self.well.code]
        operator = MESSAGES["operator"]["operator_id"]
        request = {"filter": {"dossier_codes": codes}, "operator_id": operator}
        started = self.call("StartReconciliation", request).reconciliation
        same(enum_name(self.ended(started.reconciliation_id).operation, "state"), "FINISHED")
        wanted = {"reconciliation_id": started.reconciliation_id}
        return self.call("GetReconciliation", wanted).reconciliation

    def compared(self) -> None:
        self.control.tell("DELETE", f"portal/dossiers/{self.lost.code}")
        compared = self.comparison()
        same((compared.equal_dossiers, compared.missing_dossiers), (1, 1), "counts")
        same((enum_name(compared, "depth"), compared.profile), ("FIELDS", "p2"))
        assert compared.compared_fields, "it does not say what it compares"
        self.comparison_id = compared.reconciliation_id
        wanted = {"reconciliation_id": self.comparison_id}
        (difference,) = self.call("ListDifferences", wanted).differences
        told = (difference.dossier_code, enum_name(difference, "kind"), difference.repairable)
        same(told, (self.lost.code, "MISSING_ON_PORTAL", True))
        assert difference.HasField("known_since")

    def repaired(self) -> None:
        request = {"reconciliation_id": self.comparison_id} | MESSAGES["operator"]
        operation = self.call("RepairDifferences", request).operation
        same(enum_name(operation, "kind"), "REPAIR")
        ended = self.ended(operation.operation_id)
        results = [(item.dossier_code, enum_name(item, "result")) for item in ended.items]
        same(results, [(self.lost.code, "SUCCEEDED")])
        accepted(self.door, self.lost.code)
        expected = ["created", "step", "forgotten", "created", "step"]
        same(self.control.effects(self.lost.code), expected)

    def equal(self) -> None:
        compared = self.comparison()
        same((compared.equal_dossiers, compared.missing_dossiers), (2, 0), "counts")
        wanted = {"reconciliation_id": compared.reconciliation_id}
        same(len(self.call("ListDifferences", wanted).differences), 0)
        self.comparison_id = compared.reconciliation_id

    def newest(self) -> None:
        newest = self.call("GetReconciliation", {}).reconciliation
        same(newest.reconciliation_id, self.comparison_id)
        same(len(self.call("ListDifferences", {}).differences), 0)

    def violations(self) -> None:
        wrong = {
            "PreviewRetry": ({}, ["filter"]),
            "StartRetry": ({}, ["operator_id", "preview_token", "reason"]),
            "ResolveUnknown": (
                {"reason": "no"},
                ["dossier_code", "found", "operator_id", "reason", "revision"],
            ),
            "CorrectDossier": ({}, ["dossier_code", "operator_id", "reason"]),
            "StartReconciliation": (
                {"questions_per_minute": -1},
                ["operator_id", "questions_per_minute"],
            ),
            "ListDossiers": (
                {"page_size": 501, "filter": {"dossier_codes": ["x"], "unit_code": "?"}},
                ["filter.dossier_codes[0]", "filter.unit_code", "page_size"],
            ),
            "GetOperation": ({"page_size": -1}, ["operation_id", "page_size"]),
            "RepairDifferences": (
                {"difference_ids": ["x"], "reason": "no"},
                ["difference_ids[0]", "operator_id", "reason", "reconciliation_id"],
            ),
        }
        for method, (request, fields) in wrong.items():
            failure = self.door.failure(f"{SYNC}/{method}", request)
            told = (failure.code, failure.reason, failure.violations)
            same(told, (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", fields), method)

    def unknown(self) -> None:
        never = "0123456789abcdef0123456789abcdef"
        operator = MESSAGES["operator"]["operator_id"]
        for method, request in (
            ("GetOperation", {"operation_id": never}),
            ("CancelOperation", {"operation_id": never, "operator_id": operator}),
            ("GetReconciliation", {"reconciliation_id": never}),
            ("RepairDifferences", {"reconciliation_id": never} | MESSAGES["operator"]),
        ):
            failure = self.door.failure(f"{SYNC}/{method}", request)
            told = (failure.code, failure.reason)
            same(told, (grpc.StatusCode.NOT_FOUND, "OPERATION_NOT_FOUND"), method)

    def not_permitted(self) -> None:
        for method, request in GUARDED.items():
            failure = self.other.failure(f"{SYNC}/{method}", request)
            told = (failure.code, failure.reason)
            same(told, (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED_OPERATOR"), method)
