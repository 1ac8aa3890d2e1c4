"""The record of look-ups: who asked, for which dossier, with which result."""

from __future__ import annotations

import grpc

from door import Door, enum_name
from lookups import HOUSEHOLD, VERIFY
from report import Report, same
from stage import MESSAGES, at_a_new_dossier, question

LIST = "lienthong.v1.AuditService/ListAccesses"


class Records:
    """One dossier with a miss, a hit, a household and a refusal, as the record tells it."""

    def __init__(self, door: Door, ready: dict) -> None:
        self.door, self.citizen = door, ready["citizens"][0]
        self.context = at_a_new_dossier(ready["context"])
        self.conditions = {
            "reader": MESSAGES["audit_reader"],
            "dossier_code": self.context["dossier_code"],
        }

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("every look-up is on record, the refused one too", self.every_look_up)
        report.check("a hit stands under the number of the request that it came from", self.hit)
        report.check("the record says who asked, and names no citizen", self.discreet)
        report.check("the record is read by outcome", self.by_outcome)
        report.check("pages follow one another without a gap", self.pages)
        report.check("a page token under other conditions is refused", self.other_conditions)
        report.check("nothing is shown to a reader without name and reason", self.nameless)

    def list(self, **conditions):
        return self.door.call(LIST, self.conditions | conditions).message

    def every_look_up(self) -> None:
        asked = question(self.context, self.citizen)
        self.door.call(VERIFY, asked)
        self.door.call(VERIFY, asked)
        self.door.call(HOUSEHOLD, asked)
        refused = question(self.context | {"purpose": "INSPECTION"}, self.citizen)
        self.door.failure(VERIFY, refused)
        newest_first = [
            (
                access.method.split("/")[1],
                enum_name(access, "outcome"),
                enum_name(access.provenance, "source"),
                access.reason,
            )
            for access in self.list().accesses
        ]
        expected = [
            ("VerifyCitizen", "DENIED", "SOURCE_UNSPECIFIED", "NOT_PERMITTED_PURPOSE"),
            ("LookupHousehold", "MATCHED", "LIVE", ""),
            ("VerifyCitizen", "MATCHED", "CACHE", ""),
            ("VerifyCitizen", "MATCHED", "LIVE", ""),
        ]
        same(newest_first, expected)

    def hit(self) -> None:
        _, household, hit, miss = self.list().accesses
        same(hit.provenance.request_id, miss.provenance.request_id)
        same((miss.attempt, hit.attempt), (1, 0), "attempts")
        assert household.provenance.request_id != miss.provenance.request_id
        same(list(household.withheld_fields), MESSAGES["household"]["withheld"])
        digests = {access.person_digest for access in self.list().accesses}
        same(len(digests), 1, "digests of one person")

    def discreet(self) -> None:
        for access in self.list().accesses:
            same(access.client, "igate")
            for field in ("officer_id", "unit_code", "procedure_code", "dossier_code"):
                same(getattr(access.context, field), self.context[field], field)
            told = access.SerializeToString()
            for value in (self.citizen["personal_number"], self.citizen["full_name"]):
                assert value.encode() not in told, "a value of the citizen is in the record"
                assert value.upper().encode() not in told, "a value of the citizen is in the record"

    def by_outcome(self) -> None:
        found = self.list(outcome="DENIED").accesses
        same([enum_name(access.context, "purpose") for access in found], ["INSPECTION"])
        same(len(self.list(outcome="NOT_MATCHED").accesses), 0)

    def pages(self) -> None:
        whole = [access.sequence for access in self.list().accesses]
        pages, token = [], ""
        while not pages or token:
            page = self.list(page_size=3, page_token=token)
            pages.append([access.sequence for access in page.accesses])
            token = page.next_page_token
        same(pages, [whole[:3], whole[3:]])

    def other_conditions(self) -> None:
        token = self.list(page_size=1).next_page_token
        other = self.conditions | {"page_token": token, "outcome": "DENIED"}
        failure = self.door.failure(LIST, other)
        same((failure.code, failure.violations), (grpc.StatusCode.INVALID_ARGUMENT, ["page_token"]))

    def nameless(self) -> None:
        failure = self.door.failure(LIST, {"dossier_code": self.context["dossier_code"]})
        same((failure.code, failure.violations), (grpc.StatusCode.INVALID_ARGUMENT, ["reader"]))
        reader = {"operator_id": "000180000009", "reason": "x"}
        failure = self.door.failure(LIST, self.conditions | {"reader": reader})
        same(failure.violations, ["reader.reason"])
