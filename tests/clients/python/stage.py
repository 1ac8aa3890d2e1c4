"""The messages that the clients of every language send."""

from __future__ import annotations

from pathlib import Path

from door import read_json

MESSAGES = read_json(Path(__file__).resolve().parent.parent / "messages.json")


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
