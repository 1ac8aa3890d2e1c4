"""The evidence register: a preview, an import of all or nothing, and what who may see of it."""

from __future__ import annotations

import random
from pathlib import Path

import grpc

from door import Door, enum_name
from report import Report, same
from services import SERVICES, other_system
from stage import MESSAGES

OPERATOR = MESSAGES["operator"]["operator_id"]


class Evidence:
    """One piece that is recorded, and pieces that cannot be."""

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.other = door, other_system(ready, strangers)
        order = random.randrange(10**5, 10**6)
        # A register forgets nothing: each run records a piece of its own.
        self.good = MESSAGES["piece"] | {"symbol": f"{order}/BB-UBND"}
        self.event = f"python-{order}"
        self.bad = [self.good | wrong for wrong in MESSAGES["malformed_pieces"]]

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("a preview tells what is wrong with each piece, by its field", self.previewed)
        report.check("one bad piece keeps all out, every violation named at once", self.refused)
        report.check("a preview records nothing", self.nothing_yet)
        report.check("a piece is recorded once, however often it is sent", self.recorded)
        report.check("the same event id with another piece is ALREADY_EXISTS", self.reused)
        report.check("who compared a piece is told to those only who may record", self.discreet)
        report.check("pages of evidence follow one another without a gap", self.pages)
        report.check("bad conditions name every violation at once", self.conditions)

    def pieces(self, *pieces: dict) -> dict:
        return {
            "operator_id": OPERATOR,
            "pieces": [
                {"event_id": f"{self.event}-{place}", "evidence": piece}
                for place, piece in enumerate(pieces)
            ],
        }

    def call(self, method: str, request: dict):
        return self.door.call(f"{SERVICES}/{method}", request).message

    def previewed(self) -> None:
        asked = self.pieces(self.good, *self.bad) | {"preview": True}
        answer = self.call("ImportEvidence", asked)
        same(answer.recorded, False, "recorded")
        told = [
            sorted(remark.field for remark in result.remarks if remark.refuses)
            for result in answer.results
        ]
        same(told, [[]] + MESSAGES["malformed_pieces_fields"])
        for result in answer.results:
            for remark in result.remarks:
                assert remark.text_vi and remark.text_en and remark.text_vi != remark.text_en
        same(answer.results[0].evidence.symbol, self.good["symbol"])
        same(answer.results[0].evidence.evidence_id, "", "id before it is recorded")

    def refused(self) -> None:
        failure = self.door.failure(
            f"{SERVICES}/ImportEvidence", self.pieces(self.good, *self.bad)
        )
        fields = [
            f"pieces[{place}].evidence.{field}"
            for place, named in enumerate(MESSAGES["malformed_pieces_fields"], start=1)
            for field in named
        ]
        told = (failure.code, failure.reason, failure.violations)
        same(told, (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", sorted(fields)))

    def found(self, door: Door) -> list:
        """The pieces of the register with the symbol of this run."""
        (number,) = self.good["service_numbers"]
        asked = {"service_number": number, "class": self.good["class"], "page_size": 500}
        listed = door.call(f"{SERVICES}/ListEvidence", asked).message.evidence
        return [judged for judged in listed if judged.evidence.symbol == self.good["symbol"]]

    def nothing_yet(self) -> None:
        same(self.found(self.door), [])

    def recorded(self) -> None:
        answers = [self.call("ImportEvidence", self.pieces(self.good)) for _ in range(2)]
        results = [result for answer in answers for result in answer.results]
        same([result.duplicate for result in results], [False, True])
        same(len({result.evidence.evidence_id for result in results}), 1, "ids")
        (judged,) = self.found(self.door)
        same(judged.evidence.evidence_id, results[0].evidence.evidence_id)
        same((judged.valid, judged.evidence.valid_from), (True, self.good["issued_on"]))
        assert judged.HasField("recorded_at"), "not told when it was recorded"

    def reused(self) -> None:
        other = self.good | {"title": "Giả lập: một tài liệu khác"}
        failure = self.door.failure(f"{SERVICES}/ImportEvidence", self.pieces(other))
        same((failure.code, failure.reason), (grpc.StatusCode.ALREADY_EXISTS, "EVENT_ID_REUSED"))

    def discreet(self) -> None:
        seen = [self.found(door)[0].evidence.checked_by for door in (self.door, self.other)]
        same(seen, [self.good["checked_by"], ""])

    def pages(self) -> None:
        everything = {"include_invalid": True}
        whole = self.call("ListEvidence", everything | {"page_size": 500}).evidence
        ids, token = [], ""
        while not ids or token:
            page = self.call("ListEvidence", everything | {"page_size": 7, "page_token": token})
            assert len(page.evidence) <= 7
            ids += [judged.evidence.evidence_id for judged in page.evidence]
            token = page.next_page_token
        same(ids, [judged.evidence.evidence_id for judged in whole])
        for judged in whole:
            classed = enum_name(judged.evidence, "class")
            assert judged.valid or (judged.reason_vi and judged.reason_en), classed

    def conditions(self) -> None:
        token = self.call("ListEvidence", {"page_size": 1}).next_page_token
        wrong = {"as_of": "2026-13-01", "page_size": 501, "page_token": token, "class": 77}
        failure = self.door.failure(f"{SERVICES}/ListEvidence", wrong)
        same(failure.violations, ["as_of", "class", "page_size", "page_token"])
