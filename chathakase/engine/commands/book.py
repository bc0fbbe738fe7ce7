"""The book of commands: finds them in what people say, and has them done."""

from collections.abc import Mapping

from chathakase.core.errands import Command, Errand
from chathakase.core.types import Incoming, Session
from chathakase.engine.commands import helping, parsing
from chathakase.engine.commands.answering import Answering
from chathakase.engine.commands.answers import Act, Answer, Order, without_what_grows
from chathakase.engine.commands.describing import Describing
from chathakase.engine.commands.exporting import Exporting
from chathakase.engine.commands.forgetting import Forgetting
from chathakase.engine.commands.means import Means
from chathakase.engine.commands.naming import Naming, naming
from chathakase.engine.commands.overseeing import Overseeing
from chathakase.engine.commands.remembering import Remembering
from chathakase.engine.commands.searching import Searching
from chathakase.engine.commands.summing_up import SummingUp

GROUPS = (Describing, Remembering, Searching, SummingUp, Exporting, Answering, Forgetting, Overseeing)


class Commands:
    """Knows every command."""

    def __init__(self, means: Means) -> None:
        self._name = means.terms.agent
        self._naming = Naming(means)
        self._presses = means.presses
        self._acts: Mapping[str, Act] = helping.acts(means.terms.follow_ups)
        for group in GROUPS:
            self._acts = {**self._acts, **group(means).acts()}

    def find(self, incoming: Incoming) -> Command | None:
        """The command that a message is, if it is nothing but that."""
        return find(incoming, name=self._name)

    def takes_long(self, command: Command) -> bool:
        """Whether a model is asked meanwhile; what comes of that is for everybody to read."""
        return command.name in (parsing.SUMMARISE, parsing.COMPACT)

    async def do(self, command: Command, errand: Errand) -> Answer:
        """Do what a command says; returns what is to be said or asked. Raises StoreError."""
        growing = command.name in parsing.GIVING_BACK and await self._presses.is_writing(errand.session)
        answer = await self._do(command, errand)
        return without_what_grows(answer) if growing else answer

    async def _do(self, command: Command, errand: Errand) -> Answer:
        about, ref, by = Session(errand.session, command.place), command.ref, command.by
        order = Order(about, ref, by, command.argument, errand, command.where, command.said)
        if not order.elsewhere:
            return await self._acts[command.name](order)
        # Before it is done, since by that a thread may lose its title.
        name = await self._naming.name(about)
        return naming(name, await self._acts[command.name](order))


def find(incoming: Incoming, *, name: str = "") -> Command | None:
    """The command that a message is, if it is nothing but that; an empty question gets a hint.

    Only people give commands. ``name`` is what people call the bot.
    """
    if not incoming.asks or incoming.files or incoming.awaits_files or incoming.name:
        return None
    if not incoming.text.strip():
        command, argument = helping.HINT, ""
    elif parsed := parsing.parse(incoming.text, name=name):
        command, argument = parsed
    else:
        return None
    return Command(incoming.place, incoming.ref, incoming.author, command, argument, said=incoming.said)
