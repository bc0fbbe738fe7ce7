"""What a database keeps of what the stores are given, and what becomes of idle sessions."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import ExpiryMode, Role
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.stores.expiry import SESSIONS
from tests.places import slack_place
from tests.storage.database_stores import ID, LATER, PLACE, TIMEOUT, DatabaseStores, answer


async def test_a_question_is_saved_once(stores: DatabaseStores) -> None:
    assert await stores.say("1")
    assert not await stores.say("1")
    assert await stores.texts() == ["hello"]
    rows = await stores.database.fetch("SELECT seq, asked FROM sessions")
    assert rows == [(1, 1)]


async def test_twins_at_the_same_time_are_saved_once(stores: DatabaseStores) -> None:
    results = await asyncio.gather(*(stores.say(str(n // 2)) for n in range(40)))
    assert sum(map(bool, results)) == 20
    assert await stores.count("messages") == 20


async def test_only_what_opens_makes_a_session(stores: DatabaseStores) -> None:
    assert not await stores.say("1", opens=False)
    assert await stores.count("sessions") == 0
    await stores.say("2")
    assert await stores.say("3", opens=False)


async def test_finish_saves_the_answer_the_cursor_and_the_turn(stores: DatabaseStores) -> None:
    await stores.say("1")
    lease = await stores.claimed()
    assert (lease.place, lease.upto, lease.attempt, lease.refs) == (PLACE, 1, 1, ())
    assert await stores.turns.finish(lease, answer("the answer"))
    history = (await stores.remembered(lease=LATER)).messages
    assert [(message.role, message.text, message.author) for message in history] == [
        (Role.USER, "hello", "U1"),
        (Role.ASSISTANT, "the answer", ""),
    ]
    turns = await stores.database.fetch(
        "SELECT outcome, model, prompt_tokens, completion_tokens, upto, attempts FROM turns"
    )
    assert turns == [("answered", "m-1", 10, 5, 1, 1)]
    assert await stores.turns.claim(ID) is None
    assert not await stores.turns.was_cleared(lease)


async def test_nothing_is_recorded_of_a_turn_whose_lease_is_lost(stores: DatabaseStores) -> None:
    await stores.say("1", "the question")
    lost = await stores.claimed()
    stores.clock.now += LEASE_MS + 1
    holder = await stores.claimed()
    before = await stores.database.fetch("SELECT * FROM sessions")
    assert not await stores.turns.finish(lost, answer("late"))
    assert [await stores.count(table) for table in ("turns", "usage", "messages")] == [0, 0, 1]
    assert await stores.database.fetch("SELECT * FROM sessions") == before
    assert await stores.turns.finish(holder, answer("in time"))
    assert await stores.database.fetch("SELECT id, attempts, outcome FROM turns") == [(lost.turn, 2, "answered")]
    assert not await stores.turns.finish(lost, answer("later still"))
    assert await stores.texts() == ["the question", "in time"]


async def test_clearing_forgets_and_ends_the_turn(stores: DatabaseStores) -> None:
    await stores.say("1", "secret")
    await stores.turns.finish(await stores.claimed(), answer("secret answer"))
    await stores.say("2", "secret too")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.say("3", "clear session", command=True)
    assert await stores.clear("3") == 3
    assert not await stores.turns.finish(lease, answer("late"))
    assert await stores.texts() == []
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert not await stores.say("2", "delivered again")
    await stores.say("4", "afresh")
    fresh = await stores.claimed()
    assert fresh.refs == ()
    assert not fresh.resumed
    assert await stores.texts() == ["afresh"]
    everything = await stores.database.fetch("SELECT text, author FROM messages")
    assert "secret" not in str(everything)


async def test_info_counts_people_and_messages(stores: DatabaseStores) -> None:
    assert await stores.sessions.info(ID) is None
    await stores.say("1", author="U2")
    await stores.say("2", author="U1")
    await stores.say("3", "help", author="U3", command=True)
    stores.clock.now += 5_000
    info = await stores.sessions.info(ID)
    assert info is not None
    assert (info.messages, info.people, info.busy) == (2, ("U2", "U1"), True)
    assert stores.clock.now - info.began == 5_000
    page = await stores.sessions.active(PLACE, limit=1)
    assert page.total == 1
    assert page.sessions == (info,)


async def test_idle_sessions_are_archived_and_woken(stores: DatabaseStores) -> None:
    await stores.say("1", "before")
    await stores.turns.finish(await stores.claimed(), answer("a"))
    stores.clock.now += TIMEOUT
    assert await stores.forgetting.expire() == 0
    stores.clock.now += 1
    assert (await stores.sessions.active(PLACE, limit=9)).total == 0
    assert await stores.forgetting.expire() == 1
    assert await stores.forgetting.expire() == 0
    assert await stores.say("2", "after", opens=False)
    assert (await stores.sessions.active(PLACE, limit=9)).total == 1
    assert await stores.texts() == ["before", "a", "after"]


async def test_idle_sessions_are_deleted_with_every_row(stores_with: Callable[[ExpiryMode], DatabaseStores]) -> None:
    stores = stores_with(ExpiryMode.DELETE)
    await stores.say("1", "before")
    await stores.turns.finish(await stores.claimed(), answer("a"))
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    for table in ("sessions", "messages", "turns"):
        assert await stores.count(table) == 0


async def test_an_idle_session_counts_as_expired_before_the_job_has_run(
    stores_with: Callable[[ExpiryMode], DatabaseStores],
) -> None:
    stores = stores_with(ExpiryMode.DELETE)
    await stores.say("1", "before")
    await stores.turns.finish(await stores.claimed(), answer("a"))
    stores.clock.now += TIMEOUT + 1
    assert not await stores.say("2", "a reply that needs the session", opens=False)
    assert await stores.say("3", "a mention")
    assert await stores.texts() == ["a mention"]


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_what_waits_or_is_under_way_never_expires(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], DatabaseStores]
) -> None:
    stores = stores_with(mode)
    await stores.say("1")
    stores.clock.now += TIMEOUT * 2
    assert await stores.forgetting.expire() == 0
    lease = await stores.claimed()
    assert await stores.forgetting.expire() == 0
    await stores.say("2")
    assert await stores.texts() == ["hello", "hello"]
    assert await stores.turns.finish(lease, answer("a"))


async def test_more_sessions_than_a_batch_expire(stores: DatabaseStores) -> None:
    for number in range(SESSIONS * 4 + 5):
        await stores.say(f"{number}", place=slack_place("C1", f"{number}.0"), asks=False)
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == SESSIONS * 4 + 5


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("these are my notes, not a database, and they are long enough to be seen as such" * 9)
    with pytest.raises(StoreError):
        async with open_sqlite(file) as opened:
            await migrate(opened, now=0)


async def test_only_what_wants_an_answer_asks(stores: DatabaseStores) -> None:
    await stores.say("1", "q1", author="U1")
    await stores.say("2", "by the way", author="U2", asks=False)
    await stores.say("3", "help", author="U3", command=True)
    await stores.turns.finish(await stores.claimed(), answer("a1"))
    rows = await stores.database.fetch("SELECT ref FROM messages WHERE asks = 1")
    assert rows == [("1",)]
