"""How much of a conversation fits into a model's window, and which of its messages those are. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chathakase.core.memory import Memory
from chathakase.core.ports import TokenCounter
from chathakase.core.types import Role, StoredMessage


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model."""

    window: int
    """Tokens that a prompt and its answer may have together."""
    vision: bool = False
    """It sees pictures."""
    input_price: float | None = None
    """US dollars for a million tokens of prompts; None when unknown."""
    output_price: float | None = None
    """US dollars for a million tokens of answers; None when unknown."""

    def cost(self, read: int, written: int) -> float | None:
        """What so many tokens cost, in US dollars; None where nobody knows."""
        if self.input_price is None or self.output_price is None:
            return None
        return (read * self.input_price + written * self.output_price) / 1_000_000


@dataclass(frozen=True, slots=True)
class Window:
    """The room that a model has, and how what takes it is measured."""

    tokens: int
    """Tokens that a prompt and its answer may have together, as the model's server counts them."""
    reserve: int
    """Tokens of them that are kept for the answer; at most half of the window is."""
    counter: TokenCounter
    """Counts what is not counted yet; in the same way as what is stored was counted."""
    ratio: float = 1.0
    """How many tokens the server counts for each that ``counter`` counts."""

    @property
    def room(self) -> int:
        """Tokens that a prompt may have, as ``counter`` counts them."""
        return int((self.tokens - self.kept) / self.ratio)

    @property
    def kept(self) -> int:
        """Tokens that are kept for the answer, as the model's server counts them."""
        return min(self.reserve, self.tokens // 2)


@dataclass(frozen=True, slots=True)
class Costs:
    """How many tokens things take in a prompt."""

    whole: Callable[[StoredMessage], int]
    """A message as it is shown when there is room."""
    least: Callable[[StoredMessage], int]
    """A message cut as short as may be: never more."""
    opening: int = 0
    """The opening question, where it stands apart from the other messages."""
    summary: int = 0
    """The summary."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The messages that fit."""

    older: Sequence[StoredMessage]
    """What was said before, in its order; no answer without a question."""
    newest: Sequence[StoredMessage]
    """The newest turn, or its newest messages if it is too long."""
    room: int
    """Tokens that all of them and the summary may take. Where the newest turn would take more, it must be cut."""
    opening_apart: bool = False
    """The opening question is not among them, and is to be shown by itself in what else there is of the budget."""

    @property
    def messages(self) -> Sequence[StoredMessage]:
        """All of them, in their order."""
        return (*self.older, *self.newest)


def fit(memory: Memory, *, budget: int, most: int, costs: Costs) -> Kept:
    """Choose the newest messages: at most ``most`` of them, in at most ``budget`` tokens.

    A turn is what people said and then what the assistant answered. The newest is always there, and in it all that is
    asked now, however many that are; of one that is too long its newest messages, at the very least the last. Of an
    older turn that has no room its newest messages are there, but never its answer alone. What a summary covers is not
    chosen again. Room is kept for the summary, and for the opening question where it is not among the chosen, but no
    more than a quarter of the budget. A larger budget never leaves out what a smaller one had room for.
    """
    if is_whole(memory):
        kept = _choose(memory, budget, most, costs)
        if memory.opening is None or any(message.seq == memory.opening.seq for message in kept.messages):
            return kept
    apart = min(costs.opening, max(budget, 0) // 4)
    return replace(_choose(memory, budget - apart, most, costs), opening_apart=memory.opening is not None)


def is_whole(memory: Memory) -> bool:
    """Whether a memory holds everything from the opening question on."""
    opening, messages = memory.opening, memory.messages
    if opening is None or not messages:
        return True
    # A turn that answers the opening again has it last.
    return opening.said > messages[0].said or any(message.seq == opening.seq for message in messages)


def last_turn(messages: Sequence[StoredMessage]) -> int:
    """Where the newest turn begins."""
    index = len(messages)
    while index and messages[index - 1].role is Role.ASSISTANT:
        index -= 1
    while index and messages[index - 1].role is not Role.ASSISTANT:
        index -= 1
    return index


def _choose(memory: Memory, room: int, most: int, costs: Costs) -> Kept:
    messages = memory.messages
    begin = last_turn(messages)
    newest = _newest(messages[begin:], room, max(most, memory.asked), costs)
    if len(newest) < len(messages) - begin:
        return Kept((), newest, room)
    left = room - costs.summary - sum(map(costs.whole, newest))
    start = begin
    for index in _back_to_the_summary(memory, begin)[: max(most - len(newest), 0)]:
        left -= costs.whole(messages[index])
        if left < 0:
            break
        if messages[index].role is not Role.ASSISTANT:
            start = index
    return Kept(messages[start:begin], newest, room)


def _newest(turn: Sequence[StoredMessage], room: int, most: int, costs: Costs) -> Sequence[StoredMessage]:
    """The newest messages of a turn of which as much as must be fits."""
    turn = turn[-most:]
    if sum(map(costs.whole, turn)) <= room:
        return turn
    taken = 0
    for count, message in enumerate(reversed(turn)):
        taken += costs.least(message)
        if taken > room and count:
            return turn[-count:]
    return turn


def _back_to_the_summary(memory: Memory, begin: int) -> range:
    """The places before the newest turn, newest first, down to what the summary covers."""
    if memory.summary is not None:
        for index in range(begin - 1, -1, -1):
            if memory.messages[index].said <= memory.summary.upto:
                return range(begin - 1, index, -1)
    return range(begin - 1, -1, -1)
