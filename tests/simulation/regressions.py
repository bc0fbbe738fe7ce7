"""Plans that found bugs, cut down to what is needed, so that none of them comes back."""

from collections.abc import Mapping

from tests.simulation.deeds import (
    CLEAR,
    ApiFault,
    FaultKind,
    Freeze,
    Kill,
    Moment,
    Mood,
    Plan,
    Redeliver,
    Restart,
    Say,
    SayKind,
    Second,
)


def _ask(at: float, token: str, *, thread: int = 0, person: int = 1, mention: bool = True) -> Say:
    return Say(at, person, thread, SayKind.QUESTION, token, f"{'@ChatHakase ' * mention}{token} what is a swordfish?")


def _clear(at: float) -> Say:
    return Say(at, 1, 0, SayKind.COMMAND, "c9z", CLEAR)


STATUS_LEFT_BY_A_DEAD_PROCESS = Plan(
    seed=7,
    places=("@",),
    deeds=(
        # The post is done and not heard of, so a status is shown below it, and the next process goes on by an edit.
        ApiFault(0.0, "chat.postMessage", FaultKind.LOST_ANSWER),
        _ask(0.1, "q1z"),
        Kill(1.0, Moment.ANY, 0.0),
    ),
    moods={"q1z": (Mood.SLOW,)},
)
CLEARED_AFTER_A_CRASH = Plan(
    seed=22,
    places=("#room1",),
    deeds=(_ask(0.0, "q1z"), Kill(0.9, Moment.ANY, 0.0), _clear(1.1)),
    moods={"q1z": (Mood.SLOW,)},
)
CLEARED_WITH_AN_UNKNOWN_POST = Plan(
    seed=111,
    places=("#room1",),
    deeds=(Kill(0.0, Moment.POSTED, 0.0), _ask(0.1, "q1z"), _clear(1.5)),
    moods={"q1z": (Mood.SLOW,)},
)
CLEARED_WHILE_TAKEN_UP = Plan(
    seed=210,
    places=("#room1",),
    deeds=(
        Kill(0.0, Moment.POSTED, 0.0),
        _ask(0.1, "q1z"),
        # The turn is taken up again after some seven seconds, and nothing is heard from the model for three.
        _clear(8.2),
    ),
    moods={"q1z": (Mood.SLOW, Mood.ERROR, Mood.ERROR, Mood.SILENT)},
)
CLEARED_ONCE_MORE = Plan(
    seed=2,
    places=("#room1",),
    deeds=(
        _ask(0.0, "q1z"),
        # It is done, but nobody heard that it was told, so it is done again after some six seconds.
        Kill(0.9, Moment.POSTED, 0.0),
        _clear(1.0),
        _ask(4.0, "q2z"),
        _ask(5.5, "q3z"),
        _ask(8.0, "q4z"),
    ),
    moods={f"q{number}z": (Mood.SLOW,) * 2 for number in (2, 3, 4)},
)
SHORTER_THE_SECOND_TIME = Plan(
    seed=208,
    places=("#room1",),
    # The second page is posted and not heard of.
    deeds=(_ask(0.0, "q1z"), Kill(0.4, Moment.POSTED, 0.0)),
    moods={"q1z": (Mood.LONG,)},
)
STOOD_STILL_WHILE_ANOTHER_ANSWERED = Plan(
    seed=35,
    places=("#room1",),
    deeds=(
        # The second process must not be there yet when the question is asked.
        _ask(0.0, "q1z"),
        Freeze(0.9, 11.0),
        Second(1.0, 12.5, killed=False),
    ),
    moods={"q1z": (Mood.SLOW,)},
)
FOLLOW_UP_BEFORE_ITS_ROOT = Plan(
    seed=18,
    places=("#room1", "#room1"),
    deeds=(
        _ask(0.0, "q1z", thread=1),
        # The root is lost twice on its way, and so comes for the third time when the follow-up is there already.
        Kill(0.8, Moment.DELIVERED, 0.0),
        _ask(0.9, "q2z"),
        Kill(1.1, Moment.DELIVERED, 0.0),
        _ask(2.6, "q3z", mention=False),
    ),
)
THREAD_FOUND_BY_LOOKING = Plan(
    seed=41,
    places=("#room1", "#room1"),
    deeds=(
        _ask(0.0, "q1z", thread=1),
        Restart(1.0, 8.0),
        _ask(1.5, "q2z"),
        _ask(1.6, "q3z", mention=False),
    ),
)
LIMITED_LOOKING = Plan(
    seed=66,
    places=tuple(f"#room{number}" for number in range(5)),
    deeds=(
        ApiFault(0.0, "chat.postMessage", FaultKind.LOST_ANSWER, 5),
        ApiFault(0.0, "conversations.replies", FaultKind.LIMITED, 3),
        *(_ask(0.1, f"q{thread}z", thread=thread) for thread in range(5)),
        # Faults last as long as the plan.
        Redeliver(6.0),
    ),
)
TWELVE_KILLS = Plan(
    seed=28,
    places=tuple(f"#room{number % 10}" for number in range(36)),
    deeds=tuple(
        sorted(
            [
                *(_ask(round(1.3 * number, 1), f"q{number}z", thread=number) for number in range(36)),
                *(Kill(4.0 * number, Moment.HALF, 0.0) for number in range(1, 13)),
            ],
            key=lambda deed: deed.at,
        )
    ),
    moods={f"q{number}z": (Mood.SLOW,) for number in range(0, 36, 3)},
    retries=(0.0, 3.0, 9.0, 20.0),
)

REGRESSIONS: Mapping[str, Plan] = {
    "a dead process left its status": STATUS_LEFT_BY_A_DEAD_PROCESS,
    "cleared after a crash": CLEARED_AFTER_A_CRASH,
    "cleared with a post that nobody knows": CLEARED_WITH_AN_UNKNOWN_POST,
    "cleared while it is taken up again": CLEARED_WHILE_TAKEN_UP,
    "shorter the second time": SHORTER_THE_SECOND_TIME,
    "stood still while another answered": STOOD_STILL_WHILE_ANOTHER_ANSWERED,
    "a follow-up before its root": FOLLOW_UP_BEFORE_ITS_ROOT,
    "a thread found by looking": THREAD_FOUND_BY_LOOKING,
    "limited as it looks for its posts": LIMITED_LOOKING,
    "cleared once more": CLEARED_ONCE_MORE,
    "twelve kills in fifty seconds": TWELVE_KILLS,
}
