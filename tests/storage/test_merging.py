"""The indexes of words grow in parts, which are merged bit by bit, and nothing that was taken out is left in them."""

import asyncio
import random
from typing import Any

import pytest

from chathakase.core.memory import Scope
from chathakase.storage.sqlite.merging import INDEXES, MOST_PAGES
from tests.places import slack_place
from tests.storage.database_stores import HERE, DatabaseStores, said

DAY = 86_400_000
OTHER = slack_place("C2", "1.000001")


async def parts(stores: DatabaseStores, index: str = "words_0") -> int:
    """How many parts there are: their number is in the upper bits of a page's (FTS5_SEGMENT_ROWID in fts5_index.c)."""
    rows = await stores.database.fetch(f"SELECT count(DISTINCT id >> 37) FROM {index}_data WHERE id > 10")
    return int(rows[0][0] or 0)


async def pages(stores: DatabaseStores) -> int:
    rows = await stores.database.fetch("SELECT count(*) FROM words_0_data WHERE id > 10")
    return int(rows[0][0] or 0)


async def holds(stores: DatabaseStores, part: str) -> bool:
    """Whether the pages of the indexes hold a part of a word, which stands there in plain text."""
    found = [await stores.database.fetch(f"SELECT hex(block) FROM {index}_data") for index in INDEXES]
    return part.encode().hex().upper() in str(found)


async def say_much(stores: DatabaseStores, *, messages: int) -> None:
    """Each in a transaction of its own, with parts of words that are all different."""
    letters = random.Random(4)
    for number in range(messages):
        text = "".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(300))
        await stores.say(f"7.{number:06d}", text, asks=False)


@pytest.mark.parametrize("index", INDEXES)
async def test_whoever_writes_merges_nothing_and_old_settings_are_gone(index: str, stores: DatabaseStores) -> None:
    rows = await stores.database.fetch(f"SELECT k, v FROM {index}_config")
    assert {row[0]: row[1] for row in rows} == {"automerge": 0, "crisismerge": 64, "pgsz": 1000, "version": 4}


async def test_parts_gather_until_they_are_merged(stores: DatabaseStores) -> None:
    for number in range(50):
        await stores.say(f"2.{number:06d}", f"words {number}", asks=False)
    assert await parts(stores) >= 50
    await stores.merging.merge()
    assert await parts(stores) <= 8
    assert len(await stores.search.search("words", author="U1", channels=None, limit=99)) >= 50


async def test_parts_that_nobody_merges_do_not_gather_for_ever(stores: DatabaseStores) -> None:
    for number in range(140):
        await stores.say(f"2.{number:06d}", f"words {number}", asks=False)
    assert await parts(stores) <= 66


async def test_they_are_merged_a_few_pages_at_a_time(stores: DatabaseStores, monkeypatch: pytest.MonkeyPatch) -> None:
    await say_much(stores, messages=60)
    before, begun = await pages(stores), 0
    unit = stores.database.unit

    async def counted(work: Any) -> object:
        nonlocal begun
        begun += 1
        return await unit(work)

    monkeypatch.setattr(stores.database, "unit", counted)
    await stores.merging.merge()
    assert begun > before / MOST_PAGES
    assert await parts(stores) <= 8


async def test_no_part_of_a_word_is_left_in_the_index(stores: DatabaseStores) -> None:
    for number in range(60):
        await stores.say(str(number), f"ordinary words {number}", place=OTHER, asks=False)
    await stores.answered("100", "the qzx secret", "a qzx")
    assert await holds(stores, "qzx")
    stores.clock.now += DAY
    await stores.say("101", "young", place=OTHER, asks=False)
    await stores.forgetting.prune(idle=DAY - 1)
    assert not await holds(stores, "qzx")
    assert await stores.count("unmerged") == 0
    assert len(await stores.search.search("ordinary", author=None, channels=None, limit=99)) >= 60


async def test_what_a_person_forgot_is_swept_out_of_the_index_as_well(stores: DatabaseStores) -> None:
    await stores.say("1", "the qzx secret", asks=False)
    await stores.say("2", "forget", command=True)
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="2")
    assert await stores.database.fetch("SELECT name FROM unmerged ORDER BY name") == [("title_words",), ("words_0",)]
    assert await stores.forgetting.prune(idle=DAY) == 0
    assert await stores.count("unmerged") == 0
    assert not await holds(stores, "qzx")
    await stores.sessions.append(said("9", "still works"))
    assert await stores.search.search("works", author="U1", channels=None, limit=9)


async def test_what_is_taken_out_while_it_is_swept_is_swept_the_next_time(stores: DatabaseStores) -> None:
    await say_much(stores, messages=60)
    await stores.say("1", "the qzx secret", asks=False)
    await stores.say("2", "an ordinary word", asks=False)
    await forget(stores, "2")
    sweeping = asyncio.create_task(stores.forgetting.prune(idle=DAY))
    while not await stores.database.fetch("SELECT 1 FROM unmerged WHERE name = 'words_0' AND state = 2"):
        await asyncio.sleep(0)
    await forget(stores, "1")
    assert not sweeping.done()
    await sweeping
    assert await stores.database.fetch("SELECT name, state FROM unmerged WHERE name = 'words_0'") == [("words_0", 1)]
    await stores.forgetting.prune(idle=DAY)
    assert await stores.count("unmerged") == 0
    assert not await holds(stores, "qzx")


async def forget(stores: DatabaseStores, ref: str) -> None:
    assert await stores.forgetting.forget(Scope.ONE, author="U1", session=HERE, before=ref)
