"""One contract for a model behind a server and for one that tests give their own words."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.ports import LanguageModel
from chathakase.core.types import ChatMessage, Finished, FinishReason, Piece, Prompt
from tests.doubles.scripted_model import ScriptedModel
from tests.model_server import ModelServer, fails, says

pytestmark = pytest.mark.usefixtures("outside")

PROMPT = Prompt((ChatMessage("system", "Be kind."), ChatMessage("user", "hello")))


@dataclass
class Speaker:
    """A model, and how it is told what to say."""

    model: LanguageModel
    will_say: Callable[..., None]
    will_fail: Callable[[], None]
    asked: Callable[[], int]

    async def answer(self) -> Sequence[Piece]:
        async with aclosing(self.model.stream(PROMPT)) as pieces:
            return [piece async for piece in pieces]


@pytest.fixture(params=["server", "script"])
def speaker(request: pytest.FixtureRequest) -> Speaker:
    if request.param == "script":
        scripted = ScriptedModel()
        refusal = ModelError("overloaded", "Try again in a minute.")
        return Speaker(scripted, scripted.answer, lambda: scripted.answer(refusal), asked=lambda: len(scripted.prompts))
    server: ModelServer = request.getfixturevalue("model")
    return Speaker(
        request.getfixturevalue("client"),
        lambda *pieces: server.will(says(*pieces)),
        lambda: server.will(*[fails(400)] * 9),
        asked=lambda: len(server.requests),
    )


async def test_an_answer_comes_in_pieces_and_then_its_end(speaker: Speaker) -> None:
    speaker.will_say("Well", ", no.")
    *pieces, end = await speaker.answer()
    assert "".join(map(str, pieces)) == "Well, no."
    assert isinstance(end, Finished)
    assert end.reason is FinishReason.WHOLE
    assert end.model


async def test_each_answer_is_asked_for_by_itself(speaker: Speaker) -> None:
    speaker.will_say("one")
    speaker.will_say("two")
    assert [(await speaker.answer())[0] for _ in range(2)] == ["one", "two"]
    assert speaker.asked() == 2


async def test_a_model_that_fails_says_why_in_a_sentence_for_people(speaker: Speaker) -> None:
    speaker.will_fail()
    with pytest.raises(ModelError) as failed:
        await speaker.answer()
    assert failed.value.code
    assert failed.value.told.endswith(".")


async def test_whoever_has_heard_enough_may_go(speaker: Speaker) -> None:
    speaker.will_say("Well", ", no.")
    async with aclosing(speaker.model.stream(PROMPT)) as pieces:
        assert await anext(pieces) == "Well"
    speaker.will_say("Yes.")
    assert (await speaker.answer())[0] == "Yes."
