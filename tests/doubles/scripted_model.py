"""A model that answers what it is told to, in its own time."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from chathakase.clock import monotonic
from chathakase.core.ports import LanguageModel
from chathakase.core.types import Finished, FinishReason, Piece, Prompt

Step = Piece | Exception | float
"""What it writes, how it fails, or for how many seconds it is silent."""

WHOLE = Finished(FinishReason.WHOLE, "model-1")


class ScriptedModel(LanguageModel):
    """Gives one answer after another, each step by step; where none is left, it says ``Fine.``"""

    def __init__(self, *answers: Sequence[Step]) -> None:
        self._answers = list(answers)
        self.prompts: list[Prompt] = []
        self.asked_at: list[float] = []
        """When it was asked for each, in seconds of the loop's clock."""
        self.cut = 0
        """How many answers nobody heard to their end."""
        self.at_once = self.most_at_once = 0
        """How many answers it gives now, and has ever given, at the same time."""

    @property
    def name(self) -> str:
        return "model"

    def answer(self, *steps: Step) -> None:
        """Have it give an answer once those before are given."""
        self._answers.append(steps)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        self.prompts.append(prompt)
        self.asked_at.append(monotonic())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.cut += 1
        try:
            async for piece in self._spoken(self._answers.pop(0) if self._answers else ("Fine.",)):
                yield piece
            self.cut -= 1
        finally:
            self.at_once -= 1

    async def _spoken(self, steps: Sequence[Step]) -> AsyncGenerator[Piece]:
        for step in steps:
            match step:
                case float():
                    await asyncio.sleep(step)
                case Exception():
                    self.cut -= 1
                    raise step
                case _:
                    yield step
        if not any(isinstance(step, Finished) for step in steps):
            yield WHOLE

    @property
    def told(self) -> list[str]:
        """All that each prompt tells, but for how the model is set up."""
        return ["\n".join(chat_message.content for chat_message in prompt.chat_messages[1:]) for prompt in self.prompts]

    @property
    def heard(self) -> list[str]:
        """What people said last, of each prompt."""
        return [prompt.chat_messages[-1].content for prompt in self.prompts]
