"""Admins are those of this workspace, as of a minute ago at most."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web

from chathakase.core.types import Place
from chathakase.engine.access.rights import Rights
from chathakase.slack.people import People, administers
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.client import open_session, web_client
from chathakase.slack.web.identity import SURFACE
from tests.doubles.stores import StoresInMemory
from tests.places import slack_place
from tests.slack.events.file_host import open_server
from tests.slack.identity import BOT

OURS, OTHERS = "T1", "T2"
ADMIN = {"id": "U1", "team_id": OURS, "is_admin": True}
MADE_UP = [f"U9{number}" for number in range(600)]


@pytest.mark.parametrize(
    "about",
    [
        {"is_admin": True, "team_id": OURS},
        {"is_owner": True, "team_id": OURS, "profile": {"team": OURS}},
        {"is_primary_owner": True, "profile": {"team": OURS}},
        {"is_admin": True, "team_id": "E1", "enterprise_user": {"teams": [OTHERS, OURS]}},
        {"is_admin": True, "team_id": OTHERS, "enterprise_user": {"teams": [OURS]}},
        {"is_admin": True, "team_id": OURS, "enterprise_user": {"enterprise_id": "E1"}},
        {"is_admin": True, "team_id": OURS, "is_bot": False, "deleted": False, "is_stranger": None},
        # A server that knows no workspaces.
        {"is_admin": True},
        {"is_admin": True, "team_id": "", "profile": {}},
    ],
)
def test_an_admin_of_this_workspace_is_one(about: dict[str, Any]) -> None:
    assert administers(about, OURS)


@pytest.mark.parametrize(
    "about",
    [
        {"team_id": OURS},
        {"team_id": OURS, "is_admin": False, "is_owner": None, "is_primary_owner": "true"},
        {"is_admin": True, "team_id": OTHERS},
        {"is_owner": True, "profile": {"team": OTHERS}},
        {"is_admin": True, "team_id": OURS, "profile": {"team": OTHERS}},
        {"is_admin": True, "team_id": "t1"},
        {"is_admin": True, "team_id": "T11"},
        {"is_primary_owner": True, "team_id": "E1", "enterprise_user": {"teams": [OTHERS]}},
        {"is_admin": True, "team_id": OTHERS, "enterprise_user": {"teams": OURS}},
        {"is_admin": True, "enterprise_user": {"is_admin": True, "id": "W1"}},
        {"team_id": OURS, "enterprise_user": {"is_admin": True, "is_owner": True}},
        *(
            {**ADMIN, "is_owner": True, flag: True}
            for flag in (
                "deleted",
                "is_bot",
                "is_workflow_bot",
                "is_stranger",
                "is_restricted",
                "is_ultra_restricted",
                "is_invited_user",
            )
        ),
    ],
)
def test_nobody_else_is(about: dict[str, Any]) -> None:
    assert not administers(about, OURS)


def test_where_nobody_knows_which_workspace_is_ours_no_member_of_one_is_an_admin() -> None:
    assert not administers(ADMIN, "")


@dataclass
class PeopleServer:
    """A Slack that knows people as a test says, and remembers whom it was asked about."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: int = 200
    now: float = 0.0
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        user = request.query["user"]
        self.asked.append(user)
        await self.answer.wait()
        if self.status != 200:
            return web.Response(status=self.status)
        if user not in self.people:
            return web.json_response({"ok": False, "error": "user_not_found"})
        return web.json_response({"ok": True, "user": self.people[user]})


@pytest.fixture
def slack() -> PeopleServer:
    made = PeopleServer({"U1": ADMIN})
    made.answer.set()
    return made


@pytest.fixture
async def people(outside: None, slack: PeopleServer) -> AsyncIterator[People]:
    async with open_server() as server, open_session() as session:
        server.handler = slack.handle
        client = web_client(session, token="xoxb-1", api_url=f"{server.address}/api/")
        yield People(client, lambda: slack.now, identity=replace(BOT, team_id=OURS))


async def test_a_demoted_admin_is_one_for_a_minute_at_most(slack: PeopleServer, people: People) -> None:
    assert await people.is_admin("U1")
    slack.people["U1"] = {**ADMIN, "is_admin": False}
    slack.now = 59.0
    assert await people.is_admin("U1")
    slack.now = 61.0
    assert not await people.is_admin("U1")
    assert slack.asked == ["U1", "U1"]


async def test_a_deactivated_admin_is_none(slack: PeopleServer, people: People) -> None:
    slack.people["U1"] = {**ADMIN, "deleted": True}
    assert not await people.is_admin("U1")


async def test_rights_are_not_taken_from_a_name_that_is_known(slack: PeopleServer, people: People) -> None:
    await people.find(["U1"])
    slack.people["U1"] = {**ADMIN, "is_admin": False}
    assert not await people.is_admin("U1")


async def test_a_minute_counts_from_the_question(slack: PeopleServer, people: People) -> None:
    slack.answer.clear()
    asking = asyncio.create_task(people.is_admin("U1"))
    while not slack.asked:
        await asyncio.sleep(0)
    slack.now = 2.0
    slack.answer.set()
    assert await asking
    slack.now = 61.0
    await people.is_admin("U1")
    assert len(slack.asked) == 2


@pytest.mark.parametrize("status", [429, 503, 404])
async def test_who_cannot_be_asked_about_is_no_admin_once_the_last_answer_is_old(
    slack: PeopleServer, people: People, status: int
) -> None:
    assert await people.is_admin("U1")
    slack.status, slack.now = status, 59.0
    assert await people.is_admin("U1")
    slack.now = 61.0
    assert not await people.is_admin("U1")
    slack.status, slack.now = 200, 67.0
    assert await people.is_admin("U1")


async def test_those_who_ask_at_once_share_a_call(slack: PeopleServer, people: People) -> None:
    slack.answer.clear()
    asking = [asyncio.create_task(people.is_admin("U1")) for _ in range(20)]
    while not slack.asked:
        await asyncio.sleep(0)
    slack.answer.set()
    assert await asyncio.gather(*asking) == [True] * 20
    assert slack.asked == ["U1"]


async def test_no_made_up_ids_keep_an_admin_from_being_known(slack: PeopleServer, people: People) -> None:
    for number in range(5):
        await people.find(MADE_UP[100 * number : 100 * number + 100], mentioned=MADE_UP)
    assert len(slack.asked) <= 60
    assert await people.is_admin("U1")


async def test_who_is_named_in_the_settings_is_an_admin_wherever_they_come_from(
    surface: SlackSurface,
) -> None:
    rights = Rights(surface, StoresInMemory(lambda: 0).sessions, {SURFACE: ["U0STRANGER", "U0BOB00001"]})
    here, elsewhere = slack_place("C1", "1.0"), Place("line", "one", "C1", "1.0")
    assert not await rights.is_admin(elsewhere, "U0STRANGER"), "whoever has that id there is somebody else"
    found = [await rights.is_admin(here, user) for user in ("U0STRANGER", "U0BOB00001", "U0ALICE001", "U0CAROL001")]
    assert found == [True, True, True, False]
