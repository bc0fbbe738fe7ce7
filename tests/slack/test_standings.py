"""Who is a guest, who comes from elsewhere, and what of that is believed while Slack does not tell."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chathakase.core.access_rule import Standing
from chathakase.slack.people import People, standing_of
from tests.slack.identity import BOT
from tests.slack.test_admins import PeopleServer, people, slack

__all__ = ["people", "slack"]

OURS, OTHERS = "T1", "T2"
HERE = replace(BOT, team_id=OURS)
GRID = replace(BOT, team_id=OURS, enterprise_id="E1")
MEMBER, GUEST, EXTERNAL = Standing(), Standing(is_guest=True), Standing(is_external=True)


@pytest.mark.parametrize(
    ("about", "standing"),
    [
        ({"team_id": OURS}, MEMBER),
        ({}, MEMBER),
        ({"team_id": OURS, "is_restricted": False, "is_stranger": False}, MEMBER),
        ({"team_id": OURS, "is_restricted": True}, GUEST),
        ({"team_id": OURS, "is_restricted": True, "is_ultra_restricted": True}, GUEST),
        ({"team_id": OURS, "is_ultra_restricted": True}, GUEST),
        ({"team_id": OTHERS}, EXTERNAL),
        ({"team_id": OTHERS, "profile": {"team": OTHERS}}, EXTERNAL),
        ({"profile": {"team": OTHERS}}, EXTERNAL),
        ({"is_stranger": True}, EXTERNAL),
        ({"team_id": OURS, "is_stranger": True}, EXTERNAL),
        ({"team_id": OTHERS, "is_restricted": True}, Standing(is_guest=True, is_external=True)),
        ({"team_id": OTHERS, "enterprise_user": {"enterprise_id": "E2", "teams": [OTHERS]}}, EXTERNAL),
        ({"team_id": "E2", "enterprise_user": {"enterprise_id": "E2", "teams": [OTHERS, OURS]}}, MEMBER),
    ],
)
def test_how_somebody_belongs_to_a_workspace(about: dict[str, Any], standing: Standing) -> None:
    assert standing_of(about, HERE) == standing


@pytest.mark.parametrize(
    ("about", "standing"),
    [
        ({"team_id": OTHERS, "enterprise_user": {"enterprise_id": "E1", "teams": [OTHERS]}}, MEMBER),
        ({"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": [OTHERS]}}, MEMBER),
        ({"team_id": "E1"}, MEMBER),
        (
            {"team_id": OTHERS, "is_stranger": True, "enterprise_user": {"enterprise_id": "E1", "teams": [OTHERS]}},
            MEMBER,
        ),
        (
            {"team_id": OTHERS, "is_restricted": True, "enterprise_user": {"enterprise_id": "E1", "teams": [OTHERS]}},
            GUEST,
        ),
        ({"team_id": OTHERS, "enterprise_user": {"enterprise_id": "E2", "teams": [OTHERS]}}, EXTERNAL),
        ({"team_id": OTHERS, "enterprise_user": {"id": "W1"}}, EXTERNAL),
        ({"team_id": OTHERS, "enterprise_user": "E1"}, EXTERNAL),
    ],
)
def test_who_belongs_to_our_enterprise_is_one_of_us(about: dict[str, Any], standing: Standing) -> None:
    assert standing_of(about, GRID) == standing


async def test_one_call_tells_the_name_and_the_standing(slack: PeopleServer, people: People) -> None:
    slack.people["U1"] = {"id": "U1", "team_id": OURS, "is_restricted": True, "name": "anna"}
    assert people.last_standing("U1") is None
    assert await people.standing("U1", within=3.0) == GUEST
    assert (await people.find(["U1"]))["U1"].name == "anna"
    assert people.last_standing("U1") == GUEST
    assert slack.asked == ["U1"]


async def test_the_last_answer_counts_while_slack_does_not_tell(slack: PeopleServer, people: People) -> None:
    slack.people["U1"] = {"id": "U1", "team_id": OURS}
    assert await people.standing("U1", within=3.0) == MEMBER
    slack.status, slack.now = 503, 7_200.0
    assert people.last_standing("U1") == MEMBER
    assert await people.standing("U1", within=3.0) == MEMBER
    assert slack.asked == ["U1", "U1"]


async def test_an_answer_that_is_an_hour_old_is_asked_for_again_while_it_counts(
    slack: PeopleServer, people: People
) -> None:
    slack.people["U1"] = {"id": "U1", "team_id": OURS}
    await people.standing("U1", within=3.0)
    slack.people["U1"]["is_restricted"] = True
    slack.now = 3_599.0
    assert people.last_standing("U1") == MEMBER
    await asyncio.sleep(0)
    assert slack.asked == ["U1"]
    slack.now = 3_601.0
    assert people.last_standing("U1") == MEMBER
    assert await people.standing("U1", within=3.0) == GUEST
    assert slack.asked == ["U1", "U1"]


async def test_whoever_is_unknown_is_asked_for_again_only_where_that_is_wanted(
    slack: PeopleServer, people: People
) -> None:
    slack.people["U1"] = {"id": "U1", "team_id": OURS}
    slack.status = 503
    for _ in range(2):
        assert await people.standing("U1", within=3.0) is None
    assert slack.asked == ["U1"]
    slack.status = 200
    people.ask_again("U1")
    assert await people.standing("U1", within=3.0) == MEMBER
    people.ask_again("U1")
    assert await people.standing("U1", within=3.0) == MEMBER
    assert slack.asked == ["U1", "U1"]


async def test_of_whom_slack_says_that_nobody_is_there_is_none_of_us(slack: PeopleServer, people: People) -> None:
    assert await people.standing("U0NOBODY", within=3.0) == EXTERNAL
    assert (await people.find(["U0NOBODY"]))["U0NOBODY"].name == "U0NOBODY"


@pytest.mark.parametrize(
    ("status", "standing"), [(404, MEMBER), (405, MEMBER), (501, MEMBER), (503, None), (403, None)]
)
async def test_where_there_is_no_such_method_everybody_is_a_member(
    slack: PeopleServer, people: People, status: int, standing: Standing | None
) -> None:
    slack.status = status
    assert await people.standing("U1", within=3.0) == standing


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_guest_stays_one_while_something_before_slack_says_that_there_is_no_such_method(
    slack: PeopleServer, people: People, status: int
) -> None:
    slack.people["U1"] = {"id": "U1", "team_id": OURS, "is_restricted": True}
    assert await people.standing("U1", within=3.0) == GUEST
    slack.status, slack.now = status, 7_200.0
    assert await people.standing("U1", within=3.0) == GUEST
    assert slack.asked == ["U1", "U1"]


async def test_slack_is_waited_for_no_longer_than_is_said(slack: PeopleServer, people: People) -> None:
    slack.people["U1"] = {"id": "U1", "team_id": OURS}
    slack.answer.clear()
    assert await people.standing("U1", within=0.01) is None
    slack.answer.set()
    assert await people.standing("U1", within=3.0) == MEMBER
    assert slack.asked == ["U1"], "the call that nobody waited for goes on"


async def test_names_take_no_call_from_those_of_whom_it_matters_who_they_are(
    slack: PeopleServer, people: People
) -> None:
    slack.people = {f"U{number}": {"id": f"U{number}", "team_id": OURS} for number in range(100)}
    for begin in range(0, 90, 30):
        await people.find([f"U{number}" for number in range(begin, begin + 30)])
    assert await people.standing("U99", within=3.0) == MEMBER
