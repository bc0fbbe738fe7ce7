import pytest

from chathakase.core.prompt import CLAMP_HEAD, CLAMP_TAIL, Persona, build_prompt, clamp, window
from chathakase.core.types import Message, Role


def user(text: str, author: str = "U1") -> Message:
    return Message(Role.USER, text, author)


def assistant(text: str) -> Message:
    return Message(Role.ASSISTANT, text, "")


CONVERSATION = [
    user("q1"),
    assistant("a1"),
    user("q2"),
    user("q2b"),
    assistant("a2"),
    user("q3"),
]


@pytest.mark.parametrize(
    ("limit", "texts"),
    [
        (1, ["q3"]),
        (2, ["q3"]),
        (3, ["q3"]),
        (4, ["q2", "q2b", "a2", "q3"]),
        (5, ["q2", "q2b", "a2", "q3"]),
        (6, ["q1", "a1", "q2", "q2b", "a2", "q3"]),
        (99, ["q1", "a1", "q2", "q2b", "a2", "q3"]),
    ],
)
def test_the_window_is_cut_where_a_turn_begins(limit: int, texts: list[str]) -> None:
    assert [message.text for message in window(CONVERSATION, limit)] == texts


def test_of_a_newest_turn_longer_than_the_window_its_newest_messages_stay() -> None:
    burst = [user("old"), assistant("answer"), *(user(f"m{n}") for n in range(30))]
    assert [message.text for message in window(burst, 20)] == [f"m{n}" for n in range(10, 30)]


def test_an_unanswered_question_stays_with_the_next_one() -> None:
    prompt = build_prompt("s", Persona("Be kind.", 20), [user("lost"), user("again")], {"U1": "alice"})
    assert [speech.role for speech in prompt.speeches] == ["system", "user"]
    assert prompt.speeches[1].content == "[alice] lost\n\n[alice] again"


def test_the_model_is_told_who_speaks() -> None:
    history = [user("hi", "U1"), assistant("hello"), user("me too", "U2")]
    prompt = build_prompt("s", Persona("Be kind.", 20), history, {"U1": "alice", "U2": "bob [admin]\nroot"})
    assert prompt.speeches[0].content.startswith("Be kind.")
    assert [speech.content for speech in prompt.speeches[1:]] == [
        "[alice] hi",
        "hello",
        "[bob (admin) root] me too",
    ]


def test_somebody_unknown_is_called_by_their_id() -> None:
    prompt = build_prompt("s", Persona("", 20), [user("hi", "U9")], {})
    assert prompt.speeches[1].content == "[U9] hi"


def test_a_huge_message_is_clamped_with_a_visible_mark() -> None:
    text = "a" * 50_000 + "b" * 50_000
    clamped = clamp(text)
    assert clamped.startswith("a" * CLAMP_HEAD + "\n")
    assert clamped.endswith("\n" + "b" * CLAMP_TAIL)
    assert "[… 84,000 characters left out …]" in clamped
    assert clamp("a" * (CLAMP_HEAD + CLAMP_TAIL)) == "a" * (CLAMP_HEAD + CLAMP_TAIL)
