"""Whose title a session has."""

from chathakase.core.memory import TitleBy
from chathakase.core.types import Usage
from tests.storage.database_stores import ID, DatabaseStores, change


async def test_the_first_line_gives_the_title_at_once(stores: DatabaseStores) -> None:
    await stores.say("1", "help", command=True)
    assert (await stores.remembered()).title == ""
    await stores.say("2", "How do **threads** work?\nAnd why?")
    await stores.say("3", "Something else")
    assert await stores.title() == ("How do threads work?", "rule")


async def test_a_model_wins_over_the_rule_and_a_person_over_both(stores: DatabaseStores) -> None:
    assert not await stores.titles.set_title(ID, "Nobody's", by=TitleBy.PERSON)
    await stores.say("1", "How do threads work?")
    assert await stores.titles.set_title(ID, "Threads", by=TitleBy.MODEL, usage=Usage(1, 2), model="m-2")
    assert not await stores.titles.set_title(ID, "Other threads", by=TitleBy.MODEL, usage=Usage(1, 2), model="m-2")
    assert not await stores.titles.set_title(ID, "How", by=TitleBy.RULE)
    assert await stores.titles.set_title(ID, "My threads", by=TitleBy.PERSON)
    assert await stores.titles.set_title(ID, "Our threads", by=TitleBy.PERSON)
    assert not await stores.titles.set_title(ID, "Threads", by=TitleBy.MODEL)
    assert await stores.title() == ("Our threads", "person")
    info = await stores.sessions.info(ID)
    assert info is not None
    assert info.usage == (("m-2", 2, 4),)


async def test_a_models_title_goes_with_what_is_deleted_and_with_a_new_beginning(stores: DatabaseStores) -> None:
    await stores.answered("1", "the first", "a1")
    await stores.answered("2", "the second", "a2")
    await stores.titles.set_title(ID, "Both", by=TitleBy.MODEL)
    await stores.answered("3", "the third", "a3")
    await stores.changes.change(change("3", "the third, corrected"))
    await stores.changes.change(change("3"))
    assert await stores.title() == ("Both", "model")
    await stores.changes.change(change("2", "the second, corrected"))
    assert await stores.title() == ("the first", "rule")
    await stores.titles.set_title(ID, "Both", by=TitleBy.MODEL)
    await stores.changes.change(change("1", "the first, corrected"))
    assert await stores.title() == ("the first, corrected", "rule")
    await stores.titles.set_title(ID, "Both", by=TitleBy.MODEL)
    await stores.changes.change(change("1"))
    assert await stores.title() == ("the second, corrected", "rule")


async def test_a_title_goes_with_what_it_was_made_of_though_something_older_came_since(stores: DatabaseStores) -> None:
    await stores.say("2", "the secret")
    await stores.say("1", "said before", opens=False)
    assert await stores.title() == ("the secret", "rule")
    await stores.changes.change(change("2", "nothing"))
    assert await stores.title() == ("said before", "rule")
