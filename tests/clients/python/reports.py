"""Reports as files: put together, taken apart by other programs' parsers, held against each other."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import grpc
import openpyxl

from door import Door, credentials, enum_name
from report import Report, same
from services import (
    DOSSIER_CODE,
    NUMBERS,
    SERVICES,
    invented_year,
    is_composed,
    last_month,
    once_followed,
    other_system,
)
from stage import MESSAGES

EXPORT = f"{SERVICES}/ExportReport"
MEDIA_TYPES = {
    "CSV": "text/csv; charset=utf-8",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "HTML": "text/html; charset=utf-8",
    "JSON": "application/json",
}
KINDS = (
    "BOARD",
    "PROJECT_06_MONTH",
    "LATE_UNITS",
    "UNAPOLOGISED",
    "EXPIRING_EVIDENCE",
    "CHANGES",
    "SERVICE_INDEX",
)
# A day as people or programs write it, where a cell should hold a day.
DAY = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Messages stay far below what a client takes at most by default (4 MiB).
LARGEST_CHUNK = 256 << 10


@dataclass(frozen=True)
class File:
    """A report, its parts put together."""

    description: object
    content: bytes

    @staticmethod
    def of(parts) -> File:
        """Puts the parts of a stream together; the first one describes the rest."""
        first, *rest = parts
        same(first.WhichOneof("part"), "description", "first part")
        same({part.WhichOneof("part") for part in rest}, {"chunk"}, "parts behind the first")
        sizes = [len(part.chunk) for part in rest]
        assert 0 < min(sizes) and max(sizes) <= LARGEST_CHUNK, f"chunks of {sizes} bytes"
        return File(first.description, b"".join(part.chunk for part in rest))

    @property
    def hash(self) -> str:
        return self.description.content_sha256

    def rows(self) -> list[dict]:
        """Reads CSV as a program of another vendor does."""
        text = self.content.decode("utf-8-sig")
        assert "\n" not in text.replace("\r\n", ""), "a line that does not end as RFC 4180 has it"
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        uneven = [row for row in rows if None in row or None in row.values()]
        same(uneven, [], "rows of another width than the head")
        return rows

    def sheets(self) -> list[list[tuple]]:
        """Opens XLSX; nothing in it may be computed by whoever opens it."""
        book = openpyxl.load_workbook(io.BytesIO(self.content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        formulas = [cell.coordinate for cell in cells if cell.data_type in ("f", "e")]
        same(formulas, [], "formulas and errors")
        return [list(sheet.iter_rows()) for sheet in book]


def canonical(value) -> bytes:
    """Writes JSON with sorted members and no white space."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Page(HTMLParser):
    """A page's language, its text, and what it would have to load."""

    LOADING = {"script", "iframe", "object", "embed", "link", "img"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language, self.text, self.loaded = None, "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        if tag == "html":
            self.language = given.get("lang")
        inline = given.get("src", given.get("href", "data:")).startswith("data:")
        if tag == "script" or (tag in self.LOADING and not inline):
            self.loaded.append(tag)

    def handle_data(self, data) -> None:
        self.text += data


class Reports:
    """Every report in every form, one that is kept, and its way to publication."""

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.other = door, other_system(ready, strangers)
        # Who makes the list and who answers for it are two systems.
        office = credentials(ready["ca_cert"], ready["office_cert"], ready["office_key"])
        self.office = Door(ready["grpc_tls"], office)
        self.month = last_month()

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("every report comes in every form, with one hash for all of them", self.forms)
        report.check("asked twice, a report is the same to the byte", self.twice)
        report.check("the JSON of the board is what a check answers", self.board)
        report.check("other JSON is canonical, and its hash is that of its content", self.canonical)
        report.check("CSV is read by another parser: the 25 with their counts", self.csv)
        report.check("XLSX opens with real numbers and shares", self.numbers)
        report.check("XLSX opens with real days", self.days)
        report.check("HTML loads nothing and names the 25", self.page)
        report.check("in English it is another report, with a hash of its own", self.english)
        report.check("what may leave the agency names no dossier", self.public)
        report.check("one table alone comes as CSV", self.section)
        report.check("what cannot be drawn is told at once, every violation", self.violations)
        report.check("an export that is cancelled leaves the gateway serving", self.cancelled)
        report.check("a reader gets a preview, and nothing is kept", self.preview)
        report.check("a list of late units is kept once", self.kept)
        report.check("who makes the list does not approve it", self.not_its_own)
        report.check("it is approved by its hash, and published in two places", self.published)
        report.check("a reader sees what was done, and not by whom", self.discreet)
        report.check("what was taken back stays, marked, to the byte", self.withdrawn)
        report.check("a report that was never kept is NOT_FOUND", self.unknown)

    def export(self, form: str, kind: str = "BOARD", door: Door | None = None, **more) -> File:
        asked = {"format": form, "kind": kind} | self.month | more
        # Who may not record changes nothing by looking.
        door = door or self.other
        return once_followed(lambda: File.of(door.watch(EXPORT, asked)))

    def call(self, method: str, request: dict):
        return self.door.call(f"{SERVICES}/{method}", request).message

    def forms(self) -> None:
        for kind in KINDS:
            files = {form: self.export(form, kind) for form in MEDIA_TYPES}
            for form, file in files.items():
                told = file.description
                same((told.media_type, enum_name(told, "kind")), (MEDIA_TYPES[form], kind))
                assert told.file_name.endswith(f".{form.lower()}"), told.file_name
                assert told.rule_version, "no version of the rules"
            hashes = {file.hash for file in files.values()}
            same((len(hashes), {len(each) for each in hashes}), (1, {64}), f"hashes of {kind}")
            (content,) = hashes
            assert content.encode() in files["HTML"].content, f"{kind}: no hash on the page"

    def twice(self) -> None:
        for kind in KINDS:
            for form in MEDIA_TYPES:
                first, second = (self.export(form, kind).content for _ in range(2))
                digests = [hashlib.sha256(file).hexdigest() for file in (first, second)]
                same(digests[0], digests[1], f"{kind} as {form}")

    def checked(self) -> list:
        return self.call("CheckServices", self.month).checks

    def board(self) -> None:
        file = self.export("JSON")
        told = json.loads(file.content)
        same(told["contentSha256"], file.hash)
        same(canonical(told) + b"\n" == file.content, True, "canonical")
        own = {name: told[name] for name in told if name not in ("contentSha256", "checksSha256")}
        same(hashlib.sha256(canonical(own)).hexdigest(), told["checksSha256"], "hash of the checks")
        answer = self.checked()
        names = [each["service"]["name"] for each in told["checks"]]
        same(names, [each.service.name for each in answer])
        # 64-bit numbers are strings in protobuf JSON, and zero may be left out.
        seen = [int(each.get("dossiersSeen", "0")) for each in told["checks"]]
        same(seen, [each.dossiers_seen for each in answer])
        verdicts = [[each["verdict"] for each in check["findings"]] for check in told["checks"]]
        expected = [[enum_name(each, "verdict") for each in check.findings] for check in answer]
        same(verdicts, expected)

    def canonical(self) -> None:
        for kind in KINDS[1:]:
            file = self.export("JSON", kind)
            told = json.loads(file.content)
            same(canonical(told) + b"\n" == file.content, True, f"{kind} is canonical")
            computed = hashlib.sha256(canonical(told["content"])).hexdigest()
            same((computed, told["content_sha256"]), (file.hash, file.hash), kind)

    def csv(self) -> None:
        file = self.export("CSV")
        rows = file.rows()
        services = [row for row in rows if row["section"] == "services"]
        answer = self.checked()
        same([int(row["number"]) for row in services], NUMBERS)
        same([row["service"] for row in services], [each.service.name for each in answer])
        same([int(row["received"]) for row in services], [each.dossiers_seen for each in answer])
        about = [row for row in rows if row["section"] == "report"]
        told = {row["property"]: row["property_value"] for row in about}
        same(told["content_sha256"], file.hash)
        window = (told["first_day"], told["last_day"])
        same(window, tuple(self.month["window"].values()))
        starts = {value[0] for row in rows for value in row.values() if value}
        same(starts & set("=+@\t"), set(), "cells that a spreadsheet would compute")

    def numbers(self) -> None:
        rows = self.export("XLSX").sheets()[0]
        table = [row for row in rows if isinstance(row[0].value, int)]
        same([row[0].value for row in table], NUMBERS)
        answer = self.checked()
        same([row[1].value for row in table], [each.service.name for each in answer])
        counts = [[cell.value for cell in row if cell.number_format == "#,##0"] for row in table]
        same([row[0] for row in counts], [each.dossiers_seen for each in answer])
        shares = [cell for row in table for cell in row if cell.number_format.endswith("%")]
        assert shares and all(0 <= cell.value <= 1 for cell in shares), "shares between 0 and 1"

    def days(self) -> None:
        asked = self.export("XLSX", "EXPIRING_EVIDENCE")
        cells = [cell for rows in asked.sheets() for row in rows for cell in row]
        # What is merged behind a heading has no value of its own.
        cells = [cell for cell in cells if cell.value is not None]
        found = [cell.value for cell in cells if cell.is_date]
        assert found, "no day in a list of days"
        same({type(day) for day in found}, {datetime.datetime})
        of_texts = [cell.value for cell in cells if DAY.fullmatch(str(cell.value))]
        same(of_texts, [], "days that are texts")

    def page(self) -> None:
        page = Page(self.export("HTML").content.decode())
        same((page.language, page.loaded), ("vi", []))
        same(unicodedata.is_normalized("NFC", page.text), True, "NFC")
        # A page sets dashes where the list has hyphens.
        text = page.text.replace("\N{EN DASH}", "-")
        missing = [each.service.name for each in self.checked() if each.service.name not in text]
        same(missing, [], "services that are not named")

    def english(self) -> None:
        vietnamese, english = self.export("HTML"), self.export("HTML", language="en")
        same(Page(english.content.decode()).language, "en")
        assert vietnamese.hash != english.hash, "one hash for two texts"

    def public(self) -> None:
        whole, public = (self.export("CSV", public=wanted) for wanted in (False, True))
        named = [bool(DOSSIER_CODE.search(file.content.decode())) for file in (whole, public)]
        same(named, [True, False])
        same("findings" in {row["section"] for row in public.rows()}, False)

    def section(self) -> None:
        file = self.export("CSV", section="rates")
        rows = file.rows()
        same([int(row["number"]) for row in rows], NUMBERS)
        same({row["content_sha256"] for row in rows}, {file.hash})

    def violations(self) -> None:
        wrong = MESSAGES["malformed_check"] | {"language": "fr", "kind": 99}
        failure = self.door.failure_of_watch(EXPORT, wrong)
        fields = MESSAGES["malformed_check_fields"] + ["format", "kind", "language"]
        told = (failure.code, failure.reason, failure.violations)
        same(told, (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", sorted(fields)))
        no_table = {"format": "CSV", "section": "no-such-table"} | self.month
        same(self.door.failure_of_watch(EXPORT, no_table).violations, ["section"])

    def cancelled(self) -> None:
        asked = {"format": "JSON", "kind": "BOARD"} | invented_year()
        for _ in range(5):
            parts = self.door.watch(EXPORT, asked)
            same(next(parts).WhichOneof("part"), "description")
            parts.cancel()
            # Not even its description is waited for.
            self.door.watch(EXPORT, asked).cancel()
        same(len(json.loads(self.export("JSON").content)["checks"]), len(NUMBERS))

    def late(self, form: str = "JSON", door: Door | None = None) -> File:
        return self.export(form, "LATE_UNITS", door)

    def listed(self) -> list:
        asked = {"kind": "LATE_UNITS", "page_size": 500} | self.month
        return list(self.call("ListReports", asked).reports)

    def preview(self) -> None:
        before = self.listed()
        same(self.late().description.HasField("report"), False, "kept")
        same(len(self.listed()), len(before))

    def kept(self) -> None:
        files = [self.late(form, self.door) for form in ("JSON", "XLSX")]
        (self.id,) = {file.description.report.report_id for file in files}
        self.file, self.hash = files[0], files[0].hash
        kept = self.listed()[0]
        same((kept.report_id, enum_name(kept, "stage"), kept.client), (self.id, "DRAFT", "igate"))
        same((kept.content_sha256, len(kept.acts)), (self.hash, 0))
        same(is_composed(self.file.content.decode()), True, "NFC")

    def act(self, method: str, order: int, **more):
        asked = {
            "report_id": self.id,
            "operator_id": MESSAGES["operator"]["operator_id"],
            "event_id": f"python-{self.id}-{order}",
        }
        return self.office.call(f"{SERVICES}/{method}", asked | more).message

    def not_its_own(self) -> None:
        for method in ("ApproveReport", "RecordPublication", "WithdrawReport"):
            failure = self.door.failure(f"{SERVICES}/{method}", {"report_id": self.id})
            told = (failure.code, failure.reason)
            same(told, (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED_RECORDER"), method)

    def refused(self, method: str, order: int, **more) -> None:
        try:
            self.act(method, order, **more)
        except grpc.RpcError as error:
            same(error.code(), grpc.StatusCode.FAILED_PRECONDITION)
        else:
            raise AssertionError(f"{method} was taken")

    def published(self) -> None:
        today = self.call("ListServices", {}).as_of
        inside = {"place": "INSIDE", "address": "Bảng tin tại trụ sở", "published_on": today}
        website = inside | {"place": "WEBSITE", "address": "https://tinh.example.org/tre-han"}
        self.refused("RecordPublication", 1, **inside)
        self.refused("ApproveReport", 2, content_sha256="0" * 64)
        answers = [self.act("ApproveReport", 3, content_sha256=self.hash) for _ in range(2)]
        same([answer.duplicate for answer in answers], [False, True])
        same(enum_name(answers[1].report, "stage"), "APPROVED")
        stages = [
            enum_name(self.act("RecordPublication", order, **where).report, "stage")
            for order, where in ((4, inside), (5, website))
        ]
        same(stages, ["PUBLISHED_INSIDE", "PUBLISHED_BOTH"])

    def discreet(self) -> None:
        asked = {"kind": "LATE_UNITS", "page_size": 500} | self.month
        seen = []
        for door in (self.office, self.other):
            reports = door.call(f"{SERVICES}/ListReports", asked).message.reports
            (kept,) = (each for each in reports if each.report_id == self.id)
            seen.append([(enum_name(act, "deed"), act.operator_id) for act in kept.acts])
        deeds = ("APPROVE", "PUBLISH_INSIDE", "PUBLISH_ON_WEBSITE")
        operator = MESSAGES["operator"]["operator_id"]
        same(seen, [[(deed, operator) for deed in deeds], [(deed, "") for deed in deeds]])
        drawn = File.of(self.other.watch(EXPORT, {"format": "HTML", "report_id": self.id}))
        assert operator.encode() not in drawn.content, "an officer's id on a page"

    def withdrawn(self) -> None:
        answer = self.act("WithdrawReport", 6, reason="Thử nghiệm thu hồi")
        same(enum_name(answer.report, "stage"), "WITHDRAWN")
        self.refused("ApproveReport", 7, content_sha256=self.hash)
        drawn = [
            File.of(self.door.watch(EXPORT, {"format": "JSON", "report_id": self.id}))
            for _ in range(2)
        ]
        same(drawn[0].content == drawn[1].content, True, "the same bytes")
        same([file.hash for file in drawn], [self.hash] * 2)
        contents = [json.loads(file.content)["content"] for file in (self.file, drawn[0])]
        same(contents[0] == contents[1], True, "the same content")

    def unknown(self) -> None:
        asked = {"format": "JSON", "report_id": "BC-999999"}
        failure = self.door.failure_of_watch(EXPORT, asked)
        told = (failure.code, failure.reason)
        same(told, (grpc.StatusCode.NOT_FOUND, "REPORT_NOT_FOUND"))
