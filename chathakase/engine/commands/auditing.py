"""Tells admins who did what, without anybody's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from chathakase.core.amounts import counted
from chathakase.core.audit import AuditEntry, AuditEvent, AuditOutcome, Deed
from chathakase.core.jobs import CLEAR_SESSION, DELETE_SESSION
from chathakase.core.moments import clock_in, day_and_time
from chathakase.core.names import Names
from chathakase.core.types import Place
from chathakase.core.wording import plainly
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Handler, Order, Said, privately
from chathakase.engine.commands.command_context import CommandContext

PAGE = 20
"""How many entries are told at once."""

TITLE = "**Who did what**, newest first"
NOTHING_YET = "Nobody has done anything yet that I keep in the audit log."
NOTHING_OLDER = "The audit log has no page {}."
OLDER = "Older: `audit log {}`"

ON_THE_SERVER = "somebody on the server"


@dataclass(frozen=True, slots=True)
class DeedWords:
    """How a deed is told."""

    command: str
    """By which people know it."""
    done: str = ""
    """What somebody did; ``{person}`` is whom it was about."""
    unit: str = "message"
    """What is counted."""


WORDS: Mapping[Deed, DeedWords] = {
    Deed.CLEAR: DeedWords(CLEAR_SESSION, "cleared the thread"),
    Deed.FORGET_LAST: DeedWords(parsing.FORGET_LAST, "had their last message forgotten"),
    Deed.FORGET_HERE: DeedWords(parsing.FORGET_HERE, "had their messages in the thread forgotten"),
    Deed.FORGET_EVERYTHING: DeedWords(parsing.FORGET_EVERYTHING, "had all their messages forgotten"),
    Deed.FORGET_ONE: DeedWords("Forget this message", "had a message by {person} forgotten"),
    Deed.ARCHIVE: DeedWords(parsing.ARCHIVE_SESSION, "archived the thread"),
    Deed.DELETE: DeedWords(DELETE_SESSION, "deleted the thread"),
    Deed.RENAME: DeedWords(parsing.RENAME, "renamed the thread"),
    Deed.EXPORT: DeedWords(parsing.EXPORT, "exported the thread"),
    Deed.LIFT: DeedWords(parsing.LIFT_LIMITS, "lifted the day's limits for {person}"),
    Deed.MUTE: DeedWords(parsing.MUTE, "muted the channel"),
    Deed.UNMUTE: DeedWords(parsing.UNMUTE, "unmuted the channel"),
    Deed.SEE_MEMORY: DeedWords(parsing.WHAT_DO_YOU_REMEMBER),
    Deed.SEE_SESSIONS: DeedWords(parsing.ALL_SESSIONS),
    Deed.SEE_USAGE: DeedWords(parsing.ALL_USAGE),
    Deed.SEE_DIAGNOSIS: DeedWords(parsing.DOCTOR),
    Deed.SEE_AUDIT: DeedWords(parsing.AUDIT_LOG),
    Deed.STOP: DeedWords(parsing.STOP),
    Deed.ANSWER_AGAIN: DeedWords(parsing.ANSWER_AGAIN),
    Deed.CONTINUE: DeedWords("Continue"),
    Deed.EXPORT_ALL: DeedWords("chathakase export", "exported all threads of all workspaces", "thread"),
    Deed.SEARCH_ALL: DeedWords("chathakase search", "searched all threads of all workspaces", "hit"),
}
"""Of every deed."""


class Auditing:
    """Tells who did what, for the admin's eyes only."""

    def __init__(self, context: CommandContext) -> None:
        self._audit = context.stores.audit
        self._surface = context.surface

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.AUDIT_LOG: self._log}

    async def _log(self, order: Order) -> Said:
        page = int(order.argument or 1)
        found = await self._audit.newest(order.where.workspace_key, limit=PAGE + 1, skip=(page - 1) * PAGE)
        if not found:
            return privately(NOTHING_OLDER.format(page) if page > 1 else NOTHING_YET)
        older = [OLDER.format(page + 1)] if len(found) > PAGE else []
        return privately("\n".join([TITLE, *await self._lines(order, found[:PAGE]), *older]))

    async def _lines(self, order: Order, entries: Sequence[AuditEntry]) -> list[str]:
        ids = {each.who for each in entries} | {each.event.person for each in entries}
        people = await self._surface.people(order.where, {order.by} | ids - {""})
        clock = clock_in(people[order.by].zone, people[order.by].offset)
        names = Names({id_: person.name for id_, person in people.items()}).by_id()
        plain = {id_: plainly(name) for id_, name in names.items()}
        return [self._line(each, plain, clock) for each in entries]

    def _line(self, entry: AuditEntry, names: Mapping[str, str], clock: tzinfo) -> str:
        who = names[entry.who] if entry.who else ON_THE_SERVER
        what = told(entry.event, names)
        return f"- {day_and_time(entry.at * 1000, clock)}, {who}: {what}{self._where(entry.place)}"

    def _where(self, place: Place) -> str:
        if not place.channel:
            return ""
        link = "" if self._surface.is_direct(place) else self._surface.link(place, place.thread)
        thread = f" ([thread]({link}))" if link and place.thread else ""
        return f", in {self._surface.describe(place)}{thread}"


def told(event: AuditEvent, names: Mapping[str, str]) -> str:
    """What somebody did, or wanted to."""
    words = WORDS[event.deed]
    if event.outcome is AuditOutcome.REFUSED:
        return f"was refused `{words.command}`"
    if event.outcome is AuditOutcome.INTERRUPTED:
        return f"began `{words.command}`, which was interrupted and may be only partly done"
    amount = "" if event.amount is None else f" ({counted(event.amount, words.unit)})"
    return words.done.format(person=names.get(event.person, "")) + amount
