"""How ``chathakase audit`` prints who did what."""

import json

from chathakase.core.audit import AuditEntry
from chathakase.core.moments import day_and_time, iso
from chathakase.log_events import key_values
from chathakase.showing import harmless


def as_line(entry: AuditEntry) -> str:
    """Who did what, for a terminal."""
    told = {key: value for key, value in _fields(entry).items() if value is not None}
    return harmless(f"{day_and_time(entry.at * 1000)} UTC {key_values(told)}")


def as_json_line(entry: AuditEntry) -> str:
    """The same for programs."""
    return json.dumps({"at": iso(entry.at * 1000), **_fields(entry)})


def _fields(entry: AuditEntry) -> dict[str, str | int | None]:
    event, place = entry.event, entry.place
    return {
        "who": entry.who,
        "deed": event.deed,
        "outcome": event.outcome,
        "person": event.person,
        "amount": event.amount,
        "surface": place.surface,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "session": entry.session,
    }
