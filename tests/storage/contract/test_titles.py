"""Whose title a session has."""

from chathakase.core.memory import TitleBy
from tests.storage.database_stores import ID, Talk, change


async def test_a_title_that_may_tell_of_what_is_forgotten_is_not_taken(stores: Talk) -> None:
    await stores.answered("1", "the secret", "a1")
    memory = await stores.remembered()
    await stores.changes.change(change("1"))
    assert not await stores.titles.set_title(ID, "The secret", by=TitleBy.MODEL, made_of=memory)
    assert await stores.titles.set_title(ID, "Fine", by=TitleBy.MODEL, made_of=await stores.remembered())


async def test_the_first_line_is_the_title_until_a_model_gives_one_and_a_persons_stays(stores: Talk) -> None:
    await stores.say("1", "How do **threads** work?")
    assert await named(stores) == ("How do threads work?", "rule")
    assert await stores.titles.set_title(ID, "Threads", by=TitleBy.MODEL)
    assert not await stores.titles.set_title(ID, "Other threads", by=TitleBy.MODEL)
    assert await stores.titles.set_title(ID, "My threads", by=TitleBy.PERSON)
    assert not await stores.titles.set_title(ID, "Threads", by=TitleBy.MODEL)
    assert await named(stores) == ("My threads", "person")


async def test_a_models_title_goes_with_what_it_may_tell_of(stores: Talk) -> None:
    await stores.say("1", "the first")
    await stores.titles.set_title(ID, "Both", by=TitleBy.MODEL)
    await stores.say("2", "the second")
    await stores.changes.change(change("2"))
    assert await named(stores) == ("Both", "model")
    await stores.changes.change(change("1", "the first, corrected"))
    assert await named(stores) == ("the first, corrected", "rule")


async def test_what_a_session_is_called_is_told_until_it_is_gone(stores: Talk) -> None:
    assert await stores.titles.title(ID) is None
    await stores.say("1", "How do **threads** work?")
    assert await stores.titles.title(ID) == "How do threads work?"
    await stores.titles.set_title(ID, "Mine", by=TitleBy.PERSON)
    assert await stores.titles.title(ID) == "Mine"


async def named(stores: Talk) -> tuple[str, str | None]:
    memory = await stores.remembered()
    return memory.title, memory.title_by
