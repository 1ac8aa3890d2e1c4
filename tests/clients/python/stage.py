"""The messages that the clients of every language send."""

from __future__ import annotations

import json
import random
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from door import read_json

MESSAGES = read_json(Path(__file__).resolve().parent.parent / "messages.json")

VIETNAM = timezone(timedelta(hours=7))


def new_code(context: dict) -> str:
    """Makes the number of a dossier of today that nobody has used."""
    day = datetime.now(VIETNAM).strftime("%y%m%d")
    return f"{context['unit_code']}-{day}-{random.randrange(10**6, 10**7)}"


def wire_time(moment: datetime) -> str:
    """Writes a moment as protobuf JSON carries it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True)
class NewDossier:
    """A dossier that nobody has recorded yet: its first state and its first step."""

    code: str
    now: datetime
    state: dict
    step: dict

    @staticmethod
    def of(context: dict) -> NewDossier:
        """Invents one."""
        now, code = datetime.now(timezone.utc), new_code(context)
        dossier = MESSAGES["dossier"] | {
            "dossier_code": code,
            "submitted_at": wire_time(now),
            "received_at": wire_time(now),
        }
        state = {"event_id": f"python-{code}-1", "occurred_at": wire_time(now), "dossier": dossier}
        step = {
            "event_id": f"python-{code}-2",
            "occurred_at": wire_time(now),
            "dossier_code": code,
            "step": MESSAGES["step"] | {"handled_at": wire_time(now)},
        }
        return NewDossier(code, now, state, step)


class Control:
    """The mocks' control interface: what happens at the portal behind everybody's back."""

    def __init__(self, ready: dict) -> None:
        self.address = f"http://{ready['mock_control']}"

    def tell(self, method: str, path: str, body: dict | None = None):
        """Asks for something and gives the answer; `None` where it is empty."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data=data, method=method)
        if data:
            request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def refuse_once(self, code: str) -> None:
        """Has the portal refuse the next state of a dossier."""
        effect = {"kind": "error_text", "code": "-1", "message": MESSAGES["refusal"]}
        fault = {"operation": "DongBoHoSoMC", "key": code, "effect": effect}
        self.tell("POST", "portal/faults", fault)

    def effects(self, code: str) -> list[str]:
        """What was done to a dossier at the portal, oldest first."""
        told = self.tell("GET", f"portal/dossiers/{code}/effects")
        return [effect["kind"].lower() for effect in told]


def at_a_new_dossier(context: dict) -> dict:
    """Gives the same context for a dossier for which no answer can have been kept."""
    return context | {"dossier_code": new_code(context)}


def question(context: dict, citizen: dict) -> dict:
    """Asks about a citizen of the ready file; a birth date of four digits is a year."""
    birth = citizen["birth_date"]
    number = citizen.get("personal_number")
    identity = (
        {"personal_number": number}
        if number
        else {"old_id_card_number": citizen["old_id_card_number"]}
    )
    return {
        "context": context,
        "identity": identity,
        "full_name": citizen["full_name"],
        "birth": {"year": int(birth)} if len(birth) == 4 else {"date": birth},
    }
