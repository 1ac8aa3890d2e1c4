"""What the population service promises to a vendor."""

from __future__ import annotations

import unicodedata

import grpc

from door import Door, enum_name
from report import Report, same
from stage import MESSAGES, at_a_new_dossier, question

VERIFY = "lienthong.v1.PopulationService/VerifyCitizen"
LOOKUP = "lienthong.v1.PopulationService/LookupCitizen"
HOUSEHOLD = "lienthong.v1.PopulationService/LookupHousehold"


class Lookups:
    """Questions about the sample citizens."""

    def __init__(self, door: Door, ready: dict) -> None:
        self.door, self.context, self.citizens = door, ready["context"], ready["citizens"]

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("at least three sample citizens, one with a year alone", self.samples)
        for citizen in self.citizens:
            report.check(
                f"citizen '{citizen['kind']}' is verified", lambda citizen=citizen: self.match(citizen)
            )
        report.check("a decomposed (NFD) name is the same name", self.decomposed_name)
        report.check("a wrong name is NO_MATCH and not an error", self.wrong_name)
        report.check("a wrong birth date is NO_MATCH", self.wrong_birth)
        report.check("a look-up gives the fields that were asked for", self.look_up)
        report.check("asked again, the kept answer comes with its age", self.kept_answer)
        report.check("an answer may be asked for anew", self.refresh)
        report.check("a household has a head, members and what is withheld", self.household)
        report.check("a household of a wrong name is NO_MATCH", self.no_household)
        report.check("a purpose that is not permitted is PERMISSION_DENIED", self.other_purpose)
        report.check("an unknown field path is named", self.unknown_path)
        report.check("bad input names every violation at once", self.malformed)
        report.check("an unknown enum value is refused", self.unknown_purpose)
        report.check("a name of 10,000 characters is refused", self.long_name)

    def verify(self, citizen: dict):
        return self.door.call(VERIFY, question(self.context, citizen)).message

    def samples(self) -> None:
        assert len(self.citizens) >= 3, f"only {len(self.citizens)} citizens"
        assert any(len(citizen["birth_date"]) == 4 for citizen in self.citizens), "no year-only birth"

    def match(self, citizen: dict) -> None:
        answer = self.verify(citizen)
        same(enum_name(answer, "verdict"), "MATCH", "verdict")
        values = answer.DESCRIPTOR.fields_by_name["checked"].enum_type.values_by_number
        same(sorted(values[number].name for number in answer.checked), ["BIRTH", "NAME", "NUMBER"])
        assert answer.provenance.request_id, "no request id of the source"

    def decomposed_name(self) -> None:
        accented = next(
            citizen
            for citizen in self.citizens
            if unicodedata.normalize("NFD", citizen["full_name"]) != citizen["full_name"]
        )
        name = unicodedata.normalize("NFD", accented["full_name"])
        same(enum_name(self.verify(accented | {"full_name": name}), "verdict"), "MATCH")

    def wrong_name(self) -> None:
        answer = self.verify(self.citizens[0] | {"full_name": "Nguyễn Văn Không Có"})
        same(enum_name(answer, "verdict"), "NO_MATCH")

    def wrong_birth(self) -> None:
        answer = self.verify(self.citizens[0] | {"birth_date": "1901-01-01"})
        same(enum_name(answer, "verdict"), "NO_MATCH")

    def look_up(self) -> None:
        citizen = self.citizens[0]
        request = question(self.context, citizen) | {"fields": "personalNumber,fullName"}
        answer = self.door.call(LOOKUP, request).message
        same(enum_name(answer, "verdict"), "MATCH")
        same(enum_name(answer, "name_comparison"), "EXACT")
        same(answer.citizen.personal_number, citizen["personal_number"])
        same(answer.citizen.full_name.upper(), citizen["full_name"].upper())
        same(list(answer.withheld), [], "withheld")
        assert not answer.citizen.HasField("permanent_address"), "an address was not asked for"

    def kept_answer(self) -> None:
        request = question(at_a_new_dossier(self.context), self.citizens[0])
        miss, hit = (self.door.call(VERIFY, request).message.provenance for _ in range(2))
        same([enum_name(each, "source") for each in (miss, hit)], ["LIVE", "CACHE"])
        same([each.attempts for each in (miss, hit)], [1, 0], "attempts")
        same(hit.request_id, miss.request_id, "request id")
        assert hit.age.ToNanoseconds() > 0, "the kept answer has no age"

    def refresh(self) -> None:
        request = question(at_a_new_dossier(self.context), self.citizens[0])
        anew = request | {"freshness": {"refresh": True}}
        first, second = (self.door.call(VERIFY, each).message.provenance for each in (request, anew))
        same(enum_name(second, "source"), "LIVE")
        assert second.request_id != first.request_id, "the source was not asked again"

    def household(self) -> None:
        request = question(at_a_new_dossier(self.context), self.citizens[0])
        answer = self.door.call(HOUSEHOLD, request).message
        expected = MESSAGES["household"]
        same(enum_name(answer, "verdict"), "MATCH")
        same(answer.head.full_name, expected["head"])
        same([member.full_name for member in answer.members], expected["members"])
        same(list(answer.withheld), expected["withheld"], "withheld")
        told = [member.personal_number + member.relation_code for member in answer.members]
        same(set(told), {""}, "what is withheld of the members")
        births = {member.birth.WhichOneof("value") for member in answer.members}
        same(births, {"date", "year"}, "kinds of birth")

    def no_household(self) -> None:
        citizen = self.citizens[0] | {"full_name": "Nguyễn Văn Không Có"}
        request = question(at_a_new_dossier(self.context), citizen)
        answer = self.door.call(HOUSEHOLD, request).message
        same(enum_name(answer, "verdict"), "NO_MATCH")
        assert not answer.HasField("head") and not answer.members, "somebody is told"

    def other_purpose(self) -> None:
        context = self.context | {"purpose": "DATA_CLEANING"}
        failure = self.door.failure(VERIFY, question(context, self.citizens[0]))
        same(failure.code, grpc.StatusCode.PERMISSION_DENIED)
        same((failure.reason, failure.retry_seconds), ("NOT_PERMITTED_PURPOSE", None))

    def unknown_path(self) -> None:
        request = question(self.context, self.citizens[0]) | {"fields": "fullName,shoeSize"}
        failure = self.door.failure(LOOKUP, request)
        same(failure.code, grpc.StatusCode.INVALID_ARGUMENT)
        same(failure.violations, ["fields.paths[1]"])

    def malformed(self) -> None:
        failure = self.door.failure(VERIFY, MESSAGES["malformed_verification"])
        same(failure.code, grpc.StatusCode.INVALID_ARGUMENT)
        same((failure.domain, failure.reason), ("lienthong", "INVALID_FIELD"))
        same(failure.violations, MESSAGES["malformed_verification_fields"])

    def unknown_purpose(self) -> None:
        context = self.context | {"purpose": 99}
        failure = self.door.failure(VERIFY, question(context, self.citizens[0]))
        same(failure.code, grpc.StatusCode.INVALID_ARGUMENT)
        same(failure.violations, ["context.purpose"])

    def long_name(self) -> None:
        failure = self.door.failure(
            VERIFY, question(self.context, self.citizens[0] | {"full_name": "A" * 10_000})
        )
        same(failure.code, grpc.StatusCode.INVALID_ARGUMENT)
        same(failure.violations, ["full_name"])
        assert "AAAA" not in failure.message, "the message repeats what was sent"
