"""What the dossier service promises to a vendor, told with one dossier."""

from __future__ import annotations

import time
from datetime import timedelta

import grpc

from door import Door, enum_name
from report import Report, same
from stage import NewDossier, wire_time

RECORD = "lienthong.v1.DossierService/RecordDossier"
PROGRESS = "lienthong.v1.DossierService/RecordProgress"
GET = "lienthong.v1.DossierService/GetDossier"
# The portal is a mock on the same machine; only a sync that stands still needs as long as this.
DELIVERY_SECONDS = 60


def accepted(door: Door, code: str):
    """Waits until the portal has all of a dossier and gives its sync state."""
    deadline = time.monotonic() + DELIVERY_SECONDS
    while True:
        sync = door.call(GET, {"dossier_code": code}).message.sync
        state = enum_name(sync, "state")
        if state == "ACCEPTED":
            return sync
        assert time.monotonic() < deadline, f"still {state} after {DELIVERY_SECONDS} s: {sync}"
        time.sleep(0.1)


class Dossiers:
    """One dossier from its first state to the portal."""

    def __init__(self, door: Door, ready: dict) -> None:
        self.door = door
        new = NewDossier.of(ready["context"])
        self.code, self.now, self.state, self.step = new.code, new.now, new.state, new.step
        self.dossier = new.state["dossier"]

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("a step before its dossier is refused", self.step_first)
        report.check("a dossier is recorded", self.record)
        report.check("a step is recorded", self.progress)
        report.check("the same event again is a duplicate", self.duplicate)
        report.check("the same event id with other content is ALREADY_EXISTS", self.conflict)
        report.check("an older state is ABORTED", self.stale)
        report.check("the dossier comes back as it was sent", self.get)
        report.check("dossier and step reach the portal, in order", self.delivered)
        report.check("an unknown dossier is NOT_FOUND", self.unknown)
        report.check("a dossier without anything names what is required", self.empty)

    def step_first(self) -> None:
        failure = self.door.failure(PROGRESS, self.step)
        same(failure.code, grpc.StatusCode.FAILED_PRECONDITION)
        same(failure.reason, "DOSSIER_NOT_RECORDED")

    def record(self) -> None:
        receipt = self.door.call(RECORD, self.state).message.receipt
        same((receipt.dossier_code, receipt.revision, receipt.duplicate), (self.code, 1, False))

    def progress(self) -> None:
        receipt = self.door.call(PROGRESS, self.step).message.receipt
        same((receipt.dossier_code, receipt.revision, receipt.duplicate), (self.code, 2, False))

    def duplicate(self) -> None:
        receipt = self.door.call(RECORD, self.state).message.receipt
        same((receipt.dossier_code, receipt.revision, receipt.duplicate), (self.code, 1, True))

    def conflict(self) -> None:
        other = self.state | {"dossier": self.dossier | {"summary": "Nội dung khác"}}
        failure = self.door.failure(RECORD, other)
        same(failure.code, grpc.StatusCode.ALREADY_EXISTS)
        same(failure.reason, "EVENT_ID_REUSED")

    def stale(self) -> None:
        older = self.state | {
            "event_id": f"python-{self.code}-0",
            "occurred_at": wire_time(self.now - timedelta(hours=1)),
        }
        failure = self.door.failure(RECORD, older)
        same(failure.code, grpc.StatusCode.ABORTED)
        same(failure.reason, "EVENT_STALE")

    def get(self) -> None:
        dossier = self.door.call(GET, {"dossier_code": self.code}).message.dossier
        same(dossier.owner.full_name, self.dossier["owner"]["full_name"])
        same(dossier.fees[0].amount_vnd, 10_000)
        same(enum_name(dossier, "status"), "RECEIVED")
        same(dossier.documents[0].url, self.dossier["documents"][0]["url"])

    def delivered(self) -> None:
        sync = accepted(self.door, self.code)
        told = [(entry.revision, enum_name(entry, "kind")) for entry in sync.timeline]
        same(told, [(1, "DOSSIER_STATE"), (2, "PROCESSING_STEP")], "timeline")
        same({enum_name(entry, "state") for entry in sync.timeline}, {"ACCEPTED"})
        ended = [entry.attempts[-1].ended_at.ToDatetime() for entry in sync.timeline]
        same(ended, sorted(ended), "order of acceptance")

    def unknown(self) -> None:
        code = self.code.rsplit("-", 1)[0] + "-0000000"
        failure = self.door.failure(GET, {"dossier_code": code})
        same((failure.code, failure.reason), (grpc.StatusCode.NOT_FOUND, "DOSSIER_NOT_FOUND"))

    def empty(self) -> None:
        failure = self.door.failure(RECORD, {"dossier": {}})
        same(failure.code, grpc.StatusCode.INVALID_ARGUMENT)
        for field in ("event_id", "occurred_at", "dossier.dossier_code", "dossier.owner"):
            assert field in failure.violations, f"{field} is not named"
        same(failure.domain, "lienthong")
