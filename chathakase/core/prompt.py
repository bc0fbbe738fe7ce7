"""From a session's history to what the model gets to see. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chathakase.core.types import Message, Prompt, Role, Speech

HOUSE_RULES = (
    "You take part in a Slack thread, in which several people may write. Each of their messages begins with "
    "the speaker's name in square brackets; your own messages must not. Write standard Markdown."
)

CLAMP_HEAD = 12_000
CLAMP_TAIL = 4_000
"""How many characters of an oversized message the model sees, of its beginning and of its end."""


@dataclass(frozen=True, slots=True)
class Persona:
    """How the assistant is set up."""

    system_prompt: str
    max_messages: int
    """How many of the newest messages the model sees at most."""


def build_prompt(session_id: str, persona: Persona, history: Sequence[Message], names: Mapping[str, str]) -> Prompt:
    """Put the system prompt before the newest whole turns of a history.

    ``history`` is in order and should hold one message more than ``persona.max_messages``, so that it can be
    seen where a turn begins; ``names`` tells what people are called, by user id.
    """
    speeches = [Speech("system", f"{persona.system_prompt}\n\n{HOUSE_RULES}".strip())]
    for message in window(history, persona.max_messages):
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        content = clamp(message.text)
        if role == "user":
            content = f"[{_label(names.get(message.author, message.author))}] {content}"
        if speeches[-1].role == role:
            # Several chat templates refuse two messages of one role in a row.
            content = f"{speeches.pop().content}\n\n{content}"
        speeches.append(Speech(role, content))
    return Prompt(tuple(speeches), session_id)


def window(history: Sequence[Message], limit: int) -> Sequence[Message]:
    """The newest ``limit`` messages, cut where a turn begins; of a longer newest turn, its newest messages.

    A turn is what people said and then what the assistant answered.
    """
    start = max(len(history) - limit, 0)
    for cut in range(start, len(history)):
        if _begins_turn(history, cut):
            return history[cut:]
    return history[start:]


def _begins_turn(history: Sequence[Message], index: int) -> bool:
    before = history[index - 1].role if index else Role.ASSISTANT
    return history[index].role is not Role.ASSISTANT and before is Role.ASSISTANT


def clamp(text: str) -> str:
    """Leave out the middle of an oversized message, with a mark that says so."""
    if len(text) <= CLAMP_HEAD + CLAMP_TAIL:
        return text
    left_out = len(text) - CLAMP_HEAD - CLAMP_TAIL
    return f"{text[:CLAMP_HEAD]}\n\n[… {left_out:,} characters left out …]\n\n{text[-CLAMP_TAIL:]}"


def _label(name: str) -> str:
    """A name on one line, without the brackets that mark it."""
    return " ".join(name.replace("[", "(").replace("]", ")").split())
