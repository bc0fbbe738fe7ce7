"""The app's traffic as the page's inspector shows it: the journal's entries, numbered and cut to a sane size."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from chathakase.playground.journal import (
    AckReceived,
    ApiCall,
    Entry,
    EnvelopeSent,
    FrameSent,
    SocketClosed,
    SocketOpened,
)
from chathakase.playground.world.values import Json

ENTRIES_MOST = 300
"""Entries that a page gets to see when it comes."""
ENVELOPES_MOST = 1_000
"""Envelopes that are remembered to give their acknowledgements a name."""
TEXT_MOST = 2_000
ITEMS_MOST = 50


class Traffic:
    """The last entries; what people's own clients call is left out, since it is no traffic of the app."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=ENTRIES_MOST)
        self._sent: dict[str, tuple[str, float]] = {}
        self._count = 0

    def entries(self) -> Sequence[Json]:
        """What is remembered, oldest first."""
        return list(self._entries)

    def note(self, entry: Entry, people: frozenset[str]) -> Json | None:
        """Remember an entry of the journal and give it as JSON; None for one that does not belong here."""
        if isinstance(entry, ApiCall) and entry.caller in people:
            return None
        self._count += 1
        noted = {"number": self._count, "at": entry.at, "seconds": 0.0, "status": "ok"} | self._described(entry)
        noted["detail"] = shortened(noted["detail"])
        self._entries.append(noted)
        return noted

    def _described(self, entry: Entry) -> Json:
        match entry:
            case ApiCall():
                return _call(entry)
            case EnvelopeSent():
                return self._envelope(entry)
            case AckReceived():
                return self._ack(entry)
            case SocketOpened(socket=number):
                return {"kind": "socket", "title": f"connection {number} opened", "detail": {"socket": number}}
            case SocketClosed(socket=number, code=code):
                detail = {"socket": number, "code": code}
                return {"kind": "socket", "title": f"connection {number} closed", "detail": detail}
            case FrameSent():
                return _frame(entry)

    def _envelope(self, sent: EnvelopeSent) -> Json:
        envelope = sent.envelope
        title = f"{envelope.get('type', 'envelope')} {_what(envelope)}".strip()
        self._sent[str(envelope.get("envelope_id"))] = (title, sent.at)
        if len(self._sent) > ENVELOPES_MOST:
            del self._sent[next(iter(self._sent))]
        detail = {"socket": sent.socket, "envelope": envelope}
        return {"kind": "envelope", "title": title, "detail": detail}

    def _ack(self, ack: AckReceived) -> Json:
        title, at = self._sent.get(ack.envelope_id, ("an unknown envelope", ack.at))
        detail = {"socket": ack.socket, "envelope_id": ack.envelope_id, "payload": ack.payload}
        return {
            "kind": "ack",
            "title": f"ack of {title}",
            "detail": detail,
            "status": "held" if ack.held else "ok",
            "seconds": max(0.0, round(ack.at - at, 6)),
        }


def _call(call: ApiCall) -> Json:
    detail = {"arguments": call.arguments, "answer": call.answer, "status": call.status, "caller": call.caller}
    failed = "limited" if call.status == 429 else "error"
    return {
        "kind": "call",
        "title": call.method,
        "detail": detail,
        "status": "ok" if call.ok else failed,
        "seconds": round(call.seconds, 6),
    }


def _frame(sent: FrameSent) -> Json:
    kind = sent.frame.get("type", "frame") if isinstance(sent.frame, dict) else "text"
    return {"kind": "socket", "title": str(kind), "detail": {"socket": sent.socket, "frame": sent.frame}}


def _what(envelope: Json) -> str:
    """The event, interaction or command in an envelope."""
    payload = envelope.get("payload")
    if not isinstance(payload, dict):
        return ""
    event = payload.get("event")
    if isinstance(event, dict):
        return str(event.get("type", ""))
    return str(payload.get("command") or payload.get("type") or "")


def shortened(value: Any) -> Any:
    """JSON with long texts and lists cut."""
    if isinstance(value, str) and len(value) > TEXT_MOST:
        return f"{value[:TEXT_MOST]}… ({len(value):,} characters)"
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        kept = [shortened(each) for each in value[:ITEMS_MOST]]
        return [*kept, f"… ({len(value):,} items)"] if len(value) > ITEMS_MOST else kept
    return value
