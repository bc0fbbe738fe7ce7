"""What admins see of all sessions: where and whose they are, how much was said by how many, and what is busy."""

from dataclasses import replace

from chathakase.core.overview import AdminSession
from chathakase.core.types import Place, SessionId
from tests.storage.database_stores import ID, PLACE, Talk, answer

HERE = PLACE.workspace_key


def place(number: int, channel: str = "C1") -> Place:
    return PLACE.beside(channel, f"{number}.000001")


async def open_some(stores: Talk, *numbers: int) -> None:
    for number in numbers:
        stores.clock.now += 1_000
        await stores.say(f"{number}.000001", place=place(number))


async def seen(stores: Talk, limit: int = 9, after: str = "") -> list[Place | None]:
    return [each.place for each in (await stores.admin.sessions(HERE, limit=limit, after=after)).sessions]


async def test_what_is_told_of_one(stores: Talk) -> None:
    await stores.answered("1", "hello", "hi", author="U1")
    await stores.say("2", "a herring", author="U2")
    await stores.say("3", "help", command=True, author="U3")
    (told,) = (await stores.admin.sessions(HERE, limit=9)).sessions
    assert told == AdminSession(ID, PLACE, "U1", messages=3, people=2, active=stores.clock.now, busy=True)
    assert await stores.turns.finish(await stores.claimed(), answer("a2"))
    (told,) = (await stores.admin.sessions(HERE, limit=9)).sessions
    assert (told.busy, told.messages) == (False, 4)


async def test_an_answer_that_is_being_written_makes_it_busy(stores: Talk) -> None:
    await stores.say("1")
    await stores.claimed()
    (told,) = (await stores.admin.sessions(HERE, limit=9)).sessions
    assert told.busy


async def test_the_most_recently_active_come_first_page_by_page(stores: Talk) -> None:
    await open_some(stores, *range(1, 8))
    first = await stores.admin.sessions(HERE, limit=3)
    second = await stores.admin.sessions(HERE, limit=3, after=first.next)
    third = await stores.admin.sessions(HERE, limit=3, after=second.next)
    told = [each.place for page in (first, second, third) for each in page.sessions]
    assert told == [place(number) for number in (7, 6, 5, 4, 3, 2, 1)]
    assert {page.total for page in (first, second, third)} == {7}
    assert (bool(first.next), third.next) == (True, "")


async def test_those_of_one_moment_are_told_once_each(stores: Talk) -> None:
    for number in range(1, 6):
        await stores.say(f"{number}.000001", place=place(number))
    pages = [await stores.admin.sessions(HERE, limit=2)]
    for _ in range(2):
        pages.append(await stores.admin.sessions(HERE, limit=2, after=pages[-1].next))
    told = [each.session for page in pages for each in page.sessions]
    assert len(set(told)) == len(told) == 5
    assert pages[-1].next == ""


async def test_what_becomes_active_between_two_pages_is_told_on_no_later_one(stores: Talk) -> None:
    await open_some(stores, *range(1, 7))
    first = await stores.admin.sessions(HERE, limit=2)
    for number in (6, 1):
        stores.clock.now += 1_000
        await stores.say("9.9", place=place(number))
    assert await seen(stores, after=first.next) == [place(number) for number in (4, 3, 2)]
    assert (await seen(stores))[0] == place(1)


async def test_other_workspaces_have_their_own(stores: Talk) -> None:
    await stores.say("1")
    await stores.say("2", place=replace(PLACE, workspace="T2"))
    assert await seen(stores) == [PLACE]
    page = await stores.admin.sessions(HERE._replace(workspace="T3"), limit=9)
    assert (page.sessions, page.total, page.next) == ((), 0, "")


async def test_what_is_no_cursor_begins_anew(stores: Talk) -> None:
    await stores.say("1")
    for after in ("", "x", "1", "."):
        page = await stores.admin.sessions(HERE, limit=9, after=after)
        assert [each.session for each in page.sessions] == [SessionId("s0001")]
