"""The national procedure catalogue: page by page, one procedure in full, and what changes in it."""

from __future__ import annotations

from pathlib import Path

import grpc

from door import Door, enum_name
from report import Report, same
from services import SERVICES, is_composed, other_system
from stage import MESSAGES, Control

CATALOGUE = "lienthong.v1.CatalogueService"
OPERATOR = {"operator_id": MESSAGES["operator"]["operator_id"]}


class Catalogue:
    """The mock portal's catalogue, from which a procedure goes and comes back."""

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.other = door, other_system(ready, strangers)
        self.control = Control(ready)

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("pages of procedures follow one another to the end", self.pages)
        report.check("a page token of another question is refused", self.other_question)
        report.check("a search compares neither accents nor case", self.search)
        report.check("a procedure comes in full, its texts as the source wrote them", self.whole)
        report.check("a procedure that is not listed is NOT_FOUND", self.unknown)
        report.check("units and fields are listed to the end, each list with its age", self.lists)
        report.check("bad conditions name every violation at once", self.violations)
        self.control.tell("POST", "portal/catalogue-reset")
        try:
            report.check("what is withdrawn, changed and restored is told", self.changes)
            report.check("a catalogue that lost half is refused, the old one stays", self.shrunk)
        finally:
            self.control.tell("POST", "portal/catalogue-reset")
        report.check("the whole catalogue is taken again", self.recovered)
        report.check("who is no operator may read it and not have it fetched", self.reader)

    def call(self, method: str, request: dict):
        return self.door.call(f"{CATALOGUE}/{method}", request).message

    def codes(self, **conditions) -> list[str]:
        """Asks for page after page and gives the codes of all."""
        codes, token = [], ""
        while not codes or token:
            page = self.call("ListProcedures", conditions | {"page_token": token})
            codes += [procedure.procedure_code for procedure in page.procedures]
            token = page.next_page_token
        return codes

    def pages(self) -> None:
        whole = self.call("ListProcedures", {"page_size": 500})
        same(len(whole.procedures), whole.catalogue.procedures, "procedures on one page")
        assert whole.catalogue.version and whole.catalogue.HasField("fetched_at")
        codes = [procedure.procedure_code for procedure in whole.procedures]
        same(codes, sorted(set(codes)), "order")
        same(self.codes(page_size=7), codes)
        same([each.name for each in whole.procedures if not is_composed(each.name)], [])

    def other_question(self) -> None:
        token = self.call("ListProcedures", {"page_size": 1}).next_page_token
        other = {"page_size": 1, "page_token": token, "query": "cư trú"}
        failure = self.door.failure(f"{CATALOGUE}/ListProcedures", other)
        same((failure.code, failure.violations), (grpc.StatusCode.INVALID_ARGUMENT, ["page_token"]))

    def search(self) -> None:
        found = self.codes(query="thường trú", page_size=2)
        assert "1.004222" in found and len(found) < len(self.codes(page_size=500)), found
        same(self.codes(query="THUONG TRU", page_size=500), found)
        same(self.codes(query="1.0042", page_size=500), ["1.004222"])

    def whole(self) -> None:
        procedure = self.call("GetProcedure", {"procedure_code": "1.004222"}).procedure
        same(procedure.summary.name, "Đăng ký thường trú")
        same([method.channel_code for method in procedure.methods], ["1", "2", "3"])
        # No fee that is named is not the same as no fee.
        same([[fee.amount for fee in method.fees] for method in procedure.methods[2:]], [[]])
        for component in procedure.components:
            files = [file.url for file in component.files]
            same(len(files), len(set(files)), f"forms of {component.component_code}")
        assert procedure.steps and procedure.legal_bases and procedure.HasField("details_fetched_at")

    def unknown(self) -> None:
        failure = self.door.failure(f"{CATALOGUE}/GetProcedure", {"procedure_code": "9.999999"})
        told = (failure.code, failure.reason)
        same(told, (grpc.StatusCode.NOT_FOUND, "PROCEDURE_NOT_FOUND"))

    def entries(self, method: str, members: str, **conditions) -> list:
        """Asks for page after page of a list beside the procedures and gives its entries."""
        entries, token = [], ""
        while not entries or token:
            page = self.call(method, conditions | {"page_token": token})
            entries += getattr(page, members)
            token = page.next_page_token
        return entries

    def lists(self) -> None:
        state = self.call("ListProcedures", {"page_size": 1}).catalogue
        kinds = [enum_name(each, "list") for each in state.lists]
        same(kinds, ["ONLINE_SERVICES", "UNITS", "FIELDS"])
        for method, members, code in (
            ("ListCatalogueUnits", "units", "unit_code"),
            ("ListCatalogueFields", "fields", "field_code"),
        ):
            first = self.call(method, {"page_size": 1})
            same(enum_name(first.list, "list"), members.upper())
            assert first.list.HasField("fetched_at") and not first.list.reasons, method
            codes = [getattr(each, code) for each in self.entries(method, members, page_size=3)]
            same(codes, sorted(set(codes)), "order")
            same(len(codes), first.list.entries, method)
            other = {"query": "cư trú", "page_size": 1, "page_token": first.next_page_token}
            same(self.door.failure(f"{CATALOGUE}/{method}", other).violations, ["page_token"])
            wrong = {"page_size": 501, "page_token": "x"}
            failure = self.door.failure(f"{CATALOGUE}/{method}", wrong)
            same(failure.violations, ["page_size", "page_token"])
        (found,) = self.entries("ListCatalogueFields", "fields", query="QUAN LY CU TRU")
        same((found.field_code, found.name), ("G01-CA05", "Đăng ký, quản lý cư trú"))

    def violations(self) -> None:
        wrong = {"field_code": "?", "level": 9, "page_size": 501, "page_token": "x"}
        failure = self.door.failure(f"{CATALOGUE}/ListProcedures", wrong)
        same(failure.violations, ["field_code", "level", "page_size", "page_token"])

    def refreshed(self) -> tuple[int, ...]:
        """Has the catalogue fetched and gives what was added, changed, withdrawn and restored."""
        told = self.call("RefreshCatalogue", OPERATOR)
        return (told.added, told.changed, told.withdrawn, told.restored)

    def changes(self) -> None:
        gone, other = MESSAGES["withdrawn_procedure"], MESSAGES["changed_procedure"]
        before = self.call("RefreshCatalogue", OPERATOR).catalogue
        self.control.tell("DELETE", f"portal/catalogue/{gone}")
        self.control.tell("PUT", f"portal/catalogue/{other}", {"YEUCAU": "Yêu cầu mới"})
        same(self.refreshed(), (0, 1, 1, 0), "of the withdrawal")
        withdrawn = self.call("GetProcedure", {"procedure_code": gone}).procedure.summary
        assert withdrawn.withdrawn and withdrawn.HasField("withdrawn_at")
        assert gone not in self.codes(page_size=500)
        assert gone in self.codes(page_size=500, include_withdrawn=True)
        self.control.tell("POST", "portal/catalogue-reset")
        same(self.refreshed(), (0, 1, 0, 1), "of the return")
        since = {"since": before.fetched_at.ToJsonString()}
        told, token = [], ""
        while not told or token:
            asked = since | {"page_size": 3, "page_token": token}
            page = self.call("ListCatalogueChanges", asked)
            told += page.changes
            token = page.next_page_token
        moments = [change.seen_at.ToNanoseconds() for change in told]
        same(moments, sorted(moments, reverse=True), "newest first")
        found = {
            code: [enum_name(each, "kind") for each in told if each.procedure_code == code]
            for code in (gone, other)
        }
        same(found, {gone: ["RESTORED", "WITHDRAWN"], other: ["CHANGED", "CHANGED"]})
        paths = [list(each.changed_fields) for each in told if each.procedure_code == other]
        same(paths, [["requirements"]] * 2)
        for change in told:
            touched = [(each.number, each.name, each.role) for each in change.services]
            same(touched, self.services_of(change.procedure_code), change.procedure_code)

    def services_of(self, code: str) -> list[tuple[int, str, str]]:
        """The essential services that a code belongs to, and what it is to them."""
        listed = self.door.call(f"{SERVICES}/ListServices", {}).message.services
        return [
            (each.service.number, each.service.name, procedure.role)
            for each in listed
            for procedure in each.service.procedures
            if procedure.procedure_code == code
        ]

    def shrunk(self) -> None:
        held = self.call("ListProcedures", {"page_size": 1}).catalogue
        self.control.tell("POST", "portal/catalogue-halve")
        failure = self.door.failure(f"{CATALOGUE}/RefreshCatalogue", OPERATOR)
        told = (failure.code, failure.reason)
        same(told, (grpc.StatusCode.FAILED_PRECONDITION, "CATALOGUE_SHRUNK"))
        assert is_composed(failure.vietnamese), "no sentence for an official"
        after = self.call("ListProcedures", {"page_size": 1}).catalogue
        same((after.version, after.procedures), (held.version, held.procedures))
        (reason,) = (each for each in after.reasons if each.code == "CATALOGUE_SHRUNK")
        assert is_composed(reason.message_vi) and reason.message_en

    def recovered(self) -> None:
        same(self.refreshed(), (0, 0, 0, 0))
        reasons = self.call("ListProcedures", {"page_size": 1}).catalogue.reasons
        assert "CATALOGUE_SHRUNK" not in {reason.code for reason in reasons}

    def reader(self) -> None:
        page = self.other.call(f"{CATALOGUE}/ListProcedures", {"page_size": 1}).message
        same(len(page.procedures), 1)
        failure = self.other.failure(f"{CATALOGUE}/RefreshCatalogue", OPERATOR)
        told = (failure.code, failure.reason)
        same(told, (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED_OPERATOR"))
