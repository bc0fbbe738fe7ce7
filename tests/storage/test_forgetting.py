"""What people want forgotten is forgotten, and nothing else."""

from dataclasses import replace

import pytest

from chathakase.core.jobs import Command, Job
from chathakase.core.memory import Scope, TitleBy
from chathakase.core.types import Renewal, Role
from tests.places import slack_place
from tests.storage.database_stores import FILE, HERE, ID, PLACE, DatabaseStores, answer, said

OTHER = slack_place("C2", "1.000001")


@pytest.fixture
async def talk(stores: DatabaseStores) -> DatabaseStores:
    """Two people in two threads; then one of them says a command."""
    await stores.say("1", "apples of U1", files=(FILE,))
    await stores.say("2", "pears of U2", author="U2")
    await stores.turns.finish(await stores.claimed(), answer("an answer"))
    await stores.say("3", "plums of U1", asks=False)
    await stores.say("4", "figs of U1 elsewhere", place=OTHER, asks=False)
    await stores.say("5", "help", command=True)
    return stores


async def everything(stores: DatabaseStores) -> str:
    return str(await stores.database.fetch("SELECT text, author, name FROM messages"))


async def test_the_newest_message_is_forgotten(talk: DatabaseStores) -> None:
    assert await talk.forgetting.forget(Scope.LAST, author="U1", session=HERE, before="5") == 1
    assert await talk.texts() == ["apples of U1", "pears of U2", "an answer"]
    assert await talk.forgetting.forget(Scope.LAST, author="U1", session=HERE, before="5") == 1
    assert await talk.texts() == ["pears of U2", "an answer"]
    assert await talk.forgetting.forget(Scope.LAST, author="U1", session=HERE, before="5") == 0
    assert await talk.title() == ("pears of U2", "rule")


async def test_what_is_said_after_the_command_is_not_the_newest(talk: DatabaseStores) -> None:
    await talk.say("6", "said since", asks=False)
    await talk.forgetting.forget(Scope.LAST, author="U1", session=HERE, before="5")
    assert await talk.texts() == ["apples of U1", "pears of U2", "an answer", "said since"]


async def test_everything_here_is_forgotten(talk: DatabaseStores) -> None:
    await talk.sum_up()
    assert await talk.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="5") == 2
    assert await talk.texts() == ["pears of U2", "an answer"]
    assert await talk.count("files") == 0
    assert (await talk.remembered()).summary is None
    assert await talk.sessions.people(PLACE) == {"U2"}
    assert (await talk.database.fetch("SELECT count(*) FROM messages WHERE author = 'U1'"))[0][0] == 1


@pytest.mark.parametrize("messages", [0, 130])
async def test_everything_everywhere_is_forgotten(messages: int, talk: DatabaseStores) -> None:
    for number in range(messages):
        place = (PLACE, OTHER)[number % 2]
        await talk.say(f"4.{number:06d}", f"more of U1 {number}", place=place, asks=False)
    await talk.say("6", "said since", asks=False)
    assert await talk.forgetting.forget(Scope.EVERYWHERE, author="U1", session=HERE, before="5") == 3 + messages
    assert await talk.texts() == ["pears of U2", "an answer", "said since"]
    assert "of U1" not in await everything(talk)
    assert await talk.forgetting.forget(Scope.EVERYWHERE, author="U1", session=HERE, before="5") == 0
    assert not await talk.search.search("elsewhere", author=None, channels=None, limit=9)


@pytest.mark.parametrize("scope", [Scope.HERE, Scope.EVERYWHERE])
async def test_what_is_forgotten_is_not_read_again_from_above(scope: Scope, stores: DatabaseStores) -> None:
    await stores.say("5", "forget my messages here", command=True)
    for _ in range(2):
        assert await stores.forgetting.forget(scope, author="U1", session=HERE, before="5") == 0
    await stores.say("6", "now a question", author="U2")
    above = [said("1", "apples of U1"), said("2", "pears of U2", author="U2"), said("5.5", "figs of U1, said since")]
    assert await stores.memory.add_earlier(ID, above) == 2
    assert await stores.texts() == ["pears of U2", "figs of U1, said since", "now a question"]
    assert await stores.count("exclusions") == 0


async def test_nothing_is_excluded_where_nothing_above_is_read_any_more(stores: DatabaseStores) -> None:
    await stores.say("5", "forget my messages here", command=True)
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="5")
    assert await stores.count("exclusions") == 1
    await stores.say("6", "clear session", command=True)
    await stores.clear("6")
    assert await stores.count("exclusions") == 0


async def test_one_message_of_anybody_is_forgotten(talk: DatabaseStores) -> None:
    assert await talk.forgetting.forget(Scope.ONE, author="U1", session=HERE, before="2") == 1
    assert await talk.texts() == ["apples of U1", "an answer", "plums of U1"]
    assert await talk.forgetting.forget(Scope.ONE, author="U1", session=HERE, before="2") == 0
    assert await talk.forgetting.forget(Scope.ONE, author="U1", session=HERE, before="unknown") == 0


async def test_a_command_is_forgotten_alone_by_whoever_said_it(talk: DatabaseStores) -> None:
    assert await talk.forgetting.author_of(ID, "5") == "U1"
    assert await talk.forgetting.forget(Scope.ONE, author="U1", session=HERE, before="5") == 1
    assert await talk.forgetting.author_of(ID, "5") is None


async def test_an_answer_is_nobodys_and_not_forgotten_alone(stores: DatabaseStores) -> None:
    await stores.say("5", "q5")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["5.1", "5.2"])
    await stores.turns.finish(lease, answer("a5"))
    await stores.memory.add_earlier(ID, [said("2", "from above", ours=True)])
    for ref in ("2", "5.1", "5.2"):
        assert await stores.forgetting.author_of(ID, ref) == ""
        assert await stores.forgetting.forget(Scope.ONE, author="", session=HERE, before=ref) == 0
    await stores.say("6", "clear session", command=True)
    await stores.clear("6")
    assert await stores.forgetting.author_of(ID, "5.1") is None


async def test_what_is_forgotten_is_not_answered(stores: DatabaseStores) -> None:
    await stores.say("1", "mine")
    await stores.say("2", "theirs", author="U2")
    await stores.say("3", "forget", command=True)
    lease = await stores.claimed()
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="3")
    assert await stores.turns.renew([lease]) == [Renewal.HELD]
    await stores.turns.release(lease)
    assert await stores.texts(await stores.claimed()) == ["theirs"]
    await stores.forgetting.forget(Scope.EVERYWHERE, author="U2", session=HERE, before="3")
    assert await stores.turns.waiting([PLACE.workspace_key]) == []


async def test_what_was_said_behind_a_command_is_forgotten_when_it_is_done(stores: DatabaseStores) -> None:
    job = Job(Command(PLACE, "1", "U1", "rename session", "Secret"))
    await stores.sessions.append(said("1", "rename session Secret"), role=Role.COMMAND, job=job)
    await stores.say("2", "forget", command=True)
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="2")
    assert await stores.database.fetch("SELECT argument FROM jobs WHERE ref = '1'") == [("Secret",)]
    await stores.jobs.done(job)
    assert await stores.database.fetch("SELECT argument FROM jobs WHERE ref = '1'") == [("",)]
    assert "Secret" not in await everything(stores)


async def test_a_command_keeps_what_was_said_behind_it(stores: DatabaseStores) -> None:
    job = Job(Command(PLACE, "1", "U1", "rename session", "Kyoto trip"))
    await stores.sessions.append(said("1", "rename session Kyoto trip"), role=Role.COMMAND, job=job)
    stores.clock.now += 60_000
    assert [claimed.task for claimed in await stores.jobs.claim([PLACE.workspace_key])] == [job.task]


async def test_clearing_forgets_files_summary_title_and_earlier_commands(talk: DatabaseStores) -> None:
    await talk.sum_up()
    await talk.say("6", "clear session", command=True)
    assert await talk.forgetting.clear(ID, before="6") == 4
    memory = await talk.remembered()
    assert (memory.messages, memory.summary, memory.title) == ((), None, "General Chat")
    assert await talk.count("files") == 0
    rows = await talk.database.fetch("SELECT text FROM messages WHERE session = $1 AND text <> ''", ID)
    assert rows == [("clear session",)]


async def test_where_somebody_spoke_is_known(stores: DatabaseStores) -> None:
    other = slack_place("C1", "2.000001")
    await stores.say("1", "q1")
    await stores.say("2", "q2", place=other, author="U2")
    await stores.say("3", "help", place=other, command=True)
    assert await stores.forgetting.where("U1", PLACE) == {ID}
    assert await stores.forgetting.where("U2", PLACE) == {await stores.sessions.find(other)}
    assert await stores.forgetting.where("U2", replace(PLACE, workspace="T2")) == set()
    assert await stores.forgetting.where("", PLACE) == set()


async def test_clearing_forgets_the_title_that_a_person_gave_before(stores: DatabaseStores) -> None:
    await stores.answered("1", "the secret", "a1")
    await stores.titles.set_title(ID, "The secret", by=TitleBy.PERSON)
    await stores.say("2", "clear session", command=True)
    await stores.say("3", "the next")
    await stores.clear("2")
    assert await stores.title() == ("the next", "rule")
    await stores.titles.set_title(ID, "Later", by=TitleBy.PERSON)
    await stores.clear("2")
    assert await stores.title() == ("Later", "person")
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="3")
    assert await stores.title() == ("Later", "person")
    await stores.say("4", "clear session", command=True)
    await stores.clear("4")
    assert await stores.title() == ("General Chat", "")
