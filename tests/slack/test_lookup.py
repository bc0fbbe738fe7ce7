"""What Slack tells about ids is asked for within its limits."""

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
