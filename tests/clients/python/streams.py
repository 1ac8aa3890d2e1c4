"""Many verifications over one stream."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import grpc

from door import Door, enum_name
from report import Report, same
from stage import at_a_new_dossier, question

VERIFY_ALL = "lienthong.v1.PopulationService/VerifyCitizens"
# More than the gateway works on at a time, so that places are freed and taken again.
MANY = 300


class Streams:
    """Questions in a stream, answered in the order in which the answers are ready."""

    def __init__(self, door: Door, ready: dict) -> None:
        self.door, self.citizens = door, ready["citizens"]
        self.context = at_a_new_dossier(ready["context"])

    def run(self, report: Report) -> None:
        """Runs the checks."""
        report.check("a stream answers every item under its own id", self.every_item)
        report.check("a bad item is an error of its own and the stream goes on", self.bad_item)
        report.check("an answer comes while the stream is still open", self.dialogue)
        report.check("a stream of nothing ends without an error", self.nothing)
        report.check("a stream that is cancelled leaves the door open", self.cancelled)

    def item(self, correlation_id: str, place: int = 0, **changed) -> dict:
        """Asks about the sample citizen in that place."""
        citizen = self.citizens[place % len(self.citizens)]
        request = question(self.context, citizen) | changed
        return {"correlation_id": correlation_id, "request": request}

    def answers(self, items: list[dict]) -> dict:
        """Sends the items, closes its side, and gives the answers by id."""
        answers = list(self.door.stream(VERIFY_ALL, items))
        by_id = {answer.correlation_id: answer for answer in answers}
        same(len(answers), len(by_id), "number of answers")
        return by_id

    def every_item(self) -> None:
        answers = self.answers([self.item(f"item-{place}", place) for place in range(MANY)])
        same(set(answers), {f"item-{place}" for place in range(MANY)})
        verdicts = {enum_name(answer.answer, "verdict") for answer in answers.values()}
        same(verdicts, {"MATCH"})

    def bad_item(self) -> None:
        items = [
            self.item("good"),
            self.item("bad", identity={"personal_number": "12"}, birth={"date": "1985-02-30"}),
            self.item("nobody", full_name="Nguyễn Văn Không Có"),
            self.item(""),
            self.item("x" * 65),
            {"correlation_id": "empty"},
            self.item("last", 1),
        ]
        answers = self.answers(items)
        fields = {
            sent: [violation.field for violation in answers[sent].error.violations]
            for sent in ("bad", "", "x" * 64, "empty")
        }
        bad = ["request.identity.personal_number", "request.birth.date"]
        same(sorted(fields["bad"]), sorted(bad))
        same(fields[""], ["correlation_id"])
        same(fields["x" * 64], ["correlation_id"])
        same(fields["empty"], ["request"])
        error = answers["bad"].error
        told = (error.code, error.reason, error.HasField("retry_after"))
        same(told, (grpc.StatusCode.INVALID_ARGUMENT.value[0], "INVALID_FIELD", False))
        for sent, verdict in (("good", "MATCH"), ("nobody", "NO_MATCH"), ("last", "MATCH")):
            same(enum_name(answers[sent].answer, "verdict"), verdict, sent)

    def dialogue(self) -> None:
        sent: queue.Queue = queue.Queue()
        questions: Iterator[dict] = iter(sent.get, None)
        answers = self.door.stream(VERIFY_ALL, questions)
        for place in range(5):
            sent.put(self.item(f"turn-{place}", place))
            same(next(answers).correlation_id, f"turn-{place}")
        sent.put(None)
        same(list(answers), [], "after the last")
        same(answers.code(), grpc.StatusCode.OK)

    def nothing(self) -> None:
        call = self.door.stream(VERIFY_ALL, [])
        same(list(call), [])
        same(call.code(), grpc.StatusCode.OK)

    def cancelled(self) -> None:
        sent: queue.Queue = queue.Queue()
        call = self.door.stream(VERIFY_ALL, iter(sent.get, None))
        sent.put(self.item("first"))
        same(next(call).correlation_id, "first")
        call.cancel()
        sent.put(None)
        same(list(self.answers([self.item("after")])), ["after"])
