"""What Slack tells about ids is asked for within its limits, and nothing of what was asked for reaches a log."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from slack_sdk.errors import SlackApiError

from chathakase.slack.lookup import MOST_ASKED, Budget, Lookup, LookupLimits

Ask = Callable[[str], Awaitable[str]]
SPEAKERS = [f"U1{number}" for number in range(100)]
MADE_UP = [f"U9{number}" for number in range(600)]


class NameDirectory:
    """Knows the names of all but those whom it was told to know nothing of."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[str] = []
        self.error = ""

    async def ask(self, id_: str) -> str:
        self.asked.append(id_)
        if self.error or id_ in MADE_UP:
            answer = {"ok": False, "error": self.error or "user_not_found"}
            raise SlackApiError("no", SimpleNamespace(data=answer, status_code=200, headers={}))
        return f"the name of {id_}"

    def lookup(self, manner: LookupLimits = LookupLimits()) -> Lookup[str]:  # noqa: B008 - it is frozen
        return Lookup("users.info", self.ask, lambda id_: id_, lambda: self.now, manner)


@pytest.fixture
def slack() -> NameDirectory:
    return NameDirectory()


async def test_no_text_can_have_thousands_asked_for_at_once(slack: NameDirectory) -> None:
    lookup, ids = slack.lookup(), SPEAKERS[: MOST_ASKED + 5]
    found = await lookup.find(ids)
    assert slack.asked == ids[:MOST_ASKED]
    assert found[ids[0]] == f"the name of {ids[0]}"
    assert found[ids[-1]] == ids[-1]
    assert (await lookup.find(ids))[ids[-1]] == f"the name of {ids[-1]}"
    assert slack.asked == ids


async def test_made_up_ids_cost_few_calls_and_keep_nobody_from_being_found(slack: NameDirectory) -> None:
    lookup, manner = slack.lookup(), LookupLimits()
    for number in range(10):
        found = await lookup.find(SPEAKERS[number : number + 1], mentioned=MADE_UP[60 * number :])
        assert found[SPEAKERS[number]] == f"the name of {SPEAKERS[number]}"
        assert found[MADE_UP[-1]] == MADE_UP[-1]
    assert slack.asked[0] == SPEAKERS[0]
    assert len(set(slack.asked) & set(MADE_UP)) == manner.for_mentioned
    assert len(slack.asked) == manner.for_mentioned + 10
    slack.now = 61.0
    await lookup.find([], mentioned=MADE_UP)
    assert len(slack.asked) == 2 * manner.for_mentioned + 10
    assert len(slack.asked) == len(set(slack.asked)), "that there is nobody is believed for longer than a minute"


async def test_no_more_than_so_many_calls_are_made_within_a_minute(slack: NameDirectory) -> None:
    lookup = slack.lookup(LookupLimits(a_minute=40))
    for _ in range(5):
        await lookup.find(SPEAKERS)
    assert slack.asked == SPEAKERS[:40]
    slack.now = 59.0
    assert (await lookup.find(SPEAKERS))[SPEAKERS[40]] == SPEAKERS[40]
    slack.now = 60.0
    assert (await lookup.find(SPEAKERS))[SPEAKERS[40]] == f"the name of {SPEAKERS[40]}"


async def test_for_one_that_cannot_wait_there_are_a_few_calls_more(slack: NameDirectory) -> None:
    lookup = slack.lookup(LookupLimits(a_minute=30, spare=2))
    await lookup.find(SPEAKERS)
    found = [await lookup.find_urgently(id_, within=3.0) for id_ in SPEAKERS[30:33]]
    assert found == [f"the name of {SPEAKERS[30]}", f"the name of {SPEAKERS[31]}", SPEAKERS[32]]
    slack.now = 60.0
    await lookup.find_urgently(SPEAKERS[32], within=3.0)
    await lookup.find(SPEAKERS[60:])
    assert len(slack.asked) == 30 + 2 + 30, "those that are left for all are used first"


async def test_a_budget_is_that_of_any_minute() -> None:
    now = [0.0]
    budget = Budget(2, lambda: now[0])
    for now[0], is_left in ((0.0, True), (30.0, True), (59.0, False), (60.0, True), (89.0, False), (90.0, True)):
        assert budget.is_left == is_left
        if is_left:
            budget.spend()


async def test_who_is_expected_is_asked_for_at_once_and_only_once(slack: NameDirectory) -> None:
    lookup = slack.lookup()
    lookup.expect(SPEAKERS[:2])
    await asyncio.sleep(0)
    assert slack.asked == SPEAKERS[:2]
    lookup.expect(SPEAKERS[:1])
    assert (await lookup.find(SPEAKERS[:1])) == {SPEAKERS[0]: f"the name of {SPEAKERS[0]}"}
    lookup.expect(SPEAKERS[:1])
    await asyncio.sleep(0)
    assert slack.asked == SPEAKERS[:2]


async def test_those_who_ask_at_once_share_a_call_and_none_ends_it_for_the_others(slack: NameDirectory) -> None:
    answer = asyncio.Event()

    async def ask(id_: str) -> str:
        name = await slack.ask(id_)
        await answer.wait()
        return name

    lookup = Lookup("users.info", ask, lambda id_: id_, lambda: 0.0, LookupLimits())
    finders = [asyncio.create_task(lookup.find(["U1", f"U{number}"])) for number in range(1, 5)]
    while len(slack.asked) < 4:
        await asyncio.sleep(0)
    finders[0].cancel()
    await asyncio.wait(finders[:1])
    answer.set()
    found = await asyncio.gather(*finders[1:])
    assert [names["U1"] for names in found] == ["the name of U1"] * 3
    assert sorted(slack.asked) == ["U1", "U2", "U3", "U4"]
    assert await lookup.find(["U1"]) == {"U1": "the name of U1"}
    assert len(slack.asked) == 4


@pytest.mark.parametrize(
    ("error", "until"), [("user_not_found", 3600.0), ("internal_error", 60.0), ("missing_scope", 60.0)]
)
async def test_a_failure_is_believed_for_as_long_as_it_is_likely_to_last(
    slack: NameDirectory, error: str, until: float
) -> None:
    lookup = slack.lookup()
    slack.error = error
    for slack.now in (0.0, until - 1):
        assert await lookup.find(["U1"]) == {"U1": "U1"}
    assert len(slack.asked) == 1
    slack.now, slack.error = until + 1, ""
    assert await lookup.find(["U1"]) == {"U1": "the name of U1"}


@pytest.mark.parametrize(("outlives", "told"), [(True, "the name of U1"), (False, "U1")])
async def test_an_old_answer_may_be_better_than_none(slack: NameDirectory, outlives: bool, told: str) -> None:
    lookup = slack.lookup(LookupLimits(kept=60.0, kept_failure=5.0, a_minute=2, outlives=outlives))
    assert await lookup.find(["U1"]) == {"U1": "the name of U1"}
    slack.now, slack.error = 61.0, "internal_error"
    assert await lookup.find(["U1"]) == {"U1": told}
    slack.now = 70.0
    assert await lookup.find(["U1"]) == {"U1": told}
    slack.now, slack.error = 76.0, ""
    assert await lookup.find(["U1"]) == {"U1": told}, "two calls were made within this minute"


@pytest.mark.parametrize("error", ["user_not_found", "internal_error", "missing_scope", "no words of anybody's"])
async def test_nothing_of_what_was_asked_for_is_logged(
    slack: NameDirectory, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.error = error
    names = set[str]()

    async def ask(id_: str) -> str:
        names.update(task.get_name() for task in asyncio.all_tasks())
        return await slack.ask(id_)

    lookup = Lookup("users.info", ask, lambda id_: id_, lambda: slack.now, LookupLimits())
    await lookup.find(["UOYSTER"], mentioned=["UMERGER"])
    said = "\n".join((caplog.text, *names))
    assert "OYSTER" not in said
    assert "MERGER" not in said
    assert "words" not in said
