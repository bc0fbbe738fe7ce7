"""What Slack tells about ids is asked for within its limits."""

import asyncio

from chathakase.slack.lookup import MOST_ASKED, Lookup


async def test_no_text_can_have_thousands_asked_for_at_once() -> None:
    asked: list[str] = []

    async def ask(id_: str) -> str:
        asked.append(id_)
        return f"the name of {id_}"

    lookup = Lookup("users.info", ask, lambda id_: id_, lambda: 0.0)
    ids = [f"U{number}" for number in range(MOST_ASKED + 5)]
    found = await lookup.find(ids)
    assert asked == ids[:MOST_ASKED]
    assert found["U0"] == "the name of U0"
    assert found[ids[-1]] == ids[-1]
    assert (await lookup.find(ids))[ids[-1]] == f"the name of {ids[-1]}"
    assert asked == ids


async def test_those_who_ask_at_once_share_a_call_and_none_ends_it_for_the_others() -> None:
    asked: list[str] = []
    answer = asyncio.Event()

    async def ask(id_: str) -> str:
        asked.append(id_)
        await answer.wait()
        return f"the name of {id_}"

    lookup = Lookup("users.info", ask, lambda id_: id_, lambda: 0.0)
    finders = [asyncio.create_task(lookup.find(["U1", f"U{number}"])) for number in range(1, 5)]
    while len(asked) < 4:
        await asyncio.sleep(0)
    finders[0].cancel()
    await asyncio.wait(finders[:1])
    answer.set()
    found = await asyncio.gather(*finders[1:])
    assert [names["U1"] for names in found] == ["the name of U1"] * 3
    assert sorted(asked) == ["U1", "U2", "U3", "U4"]
    assert await lookup.find(["U1"]) == {"U1": "the name of U1"}
    assert len(asked) == 4
