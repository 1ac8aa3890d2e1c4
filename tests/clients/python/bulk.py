"""Many dossier events over one stream, and a dossier that is watched on its way."""

from __future__ import annotations

import queue
from pathlib import Path

import grpc

from door import Door, credentials, enum_name
from dossiers import GET, PROGRESS, RECORD, accepted
from report import Report, same
from stage import Control, NewDossier

RECORD_ALL = "lienthong.v1.DossierService/RecordEvents"
WATCH = "lienthong.v1.DossierService/WatchDossier"
# Each has a state and a step; more than the gateway takes as one.
MANY = 400


class Bulk:
    """A vendor's backlog of one evening."""

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.ready, self.context = door, ready, ready["context"]
        self.control = Control(ready)
        stranger = (str(strangers / "other-vendor.pem"), str(strangers / "other-vendor.key"))
        self.other = Door(ready["grpc_tls"], credentials(ready["ca_cert"], *stranger))
        self.backlog = [NewDossier.of(self.context) for _ in range(MANY)]
        self.events = [
            event
            for new in self.backlog
            for event in ({"dossier": new.state}, {"progress": new.step})
        ]

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("every event of a stream has its receipt, in order", self.receipts)
        report.check("the same stream again gives the same receipts", self.again)
        report.check("an event that is refused ends nothing", self.refused)
        report.check("a receipt comes while the stream is still open", self.dialogue)
        report.check("a stream of no events ends without an error", self.nothing)
        report.check("each event of the backlog is at the portal once, in order", self.once)
        report.check("a dossier is watched until the portal has all of it", self.watched)
        report.check("a dossier of another system is as if it did not exist", self.not_ours)
        report.check("nobody adds a step to another system's dossier", self.no_step)
        report.check("a watcher that goes away leaves the door open", self.gone)

    def recorded(self) -> list[tuple]:
        """Sends the whole backlog in one stream and gives what each event was answered."""
        return [
            (answer.event_id, answer.receipt.revision, answer.receipt.duplicate)
            for answer in self.door.stream(RECORD_ALL, self.events)
        ]

    def expected(self, duplicate: bool) -> list[tuple]:
        return [
            (event["event_id"], revision, duplicate)
            for new in self.backlog
            for revision, event in ((1, new.state), (2, new.step))
        ]

    def receipts(self) -> None:
        same(self.recorded(), self.expected(duplicate=False))

    def again(self) -> None:
        same(self.recorded(), self.expected(duplicate=True))

    def refused(self) -> None:
        first, good = self.backlog[0], NewDossier.of(self.context)
        other_content = first.state["dossier"] | {"summary": "Nội dung khác"}
        orphan = NewDossier.of(self.context).step
        items = [
            {"dossier": {"event_id": "python-empty", "dossier": {}}},
            {"dossier": first.state | {"dossier": other_content}},
            {"progress": orphan},
            {},
            {"dossier": good.state},
        ]
        answers = list(self.door.stream(RECORD_ALL, items))
        same([answer.WhichOneof("result") for answer in answers], ["error"] * 4 + ["receipt"])
        told = [(answer.error.code, answer.error.reason) for answer in answers[:4]]
        invalid, exists, too_early = (
            code.value[0]
            for code in (
                grpc.StatusCode.INVALID_ARGUMENT,
                grpc.StatusCode.ALREADY_EXISTS,
                grpc.StatusCode.FAILED_PRECONDITION,
            )
        )
        expected = [
            (invalid, "INVALID_FIELD"),
            (exists, "EVENT_ID_REUSED"),
            (too_early, "DOSSIER_NOT_RECORDED"),
            (invalid, "INVALID_FIELD"),
        ]
        same(told, expected)
        fields = {violation.field for violation in answers[0].error.violations}
        assert len(fields) > 5, f"not every violation is named: {fields}"
        ids = [first.state["event_id"], orphan["event_id"]]
        same([answer.event_id for answer in answers[1:3]], ids)

    def dialogue(self) -> None:
        new, sent = NewDossier.of(self.context), queue.Queue()
        answers = self.door.stream(RECORD_ALL, iter(sent.get, None))
        for revision, event in ((1, {"dossier": new.state}), (2, {"progress": new.step})):
            sent.put(event)
            same(next(answers).receipt.revision, revision)
        sent.put(None)
        same(list(answers), [], "after the last")

    def nothing(self) -> None:
        call = self.door.stream(RECORD_ALL, [])
        same(list(call), [])
        same(call.code(), grpc.StatusCode.OK)

    def once(self) -> None:
        for new in self.backlog:
            accepted(self.door, new.code)
        wrong = {
            new.code: effects
            for new in self.backlog
            if (effects := self.control.effects(new.code)) != ["created", "step"]
        }
        same(wrong, {}, "what was done at the portal")

    def watched(self) -> None:
        new = NewDossier.of(self.context)
        changes = self.door.watch(WATCH, {"dossier_code": new.code})
        # Watching may begin before the first event, and is answered at once.
        first = next(changes).sync
        same((first.dossier_code, first.revision), (new.code, 0), "before the first event")
        self.door.call(RECORD, new.state)
        self.door.call(PROGRESS, new.step)
        seen = [(enum_name(first, "state"), len(first.timeline))]
        for change in changes:
            seen.append((enum_name(change.sync, "state"), len(change.sync.timeline)))
            if seen[-1] == ("ACCEPTED", 2):
                break
        changes.cancel()
        same(seen[-1], ("ACCEPTED", 2), "the last")
        events = [number for _, number in seen]
        same(events, sorted(events), "number of events")
        same(seen[0], ("SYNC_STATE_UNSPECIFIED", 0), "the first")

    def not_ours(self) -> None:
        code = self.backlog[0].code
        failure = self.other.failure(GET, {"dossier_code": code})
        same((failure.code, failure.reason), (grpc.StatusCode.NOT_FOUND, "DOSSIER_NOT_FOUND"))

    def no_step(self) -> None:
        new = self.backlog[0]
        step = new.step | {"event_id": f"other-{new.code}"}
        failure = self.other.failure(PROGRESS, step)
        told = (failure.code, failure.reason)
        same(told, (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED_DOSSIER"))
        sync = self.door.call(GET, {"dossier_code": new.code}).message.sync
        same(len(sync.timeline), 2, "events")

    def gone(self) -> None:
        code = self.backlog[-1].code
        changes = self.door.watch(WATCH, {"dossier_code": code})
        same(enum_name(next(changes).sync, "state"), "ACCEPTED")
        changes.cancel()
        sync = self.door.call(GET, {"dossier_code": code}).message.sync
        same(enum_name(sync, "state"), "ACCEPTED")
