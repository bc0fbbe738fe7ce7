"""The commands that work in any thread, answered without the model."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from chathakase.core.amounts import counted, span
from chathakase.core.checkup import Finding, as_markdown
from chathakase.core.errands import CLEAR_SESSION, Command, Press
from chathakase.core.ports import ForgetStore, SessionStore, Surface
from chathakase.core.types import Expiry, ExpiryMode, Incoming, SessionInfo, Wish
from chathakase.engine.admission import BUSY, TOO_MANY_BY_YOU, TOO_MANY_HERE
from chathakase.engine.presses import Presses
from chathakase.engine.rights import Rights

COMMANDS = ("session info", CLEAR_SESSION, "all sessions", "doctor", "stop", "help")
"""What people can say."""

HINT = "hint"
"""What is answered to a mention without words."""

HELLO = "Hello! Write your question next to my name, or `help` to see what I can do."

HELP = """\
**I am an assistant whose memory is the thread.** Mention me in a channel or write me a direct message; \
in a thread where I take part, just go on writing. Begin with somebody else's name, and I stay out of it.

A message that is nothing but one of these is a command:
- `session info` – what I remember of this thread, and for how long
- `stop` – stop the answer that I am writing (whoever asked, or an admin)
- `clear session` – forget what was said in this thread
- `all sessions` – every active session (admins only)
- `doctor` – whether everything that I need is there (admins only)
- `help` – this text
"""

NO_ADMIN = "Sorry, only admins may see that."

REFUSALS: Mapping[str, str] = {
    TOO_MANY_BY_YOU: "You are asking faster than I may answer.",
    TOO_MANY_HERE: "More is asked in this channel than I may answer.",
    BUSY: "So many threads wait for me that I cannot take on another just now.",
}
KEPT_IN_MIND = " I keep what you wrote in mind; please ask again in a minute."

LISTED = 20
"""How many sessions `all sessions` lists."""


class Commands:
    """Finds commands in what people say, and answers them."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        forgetting: ForgetStore,
        surface: Surface,
        presses: Presses,
        rights: Rights,
        examine: Callable[[], Awaitable[Sequence[Finding]]],
        model: str,
        expiry: Expiry,
        now: Callable[[], int],
    ) -> None:
        self._sessions = sessions
        self._forgetting = forgetting
        self._surface = surface
        self._presses = presses
        self._rights = rights
        self._examine = examine
        self._model = model
        self._expiry = expiry
        self._now = now
        self._answers: Mapping[str, Callable[[Command], Awaitable[str]]] = {
            "session info": self._session_info,
            CLEAR_SESSION: self._clear_session,
            "all sessions": self._all_sessions,
            "doctor": self._doctor,
            "stop": self._stop,
            "help": self._help,
            HINT: self._hint,
            TOO_MANY_BY_YOU: self._refusal,
            TOO_MANY_HERE: self._refusal,
            BUSY: self._refusal,
        }

    def find(self, incoming: Incoming) -> Command | None:
        """The command that a message is, if it is nothing but that; an empty question gets a hint."""
        if not incoming.asks:
            return None
        words = " ".join(incoming.text.lower().split())
        if words and words not in COMMANDS:
            return None
        return Command(incoming.place, incoming.ref, incoming.author, words or HINT)

    async def do(self, command: Command) -> str:
        """Do what a command says; returns what is to be said in the thread. Raises StoreError."""
        return await self._answers[command.name](command)

    def is_private(self, command: Command) -> bool:
        """Whether the answer is for the eyes of one person."""
        return command.name in REFUSALS

    async def _refusal(self, command: Command) -> str:
        return REFUSALS[command.name] + KEPT_IN_MIND

    async def _hint(self, _: Command) -> str:
        return HELLO

    async def _help(self, _: Command) -> str:
        return HELP

    async def _stop(self, command: Command) -> str:
        return await self._presses.heed(Press(command.place, command.ref, command.by, Wish.STOP))

    async def _clear_session(self, command: Command) -> str:
        session_id = command.place.session_id
        await self._presses.end_elsewhere(session_id, before=command.ref)
        forgotten = await self._forgetting.clear(session_id, before=command.ref)
        # Once more after a crash, there is nothing left to count.
        what = f"{counted(forgotten, 'message')} of this thread" if forgotten else "all that was said here before"
        return f"Done: I have forgotten {what}."

    async def _session_info(self, command: Command) -> str:
        info = await self._sessions.info(command.place.session_id)
        if info is None:
            return "There is no session in this thread yet."
        people = await self._surface.people(info.people)
        names = ", ".join(people[id_].name for id_ in info.people) or "nobody yet"
        end = "archived" if self._expiry.mode is ExpiryMode.ARCHIVE else "deleted"
        now = self._now()
        return "\n".join(
            (
                f"**Session** `{info.place.session_id}`",
                f"- Messages: {info.messages}",
                f"- People: {names}",
                f"- Began: {span((now - info.began) / 1000)} ago",
                f"- Model: `{self._model}`",
                f"- When idle: {end} after {span(self._expiry.after / 1000)}",
            )
        )

    async def _all_sessions(self, command: Command) -> str:
        if not await self._rights.is_admin(command.by):
            return NO_ADMIN
        page = await self._sessions.active(limit=LISTED)
        lines = [f"**{counted(page.total, 'active session')}**"]
        lines += [self._line(info) for info in page.sessions]
        if page.total > len(page.sessions):
            lines.append(f"- … and {page.total - len(page.sessions)} more")
        return "\n".join(lines)

    async def _doctor(self, command: Command) -> str:
        if not await self._rights.is_admin(command.by):
            return NO_ADMIN
        return as_markdown(await self._examine())

    def _line(self, info: SessionInfo) -> str:
        busy = ", answering" if info.busy else ""
        idle = span((self._now() - info.active) / 1000)
        return (
            f"- {self._surface.describe(info.place)} `{info.place.session_id}`: {counted(info.messages, 'message')} of "
            f"{counted(len(info.people), 'person', 'people')}, active {idle} ago{busy}"
        )
