"""Search finds what was said to those who may see it."""

import asyncio
from collections.abc import Collection

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chathakase.core.memory import SearchHit, TitleBy
from chathakase.storage.sqlite import search as search_module
from chathakase.storage.sqlite.matching import EXCERPT, LONGEST_PATTERN, query
from chathakase.storage.sqlite.merging import INDEXES
from tests.examples import examples
from tests.places import slack_place
from tests.storage.database_stores import FILE, ID, PLACE, DatabaseStores, change

OTHER = slack_place("D2", "1.000001")
BLOCK = 1 << 16
"""How many messages one index holds before the next one does."""
TYPED = st.characters(exclude_characters="\0")


async def find(
    stores: DatabaseStores,
    words: str,
    *,
    author: str | None = None,
    channels: Collection[str] | None = None,
    limit: int = 99,
) -> list[SearchHit]:
    places = None if channels is None else [slack_place(channel, "") for channel in channels]
    return await stores.search.search(words, author=author, channels=places, limit=limit)


async def channels_of(stores: DatabaseStores, author: str) -> set[str]:
    return {each.channel for each in await stores.search.channels_of(author)}


async def excerpts(stores: DatabaseStores, words: str, *, author: str | None = None) -> list[str]:
    return [found.excerpt for found in await find(stores, words, author=author) if found.ref or not found.author]


async def test_messages_answers_and_titles_are_found_newest_first(stores: DatabaseStores) -> None:
    await stores.answered("1", "Where is Kyoto?", "Kyoto is in Japan.")
    await stores.say("2", "And Nara, near KYOTO?", author="U2")
    await stores.titles.set_title(ID, "Trip to kyoto", by=TitleBy.PERSON)
    title, second, *first = await find(stores, "kyoto")
    assert title == SearchHit(ID, PLACE, "Trip to kyoto", "", "", "Trip to kyoto", stores.clock.now)
    assert second == SearchHit(ID, PLACE, "Trip to kyoto", "2", "U2", "And Nara, near KYOTO?", 2_000)
    assert {(found.ref, found.author, found.excerpt) for found in first} == {
        ("1", "U1", "Where is Kyoto?"),
        ("", "", "Kyoto is in Japan."),
    }
    assert len(await find(stores, "kyoto", limit=2)) == 2
    assert await find(stores, "kyoto nara") == [second]
    assert await find(stores, "kyoto osaka") == []
    assert await find(stores, "  ") == []


async def test_only_ones_own_sessions_and_channels_are_searched(stores: DatabaseStores) -> None:
    await stores.say("1", "apples here")
    await stores.say("2", "apples there", author="U2", place=OTHER)
    assert {found.place for found in await find(stores, "apples", author="U1")} == {PLACE}
    assert {found.place for found in await find(stores, "apples", author="U2", channels=["D2"])} == {OTHER}
    assert await find(stores, "apples", author="U2", channels=["C1"]) == []
    assert await find(stores, "apples", author="U2", channels=[]) == []
    assert await find(stores, "apples", author="U3") == []
    assert await channels_of(stores, "U1") == {"C1"}
    assert await channels_of(stores, "U2") == {"D2"}
    assert await channels_of(stores, "U3") == set()


async def test_somebody_may_have_spoken_in_many_channels(stores: DatabaseStores) -> None:
    places = [slack_place(channel, f"{n}.0") for channel in ("C1", "C12", "C2", "D", "D1") for n in range(3)]
    for number, place in enumerate(places):
        await stores.say(str(number), place=place, author=f"U{1 + number % 2}")
    assert await channels_of(stores, "U1") == {"C1", "C12", "C2", "D", "D1"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("日本語", True),
        ("日本", True),
        ("語", True),
        ("本語を", True),
        ("日語", False),
        ("ÜBER", True),
        ("ü", True),
        ('say "hi"', True),
        ('"hi"', True),
        ("100%", True),
        ("0%", True),
        ("1_0", False),
        ("under_score", True),
        ("underXscore", False),
        ("NOT", True),
        ("text:", False),
        ("*", True),
        ("a*", False),
        ("back\\slash", True),
        ("\\", True),
        ("(", True),
        (") OR (", True),
        ("NEAR(say hi)", False),
        ("'; DROP TABLE messages; --", False),
        ("other", False),
    ],
)
async def test_whatever_is_typed_is_only_words(words: str, found: bool, stores: DatabaseStores) -> None:
    await stores.say("1", 'Über 日本語を 100% say "hi" and not * ( ) or under_score back\\slash: the her oth')
    hits = [hit for hit in await find(stores, words, author="U1") if hit.ref]
    assert bool(hits) is found


async def test_what_is_no_chat_message_is_not_found(stores: DatabaseStores) -> None:
    await stores.say("1", "apples")
    await stores.say("2", "apples, as a command", command=True)
    assert {found.ref for found in await find(stores, "apples")} == {"1", ""}


async def test_an_excerpt_is_around_the_word(stores: DatabaseStores) -> None:
    await stores.say("1", "before " * 99 + "Needle " + "after " * 99)
    (found,) = (hit for hit in await find(stores, "needle") if hit.ref)
    assert "Needle" in found.excerpt
    assert len(found.excerpt) == EXCERPT
    assert (found.excerpt[0], found.excerpt[-1]) == ("…", "…")


@pytest.mark.parametrize(
    ("text", "words", "begins"),
    [
        ("ß" * 300 + " Straße " + "x" * 300, "STRASSE", 301),
        ("straße" + "ß" * 300, "SS", 4),
        ("ﬃ" * 300 + "İ" * 300 + "needle", "NEEDLE", 600),
        ("x" * 300, "nowhere", 0),
    ],
)
def test_a_word_is_where_it_is_also_behind_letters_that_are_several_in_another_case(
    text: str, words: str, begins: int
) -> None:
    assert query(words)._first(text) == begins


def test_no_pattern_has_a_database_compare_without_an_end() -> None:
    wanted = query(f"a{'é' * 16_000}b {'_' * 16_000}")
    assert max(map(len, wanted.patterns)) <= 2 * LONGEST_PATTERN + 2
    assert not wanted.occurs_in("a" * 40_000)


@pytest.mark.parametrize("words", ["common", "co"])
async def test_own_sessions_are_looked_into_when_others_say_it_more_often(
    words: str, stores: DatabaseStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "NEWEST", 3)
    monkeypatch.setattr(search_module, "OWN_MESSAGES", 3)
    for number in range(4):
        stores.clock.now += 1
        await stores.say(str(number + 1), f"mine, common {number}", place=slack_place("C1", f"{number}.0"))
        await stores.say(
            str(number + 1), f"theirs, common {number}", place=slack_place("C1", f"9{number}.0"), author="U2"
        )
    refs = [found.ref for found in await find(stores, words, author="U1", limit=8) if found.ref]
    assert sorted(refs) == ["2", "3", "4"]
    monkeypatch.setattr(search_module, "OWN_SESSIONS", 2)
    assert await find(stores, words, author="U1")


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(TYPED, max_size=40), words=st.text(TYPED, max_size=8) | st.just(""), begin=st.integers(0, 39))
async def test_anything_may_be_searched_for_in_anything(
    text: str, words: str, begin: int, stores: DatabaseStores
) -> None:
    words = words or text[begin : begin + 5]
    async with stores.database.transaction() as transaction:
        await transaction.execute("DELETE FROM sessions")
    await stores.say("1", text.encode(errors="replace").decode())
    wanted = words.encode(errors="replace").decode()
    hits = [hit for hit in await find(stores, wanted, author="U1") if hit.ref]
    assert bool(hits) >= bool(query(wanted).words and all(word in text for word in query(wanted).words))
    assert bool(hits) <= query(wanted).occurs_in(text)


async def test_searches_run_side_by_side(stores: DatabaseStores) -> None:
    await stores.say("1", "apples")
    results = await asyncio.gather(*(find(stores, "apples", author="U1") for _ in range(9)))
    assert all(len(hits) == 2 for hits in results)


async def test_words_of_any_length_are_found(stores: DatabaseStores) -> None:
    word = "京都" * 10_000
    await stores.say("1", word)
    await stores.say("2", f"{word[:-1]}!")
    assert [found.ref for found in await find(stores, word)] == ["1"]


async def test_what_was_a_command_is_found_when_it_is_none_any_more(stores: DatabaseStores) -> None:
    async def found(words: str) -> set[str]:
        return {each.ref for each in await stores.search.search(words, author=None, channels=None, limit=9)}

    await stores.say("1", "help", command=True)
    assert await stores.say("1", "help", files=(FILE,))
    assert "1" in await found("help")
    await stores.changes.change(change("1", "swordfish", files=(FILE,)))
    assert "1" in await found("swordfish")
    assert not await found("help")


async def test_words_are_found_newest_first_whichever_index_holds_them(stores: DatabaseStores) -> None:
    for block in range(9):
        await stores.go_on_at((block + 1) * BLOCK - 2)
        for number in range(4):
            await stores.say(f"{block + 1}.{number + 1}", f"apples {block} {number}", asks=False)
    said = [f"apples {block} {number}" for block in range(9) for number in range(4)]
    assert [found.excerpt for found in await find(stores, "apples") if found.ref] == said[::-1]
    few = await find(stores, "apples", author="U1", limit=5)
    assert [found.excerpt for found in few if found.ref] == said[:-5:-1]
    assert [found.excerpt for found in await find(stores, "apples 7") if found.ref] == said[31:27:-1]
    filled = [
        (await stores.database.fetch(f"SELECT 1 FROM {index} WHERE {index} MATCH 'app' LIMIT 1")) for index in INDEXES
    ]
    assert all(filled[:4])


async def test_what_is_changed_and_deleted_is_found_no_more_whichever_index_holds_it(stores: DatabaseStores) -> None:
    await stores.go_on_at(3 * BLOCK - 1)
    await stores.say("1", "apples", asks=False)
    await stores.say("2", "pears", asks=False)
    await stores.say("3", "quinces", command=True)
    for ref, text in (("1", "plums"), ("2", None), ("3", "grapes")):
        await stores.changes.change(change(ref, text))
    assert await find(stores, "apples") == await find(stores, "pears") == []
    assert {found.excerpt for found in await find(stores, "plums")} == {"plums"}
    await stores.forgetting.prune(idle=1 << 40)
    assert await stores.count("unmerged") == 0
