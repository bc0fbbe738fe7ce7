"""Who stands behind what apps post, and who of them is answered."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, web

from chathakase.core.types import Incoming
from chathakase.slack.events import authors as module
from chathakase.slack.events.authors import MOST_BY_A_WORKFLOW, MOST_BY_AN_APP, Authors
from chathakase.slack.events.message_changes import read_change
from chathakase.slack.people import People, UserKind, kind_of
from chathakase.slack.web.client import web_client
from chathakase.slack.web.identity import Identity
from tests.slack.events.file_host import open_server
from tests.slack.identity import BOT

USERS: dict[str, dict[str, Any]] = {
    "U1": {"id": "U1", "name": "alice", "is_bot": False},
    "U2": {"id": "U2", "name": "builds", "is_bot": True},
    "U3": {"id": "U3", "name": "welcome", "is_bot": True, "is_workflow_bot": True},
    "U4": {"id": "U4", "profile": {"bot_id": "B4"}},
}
BOTS = {"B3": "U3", "B2": "U2", "B9": ""}
STAMP = {"bot_id": "B1", "app_id": "A1", "bot_profile": {"id": "B1", "name": "Desk"}}
MENTION = {"type": "app_mention", "channel": "C1", "text": "<@U0BOT> hello", "ts": "1.5"}


class UserServer:
    """Answers about users and bots; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = False
        self.now = 0.0

    async def handle(self, request: web.Request) -> web.Response:
        wanted = request.query.get("user") or request.query.get("bot") or ""
        self.asked.append(wanted)
        if self.broken:
            return web.json_response({"ok": False, "error": "missing_scope"})
        if request.path.endswith("bots.info"):
            bot = {"id": wanted, "user_id": BOTS.get(wanted)}
            return web.json_response({"ok": wanted in BOTS, "bot": bot, "error": "bot_not_found"})
        return web.json_response({"ok": wanted in USERS, "user": USERS.get(wanted), "error": "user_not_found"})


@pytest.fixture
def slack() -> UserServer:
    return UserServer()


@pytest.fixture
async def people(outside: None, slack: UserServer) -> AsyncIterator[People]:
    async with open_server() as server, ClientSession() as session:
        server.handler = slack.handle
        client = web_client(session, token="xoxb-1", api_url=f"{server.address}/api/")
        yield People(client, lambda: slack.now, identity=replace(BOT, team_id="T1"))


@pytest.fixture
def authors(slack: UserServer, people: People) -> Authors:
    return Authors(BOT, people, lambda: slack.now)


@pytest.fixture
def generous(slack: UserServer, people: People) -> Authors:
    """Authors of whom workflows are answered."""
    return Authors(BOT, people, lambda: slack.now, workflows=True)


async def asked(authors: Authors, **fields: Any) -> Incoming:
    said = await authors.read(MENTION | fields)
    assert said is not None
    assert said.asks
    return said


@pytest.mark.parametrize(
    ("fields", "opens"),
    [
        ({}, True),
        ({"type": "message"}, True),
        ({"type": "message", "text": "hello", "thread_ts": "1.0"}, False),
        ({"type": "message", "text": "hello", "channel": "D1"}, True),
        ({"type": "message", "subtype": "file_share", "files": [{"id": "F1"}], "channel": "D1"}, True),
    ],
)
async def test_what_an_app_posts_for_a_person_is_the_persons_question(
    authors: Authors, fields: dict[str, Any], opens: bool
) -> None:
    said = await asked(authors, user="U1", **STAMP, **fields)
    assert (said.author, said.text, said.name, said.opens) == ("U1", "hello", "", opens)


async def test_it_is_asked_once_in_a_while_and_only_where_it_matters(authors: Authors, slack: UserServer) -> None:
    for n in range(3):
        await asked(authors, user="U1", ts=f"{n}.5", **STAMP)
    assert await authors.read(MENTION | STAMP | {"type": "message", "text": "talk", "user": "U7"}) is None
    assert await authors.read(MENTION | {"user": "U8"})
    assert await authors.read(MENTION | {"user": "U0BOT", "bot_id": "B0BOT"}) is None
    assert slack.asked == ["U1"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"user": "U2"}, UserKind.BOT),
        ({"user": "U4"}, UserKind.BOT),
        ({"user": "U3"}, UserKind.WORKFLOW),
        ({"user": "U9"}, UserKind.UNKNOWN),
        ({"subtype": "bot_message", "username": "x", "bot_profile": {"is_workflow_bot": True}}, UserKind.WORKFLOW),
        ({"subtype": "bot_message", "user": "U1"}, UserKind.PERSON),
        ({}, UserKind.BOT),
        ({"user": "USLACKBOT", "bot_id": None}, UserKind.BOT),
    ],
)
async def test_a_mention_that_is_not_answered_is_logged_with_the_reason(
    authors: Authors, caplog: pytest.LogCaptureFixture, fields: dict[str, Any], kind: UserKind
) -> None:
    caplog.set_level(logging.INFO, logger=module.__name__)
    assert await authors.read(MENTION | STAMP | fields) is None
    assert await authors.read(MENTION | STAMP | fields, live=False) is None
    assert [record.getMessage() for record in caplog.records] == [
        f"A mention in C1 is not answered: {module.WHY[kind]}"
    ]


async def test_where_slack_does_not_tell_nobody_is_a_person(authors: Authors, slack: UserServer) -> None:
    slack.broken = True
    assert await authors.read(MENTION | STAMP | {"user": "U1"}) is None
    slack.broken = False
    slack.now += 10
    await asked(authors, user="U1", **STAMP)


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "bot_message", "bot_id": "B9", "username": "Welcome"},
        {"bot_id": "B9", "bot_profile": {"name": "Welcome"}},
        {"bot_id": "B3"},
        {"bot_id": "B0UNKNOWN", "subtype": "bot_message"},
        {"user": "U3", "bot_id": "B3"},
        {"bot_id": "B2", "bot_profile": {"is_workflow_bot": True}},
        {"bot_id": "B2", "user": "U2", "workflow_id": "Wf1"},
    ],
)
async def test_workflows_are_answered_where_that_is_wanted(generous: Authors, fields: dict[str, Any]) -> None:
    said = await asked(generous, **fields)
    assert (said.author, said.opens) == (fields["bot_id"], True)
    assert said.name
    assert (await asked(generous, type="message", **fields)).ref == said.ref


@pytest.mark.parametrize("fields", [{"user": "U2", "bot_id": "B2"}, {"bot_id": "B2", "subtype": "bot_message"}])
async def test_bots_are_answered_in_no_case(generous: Authors, fields: dict[str, Any]) -> None:
    assert await generous.read(MENTION | fields) is None
    context = await generous.read(MENTION | fields | {"type": "message", "thread_ts": "1.0"})
    assert context is not None
    assert (context.asks, context.opens) == (False, False)
    assert await generous.read(MENTION | fields | {"bot_id": "B0BOT"}) is None


async def test_nobody_who_does_not_know_itself_answers_workflows(people: People) -> None:
    unsure = Authors(Identity("U0BOT", "", "T1", "ChatHakase"), people, lambda: 0.0, workflows=True)
    assert await unsure.read(MENTION | {"bot_id": "B3"}) is None


@pytest.mark.parametrize(
    ("fields", "most"),
    [({"bot_id": "B3"}, MOST_BY_A_WORKFLOW), ({"user": "U1", **STAMP}, MOST_BY_AN_APP)],
)
async def test_no_app_asks_for_ever(generous: Authors, slack: UserServer, fields: dict[str, Any], most: int) -> None:
    async def asks(n: int) -> bool:
        said = await generous.read(MENTION | fields | {"ts": f"{n}.5"})
        assert said is not None
        return said.asks

    assert [await asks(n // 2) for n in range(2 * most + 2)] == [True] * (2 * most) + [False] * 2
    slack.now += 3600
    assert await asks(most)


async def test_what_a_person_changes_by_an_app_is_changed(authors: Authors) -> None:
    message = {"user": "U1", "text": "hello", "ts": "1.5", **STAMP}
    event = {"type": "message", "subtype": "message_changed", "channel": "D1", "channel_type": "im", "ts": "9.0"}
    (known,) = await authors.known([event | {"message": message, "previous_message": message | {"text": "helo"}}])
    change = read_change(known, BOT)
    assert change is not None
    assert change.now is not None
    assert (change.now.text, change.now.author, change.now.name) == ("hello", "U1", "")


async def test_of_whom_slack_tells_nothing_is_called_as_their_messages_call_them(
    authors: Authors, people: People
) -> None:
    profile = {"display_name": " ", "real_name": "Zoë Bright", "name": "zoe"}
    await authors.read(MENTION | {"user": "U7", "user_profile": profile})
    await authors.known([{"user": "U1", "user_profile": {"display_name": "not so"}}, {"user": "U8", "user_profile": 7}])
    found = await people.find(["U7", "U8", "U1"])
    assert {id_: person.name for id_, person in found.items()} == {"U7": "Zoë Bright", "U8": "U8", "U1": "alice"}


def test_kinds_of_authors() -> None:
    assert kind_of({"is_app_user": True, "profile": {"bot_id": ""}}) is UserKind.PERSON
    assert kind_of({"is_connector_bot": True}) is UserKind.BOT
