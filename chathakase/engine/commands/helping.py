"""What the bot says of itself: help, a hint, and why it does not answer now."""

from collections.abc import Mapping

from chathakase.core.access_rule import NOT_FOR_YOU, NOT_HERE, NOT_KNOWN
from chathakase.core.jobs import MAY_NOT, MUTED, OFFER_AGAIN, OFFER_WITH_FILES, WHO_ARE_YOU
from chathakase.core.types import Choice, FollowUps
from chathakase.engine.access.admission import AN_ACTION, BUSY, TOO_MANY_BY_YOU, TOO_MANY_HERE
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Asked, Handler, Order, Said, privately
from chathakase.engine.turns.hints import STOOD_BACK

HINT = "hint"
"""What is answered to a mention without words."""

HELLO = "Hello! Mention me with a question, or with `help` to see what I can do."

FOLLOWING_UP: Mapping[FollowUps, str] = {
    FollowUps.THREAD: "In a thread I'm part of, just keep writing. Address somebody else by name and I stay out of it.",
    FollowUps.MENTION: "In a channel thread, mention me each time you want an answer; I remember the rest.",
}

TEXT = """\
**I am an assistant whose memory is the thread.** Mention me in a channel or send me a direct message. \
{following_up}

Send one of these on its own, and I take it as a command:
- `session info` – details about this thread: people, age, room left, cost
- `what do you remember` – exactly what I would send to the model; only you see it
- `threads` – your threads, newest first; add words to look for some; only you see them
- `search threads` plus words – find them in your threads; only you see the results
- `summarise` – summarise this thread
- `compact` – keep only a summary of the older part in memory
- `rename session` plus a title – rename this thread
- `export session` – this thread as two files, Markdown and JSON
- `answer again` – rewrite my last answer (the person who asked, or an admin)
- `stop` – stop the answer I am writing (the person who asked, or an admin)
- `usage` – how much you asked and used lately; only you see it
- `forget` – choose which of your messages I forget; or directly: `forget my last message`, \
`forget my messages here`, `forget everything of mine`
- `clear session` – forget this thread's messages (the person who started it, or an admin)
- `archive session` – put this thread away until somebody writes in it again (the person who started it, or an admin)
- `delete session` – forget this thread altogether (the person who started it, or an admin)
- `all sessions` – every active session (admins only)
- `all usage` – how much everybody used, by day, person, channel and model (admins only)
- `doctor` – check that everything I need is there (admins only)
- `audit log` – who cleared, deleted, exported or renamed a thread, or was refused something (admins only)
- `lift limits` plus @name – let somebody go beyond today's limits (admins only)
- `mute channel`, `unmute channel` – stop answering in this channel, or start again (admins only)
- `help` – this text
"""

REFUSALS: Mapping[str, str] = {
    TOO_MANY_BY_YOU: "You are asking faster than I am allowed to answer.",
    TOO_MANY_HERE: "Too many questions in this channel right now.",
    BUSY: "Too many threads are waiting for me right now.",
}
KEPT_IN_MODELS = " I'll remember what you wrote; please ask again in a minute."
LATER = " Please try again in a minute."

STAYING_OUT = (
    "I'm staying out of this thread while you talk to each other, and I'll remember what you say. "
    "Mention me, or call me by my name, when you want an answer."
)

NOTHING_YET = "We have no conversation here yet. Send me a message to start one."

CHANGED = "You edited a question that I have already answered."
"""What is said to whoever edits the newest one."""

CAME_LATE = "Your files reached me only after I had answered."
"""What is said to whoever shared them."""


def text(follow_ups: FollowUps = FollowUps.THREAD) -> str:
    """What ``help`` says."""
    return TEXT.format(following_up=FOLLOWING_UP[follow_ups])


def handlers(follow_ups: FollowUps) -> Mapping[str, Handler]:
    """What needs nothing but words."""
    return {
        parsing.HELP: _saying(Said(text(follow_ups))),
        HINT: _saying(Said(HELLO)),
        parsing.NO_THREAD: _saying(privately(NOTHING_YET)),
        MAY_NOT: _saying(privately(NOT_FOR_YOU)),
        WHO_ARE_YOU: _saying(privately(NOT_KNOWN)),
        MUTED: _saying(privately(NOT_HERE)),
        STOOD_BACK: _saying(privately(STAYING_OUT)),
        OFFER_AGAIN: _saying(Asked(CHANGED, (Choice("Answer again", parsing.ANSWER_AGAIN),))),
        OFFER_WITH_FILES: _saying(Asked(CAME_LATE, (Choice("Answer again", parsing.ANSWER_AGAIN),))),
        **{name: _refusing(text) for name, text in REFUSALS.items()},
    }


def _refusing(text: str) -> Handler:
    async def handle(order: Order) -> Answer:
        return privately(text + (LATER if order.argument == AN_ACTION else KEPT_IN_MODELS))

    return handle


def _saying(answer: Answer) -> Handler:
    async def handle(_: Order) -> Answer:
        return answer

    return handle
