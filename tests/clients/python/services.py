"""The 25 essential services: what is documented, what the traffic shows, and how the two agree."""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

import grpc

from door import Door, Failure, credentials, enum_name
from report import Report, same
from stage import MESSAGES, VIETNAM

SERVICES = "lienthong.v1.EssentialServicesService"
NUMBERS = list(range(1, 26))
CRITERIA = [f"K{number}" for number in range(1, 10)] + [f"C{number}" for number in range(1, 16)]
# A number that names no person: unit, day and order.
DOSSIER_CODE = re.compile(r"(H[0-9]{2}(?:\.[0-9]+)*)-[0-9]{6}-[0-9]+")
# What is recorded is looked at within seconds.
FOLLOWING_SECONDS = 60
# What a system may not call without a role, and the role.
GUARDED = {
    "RecordEvidence": "IMPORT",
    "ImportEvidence": "IMPORT",
    "RebuildObservations": "REBUILD",
    "ListRebuilds": "REBUILD",
    "ApproveReport": "APPROVE",
    "RecordPublication": "PUBLISH",
    "WithdrawReport": "APPROVE",
}


def days(first, last) -> dict:
    """Writes a window as the contract has it."""
    return {"window": {"first_day": f"{first:%Y-%m-%d}", "last_day": f"{last:%Y-%m-%d}"}}


def last_month() -> dict:
    """The last month that is over in Việt Nam; the demo's invented year holds all of it."""
    last = datetime.now(VIETNAM).replace(day=1) - timedelta(days=1)
    return days(last.replace(day=1), last)


def invented_year() -> dict:
    """The days of which the demo invents dossiers: a year up to yesterday."""
    today = datetime.now(VIETNAM)
    return days(today - timedelta(days=365), today - timedelta(days=1))


def other_system(ready: dict, strangers: Path) -> Door:
    """The door as a system meets it that may read and not record."""
    stranger = (str(strangers / "other-vendor.pem"), str(strangers / "other-vendor.key"))
    return Door(ready["grpc_tls"], credentials(ready["ca_cert"], *stranger))


def is_composed(text: str) -> bool:
    """Tells whether a text is in NFC and has letters of Vietnamese."""
    return unicodedata.is_normalized("NFC", text) and not text.isascii()


def written(message) -> bytes:
    """Writes equal messages as equal bytes, whichever connection described them."""
    return message.SerializeToString(deterministic=True)


def once_followed(call):
    """Calls until what was recorded a moment ago has been looked at, and gives the answer."""
    deadline = time.monotonic() + FOLLOWING_SECONDS
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            told = Failure.of(error)
            if told.retry_seconds is None or time.monotonic() > deadline:
                raise
            time.sleep(min(told.retry_seconds, 1))


class Services:
    """Lists the services, looks at one, and checks all of them over an invented year."""

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.other = door, other_system(ready, strangers)

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("the 25 are listed in order, with official names in NFC", self.listed)
        report.check("each code, owner and level says how well it is known", self.certainty)
        report.check("a check gives a verdict for each criterion of each service", self.checked)
        report.check("figures are numbers, and without a sample there is no value", self.figures)
        report.check("a contradiction names dossiers that show it", self.contradictions)
        report.check("a coverage that nobody knows is not given", self.coverage)
        report.check("one service tells the same as the check of all", self.one)
        report.check("days that are over are judged alike twice", self.again)
        report.check("an agency's check counts its own dossiers", self.agency)
        report.check("a bad question names every violation at once", self.violations)
        report.check("a deadline that is too short ends the call and nothing else", self.deadline)
        report.check("a system that may not record sees the same, and records nothing", self.reader)
        report.check("observations are made anew, and answer as before meanwhile", self.rebuilt)

    def call(self, method: str, request: dict):
        return self.door.call(f"{SERVICES}/{method}", request).message

    def listed(self) -> None:
        answer = self.call("ListServices", {})
        self.services = [listed.service for listed in answer.services]
        same([service.number for service in self.services], NUMBERS)
        same([service.name for service in self.services if not is_composed(service.name)], [])
        same(len({service.name for service in self.services}), len(NUMBERS), "names")
        assert answer.list_version, "the list has no version"
        judged, today = datetime.fromisoformat(answer.as_of).date(), datetime.now(VIETNAM).date()
        assert today - judged <= timedelta(days=1), f"judged on {judged}"
        outside = [service.number for service in self.services if service.outside_procedure_law]
        same(outside, [24, 25])
        states = [enum_name(listed.documented, "state") for listed in answer.services]
        same([states[number - 1] for number in outside], ["NOT_APPLICABLE"] * 2)
        unexplained = [
            listed.service.number
            for listed, state in zip(answer.services, states)
            if state == "NOT_REVIEWED"
            and not (listed.documented.reason_vi and listed.documented.reason_en)
        ]
        same(unexplained, [], "why no further")

    def certainty(self) -> None:
        for service in self.services:
            for field in ("owner_certainty", "level_certainty"):
                known = enum_name(service, field)
                assert known != "CERTAINTY_UNSPECIFIED", f"{field} of {service.number} is not told"
            codes = [procedure.procedure_code for procedure in service.procedures]
            assert codes and len(codes) == len(set(codes)), f"codes of {service.number}: {codes}"
            for procedure in service.procedures:
                assert procedure.role, procedure.procedure_code
                known = enum_name(procedure, "certainty")
                assert known != "CERTAINTY_UNSPECIFIED", procedure.procedure_code
                # The demo's own codes stand for those that nobody has verified.
                if procedure.procedure_code.startswith("9."):
                    same(known, "UNVERIFIED", procedure.procedure_code)

    def checked(self) -> None:
        self.year = self.call("CheckServices", invented_year())
        self.checks = self.year.checks
        same([check.service.number for check in self.checks], NUMBERS)
        assert self.year.rule_version, "no version of the rules"
        same(self.year.content_sha256, "", "hash of a report")
        for check in self.checks:
            number = check.service.number
            same([finding.criterion_id for finding in check.findings], CRITERIA, f"of {number}")
            for finding in check.findings:
                place = f"{number} {finding.criterion_id}"
                assert enum_name(finding, "verdict") != "VERDICT_UNSPECIFIED", place
                assert is_composed(finding.name_vi) and finding.name_en, place
                assert is_composed(finding.reason_vi) and finding.reason_en, place
            same(check.window, self.checks[0].window, f"window of {number}")

    def figures(self) -> None:
        for check in self.checks:
            codes = [figure.code for figure in check.figures]
            same(len(codes), len(set(codes)), f"figures of {check.service.number}")
            for figure in check.figures:
                told = f"{check.service.number} {figure.code}"
                same((type(figure.numerator), type(figure.value)), (int, float), told)
                assert is_composed(figure.name_vi) and figure.name_en, told
                if figure.unit:
                    same(figure.HasField("value"), figure.denominator > 0, told)
                else:
                    assert 0 <= figure.numerator <= figure.denominator, told
                    same(figure.HasField("value"), False, told)
            came_in = [each.denominator for each in check.figures if each.code == "ONLINE_SHARE"]
            outside = check.service.outside_procedure_law
            same(came_in, [] if outside else [check.dossiers_seen], "dossiers that came in")
        assert sum(check.dossiers_seen for check in self.checks) > 10_000, "an invented year"

    def contradictions(self) -> None:
        found = {
            (check.service.number, finding.criterion_id): finding
            for check in self.checks
            for finding in check.findings
            if enum_name(finding, "verdict") == "CONTRADICTED"
        }
        # The demo shows it itself: a code that was repealed, and is still used.
        assert (15, "C9") in found, f"only {sorted(found)}"
        for (number, criterion), finding in found.items():
            codes = list(finding.example_dossier_codes)
            assert 1 <= len(codes) <= 5, f"{number} {criterion}: {codes}"
            assert all(DOSSIER_CODE.fullmatch(code) for code in codes), codes
            figures = {figure.code for figure in self.checks[number - 1].figures}
            assert finding.figure_code in figures, f"{number} {criterion}: {finding.figure_code}"
        quiet = [
            finding
            for check in self.checks
            for finding in check.findings
            if enum_name(finding, "verdict") != "CONTRADICTED" and finding.example_dossier_codes
        ]
        same(quiet, [], "examples of what is no contradiction")

    def coverage(self) -> None:
        known = [check for check in self.checks if check.HasField("coverage")]
        assert 0 < len(known) < len(NUMBERS), "the demo knows the whole of some services only"
        for check in known:
            assert 0 < check.coverage <= 1, f"{check.service.number}: {check.coverage}"

    def one(self) -> None:
        answer = self.call("GetService", {"number": 15} | invented_year())
        assert answer.check == self.checks[14], "another answer about the same service"
        same(answer.rule_version, self.year.rule_version)
        ends = answer.checked_at.ToDatetime() + timedelta(hours=7)
        same(f"{ends - timedelta(days=1):%Y-%m-%d}", answer.check.window.last_day, "the last day")

    def again(self) -> None:
        asked = {"numbers": [3, 9, 15]} | last_month()
        first, second = (self.call("CheckServices", asked) for _ in range(2))
        same([check.service.number for check in first.checks], [3, 9, 15])
        for answer in (first, second):
            # Whether all that came in a moment ago has been looked at yet is as of now.
            del answer.warnings[:]
        assert written(first) == written(second), "two answers about the same days"

    def agency(self) -> None:
        repealed = next(each for each in self.checks[14].findings if each.criterion_id == "C9")
        units = {DOSSIER_CODE.fullmatch(code)[1] for code in repealed.example_dossier_codes}
        for unit in units:
            asked = {"numbers": [15], "unit_code": unit} | invented_year()
            (check,) = self.call("CheckServices", asked).checks
            assert 0 < check.dossiers_seen < self.checks[14].dossiers_seen, unit
            findings = {finding.criterion_id: finding for finding in check.findings}
            of_others = [
                code
                for code in findings["C9"].example_dossier_codes
                if not code.startswith(f"{unit}-")
            ]
            same(of_others, [], f"examples of {unit}")

    def violations(self) -> None:
        failure = self.door.failure(f"{SERVICES}/CheckServices", MESSAGES["malformed_check"])
        told = (failure.code, failure.reason, failure.violations)
        fields = MESSAGES["malformed_check_fields"]
        same(told, (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", fields))
        for number in (0, -1, 26):
            failure = self.door.failure(f"{SERVICES}/GetService", {"number": number})
            same(failure.violations, ["number"], f"number {number}")
        failure = self.door.failure(
            f"{SERVICES}/ListServices", {"as_of": "2026-02-30", "unit_code": "H6O"}
        )
        same(failure.violations, ["as_of", "unit_code"])

    def deadline(self) -> None:
        try:
            self.door.call(f"{SERVICES}/CheckServices", invented_year(), seconds=0.001)
        except grpc.RpcError as error:
            same(error.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        else:
            raise AssertionError("a year was checked within a millisecond")
        same(len(self.call("CheckServices", last_month()).checks), len(NUMBERS))

    def reader(self) -> None:
        answer = self.other.call(f"{SERVICES}/CheckServices", invented_year()).message
        del answer.warnings[:], self.year.warnings[:]
        assert written(answer) == written(self.year), "another answer to another system"
        for method, role in GUARDED.items():
            failure = self.other.failure(f"{SERVICES}/{method}", {})
            told = (failure.code, failure.reason)
            same(told, (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED_RECORDER"), method)
            same(failure.metadata, {"role": role}, method)
            assert is_composed(failure.vietnamese), f"{method}: no sentence for an official"

    def rebuilt(self) -> None:
        before = self.call("ListRebuilds", {}).rebuilds
        operator = MESSAGES["operator"]
        self.call("RebuildObservations", operator)
        deadline = time.monotonic() + FOLLOWING_SECONDS
        while True:
            answer = self.call("CheckServices", invented_year())
            del answer.warnings[:]
            assert written(answer) == written(self.year), "another answer about the same year"
            told = self.call("ListRebuilds", {})
            # The invented year's look-ups stand in no record that a gateway follows.
            followed = [source for source in told.sources if source.HasField("followed_at")]
            if not any(source.rebuilding for source in followed):
                break
            assert time.monotonic() < deadline, f"still at work: {told.sources}"
            time.sleep(0.1)
        newest = told.rebuilds[0]
        same(newest.number, before[0].number + 1 if before else 1, "number")
        asked = (newest.operator_id, newest.reason, newest.client, newest.source)
        same(asked, (operator["operator_id"], operator["reason"], "igate", ""))
        assert "events" in {source.name for source in followed}, f"{told.sources}"
        unread = [(source.name, source.unreadable) for source in told.sources if source.unreadable]
        same(unread, [], "rows that cannot be read")
