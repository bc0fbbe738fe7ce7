"""The database is whole, at rest, holds each message once, as it was said, and counts them right."""

from collections import Counter
from collections.abc import Iterator

from tests.simulation.evidence import Evidence
from tests.simulation.judge.answer_places import place_named
from tests.simulation.judge.flaws import Flaw, Wrong
from tests.simulation.words import tokens
from tests.storage.truth import true


def consistent(evidence: Evidence) -> Iterator[Flaw]:
    """All of it."""
    for complaint in evidence.complaints:
        yield Flaw(Wrong.PROCESS if complaint.startswith("process") else Wrong.DATABASE, complaint)
    yield from _at_rest(evidence)
    yield from _messages(evidence)
    yield from _answers(evidence)
    yield from _counts(evidence)
    yield from _used(evidence)


def _at_rest(evidence: Evidence) -> Iterator[Flaw]:
    for session in evidence.sessions:
        if session.asked > session.answered or session.lease_owner is not None or session.turn is not None:
            yield Flaw(Wrong.DATABASE, f"not at rest: {session}", place_named(session.id))
    for turn in evidence.turns:
        if turn.action is not None:
            yield Flaw(Wrong.DATABASE, f"the turn {turn.id} waits to be taken up again", place_named(turn.session))
    if evidence.jobs:
        yield Flaw(Wrong.DATABASE, f"{evidence.jobs} jobs are not done")


def _messages(evidence: Evidence) -> Iterator[Flaw]:
    said = {(each.place.session, each.ts): each for each in evidence.said}
    kept = [row for row in evidence.rows if row.role == "user"]
    for token, count in Counter(token for row in kept for token in tokens(row.text)).items():
        if count > 1:
            yield Flaw(Wrong.DATABASE, f"{token} is stored {count} times")
    for row in kept:
        original = said.get((row.session, row.ref))
        if original is None or original.token not in row.text:
            yield Flaw(Wrong.DATABASE, f"nobody said {row.seq}: {row.text[:60]!r}", place_named(row.session))


def _answers(evidence: Evidence) -> Iterator[Flaw]:
    turns = {turn.id: turn for turn in evidence.turns}
    for row in evidence.rows:
        if row.role != "assistant":
            continue
        turn = turns.get(row.ref)
        if turn is None or turn.session != row.session or turn.upto != row.reply_to or turn.upto >= row.seq:
            yield Flaw(
                Wrong.DATABASE, f"the answer {row.seq} to {row.reply_to} is of no turn", place_named(row.session)
            )


def _counts(evidence: Evidence) -> Iterator[Flaw]:
    for session, right in true(evidence.counts, evidence.messages).items():
        if evidence.counts[session] != right:
            yield Flaw(Wrong.DATABASE, f"{evidence.counts[session]} is kept, not {right}", place_named(session))


def _used(evidence: Evidence) -> Iterator[Flaw]:
    in_all = sum(evidence.used.values())
    if in_all != evidence.used_on_days:
        yield Flaw(Wrong.DATABASE, f"{evidence.used_on_days} tokens are counted by day, {in_all} by session")
    for session, turns in evidence.turns_of.items():
        kept, known = evidence.used.get(session, 0), sum(turn.tokens for turn in turns)
        # Of a turn that was run again only the last time is known.
        if kept < known or (kept > known and all(turn.run == 1 for turn in turns)):
            yield Flaw(Wrong.DATABASE, f"{kept} tokens are counted, not the {known} of its turns", place_named(session))
