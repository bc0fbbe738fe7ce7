"""Every question is answered exactly once, with all of what the model said, or with an honest notice."""

from collections.abc import Iterator, Sequence

from tests.simulation.deeds import SayKind
from tests.simulation.evidence import Evidence, SaidMessage, ShownMessage, Turn
from tests.simulation.judge.answer_places import place_of
from tests.simulation.judge.commands import answered_command
from tests.simulation.judge.flaws import Flaw, Wrong
from tests.simulation.words import END, questions

STOPPED = "⏹️"
NOTICE = "⚠️"
CLEARED = "because the message it answers was forgotten"
LOST = "so it is lost"
"""In what somebody is told in a direct message whose answer Slack refused."""


def all_are_stored(evidence: Evidence) -> Iterator[Flaw]:
    """What the bot has acknowledged is stored, and everything was handed over to it."""
    sessions, known = {session.id for session in evidence.sessions}, _known_since(evidence)
    for said in _questions(evidence):
        if evidence.stored(said) is not None:
            continue
        acknowledged = (said.place.channel, said.ts) in evidence.acknowledged
        if acknowledged and said.opens:
            yield Flaw(Wrong.LOST, said.token, said.place)
        elif acknowledged and said.place.session in sessions:
            yield Flaw(Wrong.IGNORED, said.token, said.place)
        elif said.place.channel in known and known[said.place.channel] <= said.place.thread:
            yield Flaw(Wrong.MISSED, said.token, said.place)
        else:
            yield Flaw(Wrong.UNKNOWN, said.token, said.place)


def _known_since(evidence: Evidence) -> dict[str, str]:
    """The ``ts`` of the oldest message that is stored of each channel."""
    stored = [said for said in evidence.said if evidence.stored(said) is not None]
    return {said.place.channel: said.ts for said in sorted(stored, key=lambda said: said.ts, reverse=True)}


def all_are_answered(evidence: Evidence) -> Iterator[Flaw]:
    """Every stored question belongs to a turn that ended, and every turn has a reply."""
    for said in _questions(evidence):
        row = evidence.stored(said)
        if row is None or row.role == "cleared":
            continue
        if row.role != "user" or not (row.asks or _is_answered_from_above(evidence, said)):
            yield Flaw(Wrong.UNANSWERED, f"{said.token} is stored as if it asked nothing", said.place)
        elif evidence.turn_of(said) is None:
            yield Flaw(Wrong.UNANSWERED, f"{said.token} has no turn", said.place)
    for turn in evidence.turns:
        yield from _replied(evidence, turn)


def _is_answered_from_above(evidence: Evidence, said: SaidMessage) -> bool:
    """Whether a question that was read from above the one that opened its session is answered together with that one.

    Its thread was not the bot's when it was said, so that nothing but its words asks for an answer.
    """
    row = evidence.stored(said)
    if row is None or row.seq > 0:
        return False
    here = (pages for pages in evidence.replies.values() if pages[0].place == said.place)
    return any(said.token in questions(_text(pages)) for pages in here)


def _replied(evidence: Evidence, turn: Turn) -> Iterator[Flaw]:
    place, covered = place_of(turn), [said.token for said in evidence.covered(turn)]
    if turn.outcome == "undelivered":
        if not any(LOST in shown.text for shown in evidence.shown):
            yield Flaw(Wrong.UNANSWERED, f"{covered} could not be answered and nobody was told", place)
    elif turn.id not in evidence.replies:
        yield Flaw(Wrong.UNANSWERED, f"the turn of {covered}, {turn.outcome}, has no reply", place)
    if not covered and turn.session not in _cleared(evidence):
        yield Flaw(Wrong.DOUBLED, f"the turn {turn.id} answers nothing", place)


def replies_are_whole(evidence: Evidence) -> Iterator[Flaw]:
    """A reply says what is remembered of it, in pages that follow one another, and why it is no more than that."""
    remembered = {row.ref: row.text for row in evidence.rows if row.role == "assistant"}
    for turn in evidence.turns:
        pages = evidence.replies.get(turn.id, ())
        if not pages or turn.outcome == "undelivered":
            continue
        numbers = [page.page for page in pages]
        if numbers != list(range(len(numbers))):
            wrong = Wrong.DOUBLED if len(set(numbers)) < len(numbers) else Wrong.LEFT_OVER
            yield Flaw(wrong, f"the pages of {turn.id} are {numbers}", pages[0].place)
            continue
        text = _text(pages)
        for complaint in _complaints(turn, text, remembered.get(turn.id)):
            yield Flaw(Wrong.WORDS, f"the reply {turn.id}, {turn.outcome}: {complaint}", pages[0].place)
        missing = [said.token for said in evidence.covered(turn) if said.token not in questions(text)]
        if turn.outcome == "answered" and missing:
            yield Flaw(Wrong.UNANSWERED, f"{missing} is not in the reply {turn.id}", pages[0].place)


def _complaints(turn: Turn, text: str, remembered: str | None) -> Iterator[str]:
    """``remembered`` is None where it is forgotten, or nothing was worth it."""
    if turn.outcome == "answered":
        if not text.rstrip().endswith(END):
            yield f"it has no end: {text[-80:]!r}"
        if remembered is not None and _squeezed(text) != _squeezed(remembered):
            yield f"it is not what is remembered: {text[:80]!r}, {remembered[:80]!r}"
        return
    signs = (STOPPED, CLEARED) if turn.outcome == "stopped" else (NOTICE,)
    if (count := sum(map(text.count, signs))) != 1:
        yield f"it has {count} notices: {text[-160:]!r}"
    if turn.outcome == "partial" and remembered is not None and not _squeezed(text).startswith(_squeezed(remembered)):
        yield f"it is not what is remembered: {text[:80]!r}, {remembered[:80]!r}"
    if turn.outcome == "failed" and not text.startswith(NOTICE):
        yield f"it has more than a notice: {text[:80]!r}"


def none_twice(evidence: Evidence) -> Iterator[Flaw]:
    """A question stands in one reply only, unless the first one failed, so that the model still saw it unanswered."""
    for turn in evidence.turns:
        pages = evidence.replies.get(turn.id, ())
        for token in questions(_text(pages)):
            said = evidence.by_token.get(token)
            own = evidence.turn_of(said) if said else None
            if said is None or own is None or own == turn or _may_come_again(own):
                continue
            yield Flaw(Wrong.DOUBLED, f"{token} is answered in {own.id} and in {turn.id}", said.place)


def _may_come_again(turn: Turn) -> bool:
    """Whether nothing, or for some time nothing, was remembered as the answer."""
    return turn.outcome in ("failed", "undelivered") or turn.run > 1


def nobody_elses(evidence: Evidence) -> Iterator[Flaw]:
    """Whatever the bot wrote belongs to a turn, or to a command, or to a turn that was cleared away."""
    turns, cleared = {turn.id for turn in evidence.turns}, _cleared(evidence)
    for shown in evidence.shown:
        known = shown.turn in turns or LOST in shown.text or answered_command(shown)
        if not known and (shown.place.session not in cleared or _is_remembered(evidence, shown)):
            yield Flaw(Wrong.DOUBLED, f"{shown.ts} belongs to no turn: {shown.text[:80]!r}", shown.place)


def _is_remembered(evidence: Evidence, shown: ShownMessage) -> bool:
    """Whether a message is about questions that are not forgotten, and so are answered elsewhere.

    With a question that is forgotten the whole reply may be stopped.
    """
    asked = [evidence.by_token[token] for token in questions(shown.text) if token in evidence.by_token]
    kept = [row.role == "user" for said in asked if (row := evidence.stored(said)) is not None]
    return bool(kept) and (all(kept) or (any(kept) and CLEARED not in shown.text))


def _cleared(evidence: Evidence) -> set[str]:
    """The sessions of which something is forgotten that was asked."""
    return {row.session for row in evidence.rows if row.role == "cleared" and row.asks}


def _questions(evidence: Evidence) -> Iterator[SaidMessage]:
    return (said for said in evidence.said if said.kind is SayKind.QUESTION)


def _text(pages: Sequence[ShownMessage]) -> str:
    return "\n\n".join(page.text for page in pages)


def _squeezed(text: str) -> str:
    """A text without white space, which pages may change."""
    return "".join(text.split())
