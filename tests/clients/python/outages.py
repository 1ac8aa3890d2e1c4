"""The population database is out: what a vendor is told, and how it ends."""

from __future__ import annotations

import time
import urllib.request

import grpc

from door import Door, Failure, enum_name
from lookups import VERIFY
from report import Report, same
from stage import MESSAGES, at_a_new_dossier, question
from streams import VERIFY_ALL

# An officer has a citizen at the desk; the machine may be busy.
AT_ONCE_SECONDS = 2
RECOVERY_SECONDS = 30
# The demo's breaker opens after three failures in a row that tried to reach the database, and not
# every call does right after a failure.
CALLS = 100


class Outages:
    """One outage, from the last answer before it to the first one after."""

    def __init__(self, door: Door, ready: dict) -> None:
        self.door, self.control, self.citizens = door, ready["mock_control"], ready["citizens"]
        self.context = at_a_new_dossier(ready["context"])

    def run(self, report: Report) -> None:
        """Runs the checks."""
        self.kept = question(self.context, self.citizens[0])
        self.door.call(VERIFY, self.kept)
        self.tell("pause")
        try:
            report.check("an outage is told at once, with the lawful fallback", self.told_at_once)
            report.check("soon the database is not asked any more", self.breaker)
            report.check("a kept answer is given meanwhile", self.kept_answer)
            report.check("each item of a stream tells the outage", self.stream)
        finally:
            self.tell("resume")
        report.check("after the outage there are answers again", self.again)

    def tell(self, what: str) -> None:
        """Begins or ends the outage at the mocks' control interface."""
        address = f"http://{self.control}/population/{what}"
        with urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=10):
            pass

    def failure(self) -> Failure:
        """Asks what was not asked before and checks what every failure of an outage has."""
        begun = time.monotonic()
        failure = self.door.failure(VERIFY, question(self.context, self.citizens[1]))
        took = time.monotonic() - begun
        assert took < AT_ONCE_SECONDS, f"told after {took:.1f} s"
        same(failure.code, grpc.StatusCode.UNAVAILABLE)
        same(failure.domain, "lienthong")
        expected = {"upstream": "population", "fallback": MESSAGES["fallback"]}
        same(failure.metadata, expected)
        assert failure.reason in MESSAGES["outage_reasons"], failure.reason
        assert failure.retry_seconds is not None, "no time of the next try"
        return failure

    def told_at_once(self) -> None:
        same(self.failure().reason, "UPSTREAM_UNAVAILABLE")

    def breaker(self) -> None:
        reasons = (self.failure().reason for _ in range(CALLS))
        assert "BREAKER_OPEN" in reasons, f"not after {CALLS} calls"

    def kept_answer(self) -> None:
        answer = self.door.call(VERIFY, self.kept).message
        told = (enum_name(answer, "verdict"), enum_name(answer.provenance, "source"))
        same(told, ("MATCH", "CACHE"))

    def stream(self) -> None:
        items = [
            {"correlation_id": str(place), "request": question(self.context, citizen)}
            for place, citizen in enumerate(self.citizens)
        ]
        answers = {answer.correlation_id: answer for answer in self.door.stream(VERIFY_ALL, items)}
        same(len(answers), len(items), "number of answers")
        same(enum_name(answers.pop("0").answer, "verdict"), "MATCH", "the kept one")
        for answer in answers.values():
            same(answer.error.code, grpc.StatusCode.UNAVAILABLE.value[0])
            assert answer.error.reason in MESSAGES["outage_reasons"], answer.error.reason
            same(answer.error.metadata["fallback"], MESSAGES["fallback"])
            assert answer.error.HasField("retry_after"), "no time of the next try"

    def again(self) -> None:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                answer = self.door.call(VERIFY, question(self.context, self.citizens[1])).message
                break
            except grpc.RpcError as error:
                same(error.code(), grpc.StatusCode.UNAVAILABLE)
                assert time.monotonic() < deadline, f"none after {RECOVERY_SECONDS} s"
                time.sleep(0.1)
        same(enum_name(answer, "verdict"), "MATCH")
