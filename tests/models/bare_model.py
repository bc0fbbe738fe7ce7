"""A model on a server that sends whatever bytes a test wants, and what is heard of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chathakase.core.types import ChatMessage, Finished, Prompt, TakenBack
from chathakase.models.bounds import Bounds
from chathakase.models.openai import OpenAIModel, open_model
from tests.models.bare_server import BareServer, Script, Send, open_bare

PROMPT = Prompt((ChatMessage("user", "hello"),))


@asynccontextmanager
async def opened(*scripts: Script, bounds: Bounds) -> AsyncIterator[tuple[OpenAIModel, BareServer]]:
    """A model on a server that answers by one script after another, and by the last one ever after."""
    left = list(scripts)

    async def script(send: Send) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(send)

    async with (
        open_bare(script) as server,
        open_model(
            api_key="k", base_url=server.base_url, name="m", temperature=None, max_tokens=9, bounds=bounds
        ) as model,
    ):
        yield model, server


async def heard(model: OpenAIModel) -> tuple[str, Finished]:
    """What is left of an answer after all that was taken back, and how it ended."""
    *pieces, finished = [piece async for piece in model.stream(PROMPT)]
    assert isinstance(finished, Finished)
    taken = [at for at, piece in enumerate(pieces) if isinstance(piece, TakenBack)]
    return "".join(map(str, pieces[taken[-1] + 1 :] if taken else pieces)), finished
