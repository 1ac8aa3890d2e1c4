"""The messages that the clients of every language send."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

from door import read_json

MESSAGES = read_json(Path(__file__).resolve().parent.parent / "messages.json")

VIETNAM = timezone(timedelta(hours=7))


def new_code(context: dict) -> str:
    """Makes the number of a dossier of today that nobody has used."""
    day = datetime.now(VIETNAM).strftime("%y%m%d")
    return f"{context['unit_code']}-{day}-{random.randrange(10**6, 10**7)}"


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
