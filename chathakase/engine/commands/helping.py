"""What the bot says of itself: help, a hint, and why it does not answer now."""

from collections.abc import Mapping

from chathakase.core.types import Choice
from chathakase.engine.admission import A_WISH, BUSY, TOO_MANY_BY_YOU, TOO_MANY_HERE
from chathakase.engine.changes import OFFER_AGAIN
from chathakase.engine.commands import parsing
from chathakase.engine.commands.answers import Act, Answer, Asked, Order, Said, privately

HINT = "hint"
"""What is answered to a mention without words."""

HELLO = "Hello! Write your question next to my name, or `help` to see what I can do."

TEXT = """\
**I am an assistant whose memory is the thread.** Mention me in a channel or write me a direct message; \
in a thread where I take part, just go on writing. Begin with somebody else's name, and I stay out of it.

A message that is nothing but one of these is a command:
- `session info` – what this thread is to me: people, age, room left, cost
- `what do you remember` – exactly what I would send to the model, for your eyes only
- `search threads` and some words – find them in your threads, for your eyes only
- `summarise` – tell this thread in short
- `compact` – keep only a summary of the older part in mind
- `rename session` and a title – call this thread something else
- `export session` – this thread as two files, Markdown and JSON
- `answer again` – write my last answer anew (whoever asked, or an admin)
- `stop` – stop the answer that I am writing (whoever asked, or an admin)
- `forget` – choose what of yours I forget; at once: `forget my last message`, `forget my messages here`, \
`forget everything of mine`
- `clear session` – forget what was said in this thread
- `all sessions` – every active session (admins only)
- `doctor` – whether everything that I need is there (admins only)
- `help` – this text
"""

REFUSALS: Mapping[str, str] = {
    TOO_MANY_BY_YOU: "You are asking faster than I may answer.",
    TOO_MANY_HERE: "More is asked in this channel than I may answer.",
    BUSY: "So many threads wait for me that I cannot take on another just now.",
}
KEPT_IN_MIND = " I keep what you wrote in mind; please ask again in a minute."
LATER = " Please try again in a minute."

CHANGED = "You changed a question that I have answered already."
"""What is said to whoever edits the newest one."""


def acts() -> Mapping[str, Act]:
    """What needs nothing but words."""
    return {
        parsing.HELP: _saying(Said(TEXT)),
        HINT: _saying(Said(HELLO)),
        OFFER_AGAIN: _saying(Asked(CHANGED, (Choice("Answer again", parsing.ANSWER_AGAIN),))),
        **{name: _refusing(text) for name, text in REFUSALS.items()},
    }


def _refusing(text: str) -> Act:
    async def act(order: Order) -> Answer:
        return privately(text + (LATER if order.argument == A_WISH else KEPT_IN_MIND))

    return act


def _saying(answer: Answer) -> Act:
    async def act(_: Order) -> Answer:
        return answer

    return act
