from chathakase.core.memory import Memory
from chathakase.core.prompt import Persona, build_prompt
from chathakase.core.tokens import Estimator
from chathakase.core.types import Message, Person, Prompt, Role, Where
from chathakase.core.window import Window

ROOMY = Window(128_000, 2_000, Estimator())


def user(text: str, author: str = "U1", **more: object) -> Message:
    return Message(Role.USER, text, author, **more)  # type: ignore[arg-type]


def assistant(text: str, **more: object) -> Message:
    return Message(Role.ASSISTANT, text, "", **more)  # type: ignore[arg-type]


def prompt_of(*messages: Message, system: str = "Be kind.", people: dict[str, Person] | None = None) -> Prompt:
    people = people or {id_: Person(id_, name) for id_, name in {"U1": "alice", "U2": "bob [admin]\nroot"}.items()}
    return build_prompt("s", Persona(system, 20), Memory(messages), people=people, where=Where(""), window=ROOMY)


def test_an_unanswered_question_stays_with_the_next_one() -> None:
    prompt = prompt_of(user("lost"), user("again"))
    assert [speech.role for speech in prompt.speeches] == ["system", "user"]
    assert prompt.speeches[1].content == "[alice] lost\n\n[alice] again"


def test_the_model_is_told_who_speaks() -> None:
    prompt = prompt_of(user("hi", "U1"), assistant("hello"), user("me too", "U2"))
    assert prompt.speeches[0].content.startswith("Be kind.")
    assert [speech.content for speech in prompt.speeches[1:]] == ["[alice] hi", "hello", "[bob (admin) root] me too"]


def test_somebody_unknown_is_called_by_their_id() -> None:
    assert prompt_of(user("hi", "U9")).speeches[1].content == "[U9] hi"
