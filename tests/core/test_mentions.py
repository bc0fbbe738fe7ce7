"""Who is mentioned reads as a name where ids mean nothing."""

from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.mentions import by_name, mentioned, people_in
from chathakase.core.types import Role, StoredMessage


def test_names_stand_in_the_place_of_ids() -> None:
    text = "<@U1>, <@U2|Bob> and <@U3>: <https://x> <!channel> <@>"
    assert list(mentioned([text, "nobody", "<@U1> <@U0>"])) == ["U1", "U2", "U3", "U0"]
    assert by_name(text, {"U1": "Alice\nA."}) == "@Alice A., @Bob and <@U3>: <https://x> <!channel> <@>"


def test_who_speaks_comes_before_who_is_mentioned_and_other_bots_are_nobody() -> None:
    said = [("U2", "", "<@U9>, ask <@U1>"), ("B1", "Deploys", "done"), ("U1", "", ""), ("", "", "<@U8|Zoe> knows")]
    messages = [
        StoredMessage(Role.USER if author else Role.ASSISTANT, text, author, name=name) for author, name, text in said
    ]
    assert list(people_in(messages)) == ["U2", "U1", "U9", "U8"]


@given(st.text(alphabet="<@U1|> x"))
def test_what_mentions_nobody_stays_as_it_is(text: str) -> None:
    if not mentioned([text]):
        assert by_name(text, {"U1": "Alice"}) == text
