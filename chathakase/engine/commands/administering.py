"""What admins may see of the whole bot."""

from collections.abc import Mapping

from chathakase.core.amounts import counted, span
from chathakase.core.types import SessionInfo
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Handler, Order, Said, privately
from chathakase.engine.commands.command_context import CommandContext

NOWHERE = "in no thread"

LISTED = 20
"""How many sessions `all sessions` lists."""


class Administering:
    """Tells how all is, without anybody's words, for the admin's eyes only."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.ALL_SESSIONS: self._all_sessions, parsing.DOCTOR: self._doctor}

    async def _all_sessions(self, order: Order) -> Said:
        page = await self._context.stores.sessions.active(order.where, limit=LISTED)
        lines = [f"**{counted(page.total, 'active session')}**"]
        lines += [self._line(info) for info in page.sessions]
        if page.total > len(page.sessions):
            lines.append(f"- … and {page.total - len(page.sessions)} more")
        return privately("\n".join(lines))

    async def _doctor(self, _: Order) -> Said:
        return privately(await self._context.diagnose())

    def _line(self, info: SessionInfo) -> str:
        busy = ", answering" if info.busy else ""
        idle = span((self._context.now() - info.active) / 1000)
        where = self._context.surface.describe(info.place) if info.place else NOWHERE
        return (
            f"- {where} `{info.name}`: "
            f"{counted(info.messages, 'message')} of {counted(len(info.people), 'person', 'people')}, "
            f"active {idle} ago{busy}"
        )
