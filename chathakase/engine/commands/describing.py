"""What a session is, and what it is called."""

from collections.abc import Iterator, Mapping

from chathakase import log_events
from chathakase.core.amounts import counted, dollars, span
from chathakase.core.audit import Deed
from chathakase.core.memory import TitleBy
from chathakase.core.moments import DAY
from chathakase.core.names import Names
from chathakase.core.title_cleaning import title_by_person
from chathakase.core.types import ExpiryMode, SessionInfo
from chathakase.core.wording import plainly
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, Said, done, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.context.context_builder import PromptView

NO_SESSION = "There is no session in this thread yet."
HOW_TO_RENAME = "Add a title: `rename session Trip to Kyoto`."
NAMED = 30
"""How many people are named, the first who wrote."""


class Describing:
    """Tells of the session of a thread."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._terms = context.terms

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.SESSION_INFO: self._info, parsing.RENAME: self._rename}

    async def _rename(self, order: Order) -> Answer:
        title = title_by_person(order.argument)
        if not title:
            return privately(HOW_TO_RENAME)
        await self._context.stores.titles.set_title(order.session.id, title, by=TitleBy.PERSON)
        log_events.session_renamed(order.session.id, order.place, by=order.by)
        return done(Deed.RENAME, Said(f"Done: this session is now called “{plainly(title)}”."))

    async def _info(self, order: Order) -> Said:
        info = await self._context.stores.sessions.info(order.session.id)
        if info is None:
            return Said(NO_SESSION)
        named = info.people[:NAMED]
        people = await self._context.surface.people(order.place, named)
        apart = Names({id_: person.name for id_, person in people.items()})
        names = ", ".join(map(plainly, apart.listed(named)))
        if len(info.people) > NAMED:
            names += f" and {len(info.people) - NAMED} more"
        view = await self._context.context_builder.look(order.session, whose=order.by)
        return Said("\n".join(self._lines(info, names, view)))

    def _lines(self, info: SessionInfo, names: str, view: PromptView) -> Iterator[str]:
        now = self._context.now()
        yield f"**Session** `{info.name}`"
        if info.title:
            yield f"- Title: {plainly(info.title)}"
        yield f"- Agent: {plainly(self._terms.agent)}, with the model `{self._terms.model}`"
        yield f"- People: {names or 'nobody yet'}"
        yield f"- Messages: {info.messages}"
        if info.busy:
            yield "- Right now: I am writing an answer, which is not counted yet"
        yield f"- Began: {span((now - info.began) / 1000)} ago"
        yield f"- When idle: {self._end(info, now)}"
        yield f"- Kept: {self._retention()}"
        yield f"- The model's window: {view.window.tokens:,} tokens. {room(view)}"
        yield f"- In the model's view: {trimmed(view)}"
        if spent := self._spent(info):
            yield f"- Used so far: {spent}"

    def _end(self, info: SessionInfo, now: int) -> str:
        expiry = self._terms.expiry
        archived = expiry.mode is ExpiryMode.ARCHIVE
        left = span(max(info.active + expiry.after - now, 0) / 1000)
        after = "; the next message reopens it" if archived else ""
        return f"{'archived' if archived else 'deleted'} after {span(expiry.after / 1000)}, {left} from now{after}"

    def _retention(self) -> str:
        if self._terms.expiry.mode is ExpiryMode.DELETE:
            return "until then"
        days = self._terms.retention // DAY
        return f"for {counted(days, 'day')} after the last message, then deleted for good" if days else "forever"

    def _spent(self, info: SessionInfo) -> str:
        """Tokens and, as far as prices are known, what they cost; empty when there are none."""
        if not info.prompt_tokens and not info.completion_tokens:
            return ""
        tokens = f"{info.prompt_tokens:,} tokens read and {info.completion_tokens:,} written"
        costs = [self._terms.prices(model).cost(read, written) for model, read, written in info.usage]
        known = [each for each in costs if each is not None]
        if not known:
            return tokens
        unknown = ", plus usage at unknown prices" if len(known) < len(costs) else ""
        return f"{tokens}, for {dollars(sum(known))}{unknown}"


def room(view: PromptView) -> str:
    """How much of the model's window the next prompt takes up."""
    window = view.window
    used, reserve = round(view.prompt.tokens * window.ratio), window.kept
    left = max(window.tokens - reserve - used, 0)
    return f"About {left:,} tokens left, plus {reserve:,} reserved for the answer ({window.counter.name})"


def trimmed(view: PromptView) -> str:
    """What the model gets to see of a session's messages."""
    told = []
    if view.memory.summary is not None:
        told.append(f"{counted(view.memory.summary.messages, 'message')} as a summary")
    if view.prompt.left_out:
        told.append(f"{counted(view.prompt.left_out, 'message')} left out for lack of room")
    return "; ".join(told) or "all messages"
