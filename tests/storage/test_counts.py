"""What is kept of each session besides its messages is right after whatever happens to them."""

from collections.abc import Awaitable, Callable
from time import process_time

import pytest

from chathakase.core.jobs import Command, Job
from chathakase.core.memory import Scope
from chathakase.core.types import ExpiryMode, LastMessage, Participant, Role, SaidTo, TurnAction
from chathakase.storage.sqlite.database_diagnostics import check_database
from chathakase.storage.sqlite.recount import recount
from tests.places import slack_place
from tests.storage.database_stores import HERE, ID, PLACE, TIMEOUT, DatabaseStores, answer, change, said
from tests.storage.truth import Counts, assert_true

OTHER = slack_place("C2", "1.000001")
LONG = "a long question " * 20


async def talk(stores: DatabaseStores) -> None:
    """Two people, two answers, a command, and something said that the bot was not asked."""
    await stores.answered("1.000001", "first", "one", author="U1")
    await stores.answered("3.000001", LONG, "two", author="U2")
    await stores.say("4.000001", "by the way", author="U1", asks=False)
    await stores.say("5.000001", "session info", command=True)


async def nothing(stores: DatabaseStores) -> None:
    pass


async def a_burst(stores: DatabaseStores) -> None:
    for number in range(15):
        await stores.say(f"6.0000{number:02}", f"burst {number}", author=f"U{number % 3}")


async def a_late_message(stores: DatabaseStores) -> None:
    await stores.say("2.000001", "late", author="U3")


async def one_from_other_people(stores: DatabaseStores) -> None:
    await stores.say("6.000001", "psst", author="U4", asks=False, said_to=SaidTo.OTHERS)


async def one_of_an_app(stores: DatabaseStores) -> None:
    await stores.say("6.000001", "build failed", author="B1", name="CI")


async def the_same_again(stores: DatabaseStores) -> None:
    await stores.say("1.000001", "first", author="U1")


async def an_edit_of_the_last(stores: DatabaseStores) -> None:
    await stores.changes.change(change("4.000001", LONG))


async def an_edit_of_the_first(stores: DatabaseStores) -> None:
    await stores.changes.change(change("1.000001", "first, that is"))


async def a_deletion_of_the_last(stores: DatabaseStores) -> None:
    await stores.changes.change(change("4.000001"))


async def a_deletion_of_an_answer(stores: DatabaseStores) -> None:
    rows = await stores.database.fetch("SELECT id FROM turns ORDER BY upto DESC")
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE turns SET reply_refs = '[\"9.9\"]' WHERE id = $1", rows[0][0])
    await stores.changes.change(change("9.9"))


async def a_deletion_that_overtakes(stores: DatabaseStores) -> None:
    await stores.changes.change(change("8.000001"))
    await stores.say("8.000001", "never mind")


async def a_command_that_is_a_question_now(stores: DatabaseStores) -> None:
    await stores.changes.change(change("5.000001", "how are you?"))
    await stores.turns.finish(await stores.claimed(), answer("fine"))


async def a_mention_whose_file_comes_later(stores: DatabaseStores) -> None:
    incoming = said("6.000001", "", author="U5")
    await stores.sessions.append(incoming, role=Role.COMMAND, job=Job(Command(PLACE, "6.000001", "U5", "help")))
    await stores.say("6.000001", "look at this", author="U5")


async def another_answer(stores: DatabaseStores) -> None:
    turn, run = await stores.newest()
    assert await stores.interaction(turn, TurnAction.RETRY, run=run)
    stores.clock.now += 1
    await stores.turns.finish(await stores.claimed(), answer("two, better"))


async def another_answer_that_fails(stores: DatabaseStores) -> None:
    turn, run = await stores.newest()
    assert await stores.interaction(turn, TurnAction.RETRY, run=run)
    await stores.turns.finish(await stores.claimed(), answer(""))


async def an_answer_while_they_talk_on(stores: DatabaseStores) -> None:
    await stores.say("6.000001", "question")
    lease = await stores.claimed()
    await stores.say("7.000001", "another one", author="U2")
    await stores.turns.finish(lease, answer("an answer to the first"))


def forgetting(
    scope: Scope, author: str = "U1", before: str = "5.000001"
) -> Callable[[DatabaseStores], Awaitable[None]]:
    async def forget(stores: DatabaseStores) -> None:
        assert await stores.forgetting.forget(scope, author=author, session=HERE, before=before)

    return forget


async def a_cleared_session(stores: DatabaseStores) -> None:
    await stores.say("6.000001", "clear session", command=True)
    assert await stores.clear("6.000001") == 5


async def a_question_after_it_was_cleared(stores: DatabaseStores) -> None:
    await a_cleared_session(stores)
    await stores.answered("7.000001", "anew", "of course", author="U2")


async def messages_from_above(stores: DatabaseStores) -> None:
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET backfilled = 0")
    above = [said(f"0.0000{number:02}", f"above {number}", author=f"U{number % 4}") for number in range(20)]
    above.append(said("0.000030", "ours", author="", ours=True))
    assert await stores.memory.add_earlier(ID, above) == 21


DEEDS = [
    nothing,
    a_burst,
    a_late_message,
    one_from_other_people,
    one_of_an_app,
    the_same_again,
    an_edit_of_the_last,
    an_edit_of_the_first,
    a_deletion_of_the_last,
    a_deletion_of_an_answer,
    a_deletion_that_overtakes,
    a_command_that_is_a_question_now,
    a_mention_whose_file_comes_later,
    another_answer,
    another_answer_that_fails,
    an_answer_while_they_talk_on,
    pytest.param(forgetting(Scope.LAST), id="forget_last"),
    pytest.param(forgetting(Scope.ONE, before="3.000001"), id="forget_one"),
    pytest.param(forgetting(Scope.HERE), id="forget_here"),
    pytest.param(forgetting(Scope.HERE, "U2"), id="forget_here_of_the_other"),
    pytest.param(forgetting(Scope.EVERYWHERE), id="forget_everywhere"),
    a_cleared_session,
    a_question_after_it_was_cleared,
    messages_from_above,
]


@pytest.mark.parametrize("deed", DEEDS)
async def test_it_is_right_after(deed: Callable[[DatabaseStores], Awaitable[None]], stores: DatabaseStores) -> None:
    await talk(stores)
    before = await assert_true(stores.database)
    assert before[ID].messages == 5
    await deed(stores)
    after = await assert_true(stores.database)
    info = await stores.sessions.info(ID)
    assert info is not None
    assert info.messages == after[ID].messages
    assert set(info.people) == set(after[ID].participants or ()) == await stores.sessions.people(PLACE)


async def test_it_is_told_of_a_session(stores: DatabaseStores) -> None:
    await talk(stores)
    info = await stores.sessions.info(ID)
    (listed,) = (await stores.sessions.active(PLACE, limit=9)).sessions
    assert info == listed
    assert info.owner == "U1"
    assert info.last == LastMessage("by the way", "U1", 4_000)
    assert info.participants == (Participant("U1", 4_000), Participant("U2", 3_000))


async def test_an_answer_is_the_last_message_of_nobody_from_when_it_ended(stores: DatabaseStores) -> None:
    await stores.answered("1.000001", "first", "x" * 300)
    info = await stores.sessions.info(ID)
    assert info is not None
    assert info.last == LastMessage("x" * 100, "", stores.clock.now)


async def test_when_all_is_forgotten_of_a_session_only_who_asked_first_is_told(
    stores: DatabaseStores,
) -> None:
    await talk(stores)
    await a_cleared_session(stores)
    info = await stores.sessions.info(ID)
    assert info is not None
    assert (info.messages, info.last, info.participants, info.owner) == (0, None, (), "U1")


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_it_is_right_when_a_session_expires(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], DatabaseStores]
) -> None:
    stores = stores_with(mode)
    await talk(stores)
    await stores.jobs.done(Job(Command(PLACE, "5.000001", "U1", "session info")))
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    found = await assert_true(stores.database)
    assert [each.messages for each in found.values()] == ([5] if mode is ExpiryMode.ARCHIVE else [])
    assert await stores.count("participants") == (2 if mode is ExpiryMode.ARCHIVE else 0)
    await stores.say("9.000001", "anew")
    found = await assert_true(stores.database)
    assert found[await stores.id_at()].messages == (6 if mode is ExpiryMode.ARCHIVE else 1)


async def test_it_is_right_while_a_session_is_deleted_bit_by_bit(stores: DatabaseStores) -> None:
    await talk(stores)
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET deleting = 1")
    for left in (5, 4, 3, 2, 1, 0):
        found = await assert_true(stores.database)
        assert found[ID].messages <= left
        async with stores.database.transaction() as transaction:
            await transaction.execute("DELETE FROM messages WHERE id = (SELECT min(id) FROM messages)")


async def test_what_is_undone_is_not_counted(stores: DatabaseStores) -> None:
    async def delete_and_fail() -> None:
        async with stores.database.transaction() as transaction:
            await transaction.execute("DELETE FROM messages")
            raise ZeroDivisionError

    await talk(stores)
    with pytest.raises(ZeroDivisionError):
        await delete_and_fail()
    assert (await assert_true(stores.database))[ID].messages == 5


PLANTED = [
    "UPDATE sessions SET message_count = 4 WHERE id = $1",
    "UPDATE sessions SET exchanges = 7 WHERE id = $1",
    "UPDATE sessions SET last_text = 'something else' WHERE id = $1",
    "UPDATE sessions SET last_author = '' WHERE id = $1",
    "UPDATE sessions SET last_said = NULL WHERE id = $1",
    "DELETE FROM participants WHERE session = $1 AND author = 'U2'",
    "UPDATE participants SET wrote_at = wrote_at - 1 WHERE session = $1 AND author = 'U1'",
    "INSERT INTO participants VALUES ($1, 'U9', 1)",
    "DELETE FROM listed WHERE session = $1 AND person = 'U1'",
    "DELETE FROM listed WHERE session = $1 AND person = 'U2'",
    "UPDATE listed SET active_at = active_at - 1 WHERE session = $1 AND person = 'U2'",
    "UPDATE listed SET archived_by = 'U2' WHERE session = $1",
    "INSERT INTO listed SELECT 'U9', active_at, $1, surface, workspace, channel, agent, '' FROM sessions WHERE id = $1",
]


@pytest.mark.parametrize("planted", PLANTED)
async def test_what_is_wrong_is_found_and_counted_again(planted: str, stores: DatabaseStores) -> None:
    await talk(stores)
    await stores.say("1.000001", place=OTHER)
    right = await assert_true(stores.database)
    assert await recount(stores.database) == 0
    assert "counts" not in await subjects(stores)
    async with stores.database.transaction() as transaction:
        await transaction.execute(planted, ID)
    with pytest.raises(AssertionError):
        await assert_true(stores.database)
    assert "counts" in await subjects(stores)
    assert await recount(stores.database) == 1
    assert await assert_true(stores.database) == right
    assert "counts" not in await subjects(stores)


async def subjects(stores: DatabaseStores) -> set[str]:
    """What the doctor speaks of."""
    return {each.subject for each in await check_database(stores.database._path, now=stores.clock.now, direct="D")}


MANY = 20_000

FILL = """
WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $2)
INSERT INTO messages (session, seq, role, text, author, ref, said, at)
SELECT $1, n + 1000, CASE n % 4 WHEN 0 THEN 'assistant' ELSE 'user' END, 'hello ' || n,
    CASE n % 4 WHEN 0 THEN '' ELSE 'U' || (n % 3) END, 'r' || n, n * 1000000, 0 FROM n
"""

ONE_BY_ONE = "UPDATE messages SET role = 'cleared', text = '', author = '' WHERE session = $1 AND seq = $2"
AT_ONCE = "UPDATE messages SET role = 'cleared', text = '', author = '' WHERE session = $1 AND seq BETWEEN $2 AND $3"


@pytest.mark.long
async def test_each_costs_the_same_however_long_the_session_is(stores: DatabaseStores) -> None:
    """Newest first, which leaves the emptied rows where the last message is looked for."""
    await stores.say("0.000001")
    async with stores.database.transaction() as transaction:
        await transaction.execute(FILL, ID, MANY)
    costs = []
    for end in range(MANY + 1000, 1000, -MANY // 4):
        began = process_time()
        async with stores.database.transaction() as transaction:
            for seq in range(end, end - 500, -1):
                await transaction.execute(ONE_BY_ONE, ID, seq)
        costs.append(process_time() - began)
        async with stores.database.transaction() as transaction:
            await transaction.execute(AT_ONCE, ID, end - MANY // 4 + 1, end)
    assert max(costs) < 4 * min(costs)
    assert (await assert_true(stores.database))[ID] == Counts(1, ("hello", "U1", 1), {"U1": 1})
