"""Who is mentioned reads as a name where ids mean nothing."""

from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.mentions import by_name, mentioned


def test_names_stand_in_the_place_of_ids() -> None:
    text = "<@U1>, <@U2|Bob> and <@U3>: <https://x> <!channel> <@>"
    assert mentioned([text, "nobody"]) == {"U1", "U2", "U3"}
    assert by_name(text, {"U1": "Alice\nA."}) == "@Alice A., @Bob and <@U3>: <https://x> <!channel> <@>"


@given(st.text(alphabet="<@U1|> x"))
def test_what_mentions_nobody_stays_as_it_is(text: str) -> None:
    if not mentioned([text]):
        assert by_name(text, {"U1": "Alice"}) == text
