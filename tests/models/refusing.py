"""How servers refuse."""

from typing import Any

from aiohttp import web

from chathakase.core.types import Prompt, TakenBack
from chathakase.models.openai import OpenAIModel
from tests.model_server import Answer, Json, ModelServer


def refuses(status: int, message: str, **more: object) -> Answer:
    """As OpenAI does."""

    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        return web.json_response({"error": {"message": message, **more}}, status=status)

    return answer


def refuses_flatly(message: str) -> Answer:
    """As vLLM does."""

    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        body = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
        return web.json_response(body, status=400)

    return answer


async def ask(client: OpenAIModel, prompt: Prompt) -> str:
    pieces: list[str] = []
    async for piece in client.stream(prompt):
        match piece:
            case str():
                pieces.append(piece)
            case TakenBack():
                pieces.clear()
    return "".join(pieces)


def contents(model: ModelServer, request: int = -1) -> list[Any]:
    return [message["content"] for message in model.requests[request]["messages"]]
