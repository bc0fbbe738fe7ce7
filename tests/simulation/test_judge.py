"""The judge finds what is broken, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.deeds import CLEAR, SayKind
from tests.simulation.evidence import (
    Evidence,
    Request,
    Row,
    SaidMessage,
    SessionEvidence,
    ShownMessage,
    SimulatedThread,
    Turn,
)
from tests.simulation.judge import Wrong, judge
from tests.simulation.judge.answers import CLEARED
from tests.simulation.words import END
from tests.storage.truth import Counts, StoredRow

ROOM, OTHER = SimulatedThread("C1", "10.000001"), SimulatedThread("C2", "20.000001")


def _said(token: str, place: SimulatedThread, ts: str, kind: SayKind = SayKind.QUESTION) -> SaidMessage:
    text = CLEAR if kind is SayKind.COMMAND else f"{token} what is a swordfish?"
    return SaidMessage(token, kind, place, ts, text, mentions=ts == place.thread)


def _answer(*tokens: str) -> str:
    return f"About {', '.join(tokens)}: it is a fish. {END}"


def healthy() -> Evidence:
    """Two questions in one room, one in another, all well answered."""
    first, second, third = (
        _said("q1z", ROOM, ROOM.thread),
        _said("q2z", ROOM, "10.000003"),
        _said("q3z", OTHER, "20.000001"),
    )
    return Evidence(
        said=(first, second, third, _said("c4z", OTHER, "20.000009", SayKind.CHATTER)),
        shown=(
            ShownMessage(ROOM, "10.000002", _answer("q1z"), "t1"),
            ShownMessage(ROOM, "10.000004", _answer("q2z"), "t2"),
            ShownMessage(OTHER, "20.000002", _answer("q3z"), "t3"),
        ),
        requests=(
            Request(1.0, (("user", "q1z"),), ("q1z",)),
            Request(2.0, (("user", "q1z"), ("assistant", "q1z"), ("user", "q2z")), ("q2z",)),
            Request(3.0, (("user", "q3z"),), ("q3z",)),
        ),
        sessions=(SessionEvidence(ROOM.session, 3, 3), SessionEvidence(OTHER.session, 1, 1)),
        rows=(
            Row(ROOM.session, 1, "user", first.text, first.ts, asks=1),
            Row(ROOM.session, 2, "assistant", _answer("q1z"), "t1", reply_to=1),
            Row(ROOM.session, 3, "user", second.text, second.ts, asks=1),
            Row(ROOM.session, 4, "assistant", _answer("q2z"), "t2", reply_to=3),
            Row(OTHER.session, 1, "user", third.text, third.ts, asks=1),
            Row(OTHER.session, 2, "assistant", _answer("q3z"), "t3", reply_to=1),
        ),
        turns=(
            Turn("t1", ROOM.session, 1, "answered"),
            Turn("t2", ROOM.session, 3, "answered"),
            Turn("t3", OTHER.session, 1, "answered"),
        ),
        acknowledged=frozenset((said.place.channel, said.ts) for said in (first, second, third)),
    )


def found(evidence: Evidence) -> set[Wrong]:
    return {flaw.wrong for flaw in judge(evidence)}


def with_shown(change: Callable[[ShownMessage], Sequence[ShownMessage]], turn: str = "t2") -> Evidence:
    """The healthy evidence, with other messages in the place of those of one turn."""
    evidence = healthy()
    kept = [shown for shown in evidence.shown if shown.turn != turn]
    changed = [each for shown in evidence.shown if shown.turn == turn for each in change(shown)]
    return replace(evidence, shown=(*kept, *changed))


def with_turn(**changes: Any) -> Evidence:
    """The healthy evidence, with another second turn, of which nothing is remembered."""
    evidence = healthy()
    turns = [replace(turn, **changes) if turn.id == "t2" else turn for turn in evidence.turns]
    return replace(evidence, turns=turns, rows=[row for row in evidence.rows if row.ref != "t2"])


def without_row(ref: str, **changes: Any) -> Evidence:
    """The healthy evidence, where a message is not stored."""
    evidence = healthy()
    return replace(evidence, rows=[row for row in evidence.rows if row.ref != ref], **changes)


def test_all_is_well() -> None:
    assert judge(healthy()) == []


def test_a_reply_that_is_missing() -> None:
    assert found(with_shown(lambda _: [])) == {Wrong.UNANSWERED}


def test_a_reply_that_stands_there_twice() -> None:
    assert found(with_shown(lambda shown: [shown, replace(shown, ts="10.000005")])) == {Wrong.DOUBLED}


def test_a_reply_of_nobody() -> None:
    evidence = with_shown(lambda shown: [shown, ShownMessage(ROOM, "10.000005", _answer("q2z"), "t9")])
    assert found(evidence) == {Wrong.DOUBLED}


def test_a_question_that_is_answered_in_two_replies() -> None:
    assert Wrong.DOUBLED in found(with_shown(lambda shown: [replace(shown, text=_answer("q1z", "q2z"))]))


def test_a_question_that_failed_may_be_answered_with_the_next() -> None:
    evidence = healthy()
    failed = Turn("t1", ROOM.session, 1, "failed", "http_500")
    shown = (replace(evidence.shown[0], text="⚠️ No."), replace(evidence.shown[1], text=_answer("q1z", "q2z")))
    rows = [row for row in evidence.rows if row.ref != "t1"]
    rows[2] = replace(rows[2], text=_answer("q1z", "q2z"))
    rows = [
        replace(row, text=_answer("q1z", "q2z")) if row.ref == "t2" else row for row in evidence.rows if row.ref != "t1"
    ]
    turns = (failed, *evidence.turns[1:])
    assert found(replace(evidence, turns=turns, shown=(*shown, evidence.shown[2]), rows=rows)) == set()


@pytest.mark.parametrize(("tokens", "wrong"), [(("q0z", "q3z"), set()), (("q3z",), {Wrong.UNANSWERED})])
def test_a_question_from_above_is_answered_with_the_one_that_opened_its_session(
    tokens: Sequence[str], wrong: set[Wrong]
) -> None:
    evidence, above = healthy(), _said("q0z", OTHER, "20.000000")
    text = _answer(*tokens)
    shown = [replace(each, text=text) if each.turn == "t3" else each for each in evidence.shown]
    rows = [replace(row, text=text) if row.ref == "t3" else row for row in evidence.rows]
    rows.append(Row(OTHER.session, 0, "user", above.text, above.ts))
    assert found(replace(evidence, said=(above, *evidence.said), shown=shown, rows=rows)) == wrong


def test_a_question_that_is_in_no_reply() -> None:
    text = _answer("something else")
    evidence = with_shown(lambda shown: [replace(shown, text=text)])
    rows = [replace(row, text=text) if row.ref == "t2" else row for row in evidence.rows]
    assert found(replace(evidence, rows=rows)) == {Wrong.UNANSWERED}


def test_a_text_that_is_not_whole() -> None:
    assert found(with_shown(lambda shown: [replace(shown, text="About q2z: it is")])) == {Wrong.WORDS}


def test_a_page_too_many() -> None:
    assert found(with_shown(lambda shown: [shown, replace(shown, ts="10.000005", page=2)])) == {Wrong.LEFT_OVER}


@pytest.mark.parametrize(
    "left",
    [
        {"text": "_thinking…_"},
        {"text": " "},
        {"buttons": ("chathakase_stop",)},
    ],
)
def test_what_is_left_over_in_a_message(left: dict[str, Any]) -> None:
    assert Wrong.LEFT_OVER in found(with_shown(lambda shown: [replace(shown, **left)]))


def test_a_status_that_is_left() -> None:
    assert found(replace(healthy(), statuses=[ROOM])) == {Wrong.LEFT_OVER}


def test_what_did_not_come_to_rest() -> None:
    assert found(replace(healthy(), unsettled=["3 events"])) == {Wrong.UNSETTLED}


@pytest.mark.parametrize(
    ("outcome", "text", "wrong"),
    [
        ("failed", "⚠️ The model is busy.", set()),
        ("failed", "it is a fish", {Wrong.WORDS}),
        ("stopped", "About q2z: it ⏹️ Stopped.", set()),
        ("stopped", f"About q2z: it ⚠️ I stopped this answer {CLEARED}.", set()),
        ("stopped", "About q2z: it", {Wrong.WORDS}),
        ("partial", "About q2z: it\n\n⚠️ It broke off.", set()),
        ("partial", "About q2z: it\n\n⚠️ It broke off.\n\n⚠️ It broke off.", {Wrong.WORDS}),
        ("undelivered", "", {Wrong.UNANSWERED, Wrong.LEFT_OVER}),
    ],
)
def test_an_end_without_an_answer_needs_one_notice(outcome: str, text: str, wrong: set[Wrong]) -> None:
    evidence = with_turn(outcome=outcome)
    shown = [replace(each, text=text) if each.turn == "t2" else each for each in evidence.shown]
    assert found(replace(evidence, shown=shown)) == wrong


def test_a_loss_that_is_told_elsewhere() -> None:
    evidence = with_turn(outcome="undelivered")
    told = ShownMessage(SimulatedThread("D1", ""), "30.000001", "I wrote an answer in <#C1>, but so it is lost.")
    kept = [shown for shown in evidence.shown if shown.turn != "t2"]
    assert found(replace(evidence, shown=[*kept, told])) == set()


def test_replies_in_the_wrong_order() -> None:
    assert found(with_shown(lambda shown: [replace(shown, ts="10.0000015")])) == {Wrong.DISORDER}


def test_a_prompt_in_the_wrong_order() -> None:
    request = Request(4.0, (("user", "q2z"), ("user", "q1z")), ("q1z",))
    assert found(replace(healthy(), requests=[request])) == {Wrong.DISORDER}


def test_what_is_answered_now_may_stand_last_though_it_was_said_first() -> None:
    evidence = healthy()
    late = replace(evidence.said[0], token="q1z", ts="10.000001")
    rows = [replace(row, seq=5) if row.ref == late.ts else row for row in evidence.rows if row.ref != "t1"]
    turns = (Turn("t2", ROOM.session, 3, "answered"), Turn("t1", ROOM.session, 5, "answered"), evidence.turns[2])
    request = Request(4.0, (("user", "q2z"), ("assistant", "q2z"), ("user", "q1z")), ("q1z",))
    shown = (replace(evidence.shown[0], ts="10.000009"), *evidence.shown[1:])
    assert found(replace(evidence, rows=rows, turns=turns, requests=[request], shown=shown)) == set()


def test_a_prompt_without_what_was_said_before() -> None:
    assert found(replace(healthy(), requests=[Request(4.0, (("user", "q2z"),), ("q2z",))])) == {Wrong.FORGOTTEN}


def test_words_of_one_thread_in_another() -> None:
    assert Wrong.LEAKED in found(with_shown(lambda shown: [replace(shown, text=_answer("q2z", "q3z"))]))


@pytest.mark.parametrize("heard", [["q1z", "q3z"], ["c4z"], ["q99z"]])
def test_a_prompt_with_words_of_elsewhere(heard: list[str]) -> None:
    request = Request(4.0, tuple(("assistant", token) for token in heard), ())
    assert found(replace(healthy(), requests=[request])) == {Wrong.LEAKED}


def test_what_was_acknowledged_and_is_not_stored() -> None:
    assert Wrong.LOST in found(without_row("20.000001"))
    assert Wrong.IGNORED in found(without_row("10.000003"))


def test_what_was_never_handed_over() -> None:
    assert Wrong.MISSED in found(without_row("10.000003", acknowledged=frozenset()))
    assert Wrong.UNKNOWN in found(without_row("20.000001", acknowledged=frozenset(), sessions=healthy().sessions[:1]))


@pytest.mark.parametrize("change", [{"asks": 0}, {"role": "command"}])
def test_a_question_that_is_stored_as_none(change: dict[str, Any]) -> None:
    evidence = healthy()
    rows = [replace(row, **change) if row.ref == "10.000003" else row for row in evidence.rows]
    assert Wrong.UNANSWERED in found(replace(evidence, rows=rows))


def test_a_turn_that_is_not_done() -> None:
    evidence = healthy()
    sessions = (replace(evidence.sessions[0], answered=1), evidence.sessions[1])
    turns = [turn for turn in evidence.turns if turn.id != "t2"]
    wrong = found(replace(evidence, sessions=sessions, turns=turns))
    assert {Wrong.UNANSWERED, Wrong.DATABASE} <= wrong


@pytest.mark.parametrize("left", [{"lease_owner": "x"}, {"turn": "x"}])
def test_a_session_that_is_not_at_rest(left: dict[str, Any]) -> None:
    evidence = healthy()
    assert found(replace(evidence, sessions=(replace(evidence.sessions[0], **left),))) == {Wrong.DATABASE}


@pytest.mark.parametrize("changes", [{"action": "retry"}, {"upto": 2}])
def test_a_turn_that_does_not_fit(changes: dict[str, Any]) -> None:
    evidence = healthy()
    turns = [replace(turn, **changes) if turn.id == "t1" else turn for turn in evidence.turns]
    assert found(replace(evidence, turns=turns)) == {Wrong.DATABASE}


def test_a_message_that_is_stored_twice() -> None:
    evidence = healthy()
    again = replace(evidence.rows[0], seq=9, ref="10.000008")
    assert found(replace(evidence, rows=(*evidence.rows, again))) == {Wrong.DATABASE}


@pytest.mark.parametrize(
    ("complaint", "wrong"),
    [("row 1 missing from index", Wrong.DATABASE), ("process 3, left alone, ended with 1", Wrong.PROCESS)],
)
def test_what_others_complain_of(complaint: str, wrong: Wrong) -> None:
    assert found(replace(healthy(), complaints=[complaint])) == {wrong}


def test_jobs_that_are_not_done() -> None:
    assert found(replace(healthy(), jobs=1)) == {Wrong.DATABASE}


def _cleared(at: str) -> Evidence:
    """The first room is cleared between its two questions; the answer to that stands at a time."""
    evidence = healthy()
    command = _said("c5z", ROOM, "10.0000025", SayKind.COMMAND)
    forgotten = [
        replace(row, role="cleared", text="") if row.seq < 3 and row.session == ROOM.session else row
        for row in evidence.rows
    ]
    rows = [*forgotten, Row(ROOM.session, 9, "command", CLEAR, command.ts)]
    done = ShownMessage(ROOM, at, "Done: I have forgotten 2 messages of this thread.", "e1")
    requests = [replace(each, at=each.at + 10) for each in evidence.requests]
    requests[1] = Request(12.0, (("user", "q2z"),), ("q2z",))
    return replace(
        evidence, said=(*evidence.said, command), rows=rows, shown=(*evidence.shown, done), requests=requests
    )


def test_a_thread_that_was_cleared() -> None:
    assert found(_cleared("11.500000")) == set()


def test_what_is_remembered_though_it_was_cleared() -> None:
    evidence = _cleared("11.500000")
    remembering = Request(12.0, (("user", "q1z"), ("user", "q2z")), ("q2z",))
    assert found(replace(evidence, requests=[remembering])) == {Wrong.REMEMBERED}
    under_way = Request(12.0, (("user", "q1z"),), ("q1z",))
    assert found(replace(evidence, requests=[under_way])) == set()
    assert found(replace(evidence, requests=[replace(under_way, at=30.0)])) == {Wrong.REMEMBERED}


def test_a_reply_that_was_cleared_away_though_its_question_was_not() -> None:
    evidence = _cleared("11.500000")
    left = ShownMessage(ROOM, "10.000009", "About q2z: it", "t9")
    assert found(replace(evidence, shown=(*evidence.shown, left))) == {Wrong.DOUBLED}
    told = replace(left, text=f"About q1z, q2z: it\n\n⚠️ I stopped this answer {CLEARED}.")
    assert found(replace(evidence, shown=(*evidence.shown, told))) == set()
    needlessly = replace(told, text=told.text.replace("q1z, ", ""))
    assert found(replace(evidence, shown=(*evidence.shown, needlessly))) == {Wrong.DOUBLED}


def test_commands_that_are_not_answered_once() -> None:
    evidence = _cleared("11.500000")
    assert found(replace(evidence, shown=evidence.shown[:-1])) == {Wrong.COMMAND}
    again = replace(evidence.shown[-1], ts="11.600000")
    assert found(replace(evidence, shown=(*evidence.shown, again))) == {Wrong.DOUBLED}


MESSAGES = (
    StoredRow(ROOM.session, 1, "user", "q1z", "U1", "", None, 10_000_001, 10),
    StoredRow(ROOM.session, 2, "assistant", "a fish", "", "", 1, 10_000_001, 11),
    StoredRow(ROOM.session, 3, "command", "help", "U2", "", None, 12_000_000, 12),
)
RIGHT = Counts(2, ("a fish", "", 11_000), {"U1": 10_000_001}, exchanges=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": 3},
        {"last": ("a fish", "U1", 11_000)},
        {"last": ("help", "U2", 12_000_000)},
        {"last": None},
        {"participants": None},
        {"participants": {"U1": 10_000_001, "U2": 12_000_000}},
        {"participants": {"U1": 1}},
        {"exchanges": 0},
    ],
)
def test_what_is_kept_of_a_session_besides_its_messages(changes: dict[str, Any]) -> None:
    well = replace(healthy(), messages=MESSAGES, counts={ROOM.session: RIGHT})
    assert found(well) == set()
    assert found(replace(well, counts={ROOM.session: replace(RIGHT, **changes)})) == {Wrong.DATABASE}


@pytest.mark.parametrize(
    ("used", "on_days", "run", "right"),
    [
        (18, 18, 1, True),
        (17, 17, 1, False),
        (19, 19, 1, False),
        (19, 19, 2, True),
        (17, 17, 2, False),
        (18, 36, 1, False),
        (18, 0, 1, False),
    ],
)
def test_tokens_that_are_not_those_of_the_turns(used: int, on_days: int, run: int, right: bool) -> None:
    well = healthy()
    turns = [replace(turn, tokens=18 if turn.id == "t3" else 0, run=run) for turn in well.turns]
    evidence = replace(well, turns=turns, used={OTHER.session: used}, used_on_days=on_days)
    assert found(evidence) == (set() if right else {Wrong.DATABASE})
