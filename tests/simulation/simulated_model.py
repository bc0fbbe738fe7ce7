"""The model of a simulation: it answers what was asked last, in the mood that the plan has for that."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.model_server import Answer, Json, begin, breaks_off_after, chunk, fails, plain, reports_an_error_after
from tests.simulation.deeds import Moment, Mood
from tests.simulation.evidence import Request
from tests.simulation.words import answer, questions, tokens

WORDS = {Mood.LONG: 1_100, Mood.SLOW: 90}
"""How long an answer is; otherwise it is short."""
SHORT = 12
PAUSES = {Mood.SLOW: 0.35, Mood.LONG: 0.1, Mood.WELL: 0.01}
"""Seconds between two pieces of an answer."""
SILENCE = 1.5
"""Seconds before the first word, where the model is silent."""
PIECES = 8


@dataclass
class SimulatedModel:
    """What the model answers, and what it was asked."""

    moods: Mapping[str, Sequence[Mood]]
    come: Callable[[Moment], None]
    """Hears how far an answer is."""
    requests: list[Request] = field(default_factory=list)
    moods_used: list[Mood] = field(default_factory=list)
    """The moods in which it answered."""
    _met: dict[str, int] = field(default_factory=dict)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = plain(await request.json())
        chat_messages = [(chat_message["role"], chat_message["content"]) for chat_message in body["messages"]]
        heard = tuple((role, token) for role, text in chat_messages for token in tokens(text))
        asked = questions(chat_messages[-1][1]) or questions(chat_messages[-2][1])
        mood = self._mood(asked)
        self.requests.append(Request(time.time(), heard, tuple(tokens(chat_messages[-1][1])), mood))
        self.moods_used.append(mood)
        self.come(Moment.ASKED)
        try:
            return await self._in(mood, answer(asked, WORDS.get(mood, SHORT)))(request, body)
        except ConnectionError:
            return web.Response()

    def _mood(self, asked: Sequence[str]) -> Mood:
        for token in asked:
            met, moods = self._met.get(token, 0), self.moods.get(token, ())
            if met < len(moods):
                self._met[token] = met + 1
                return moods[met]
        return Mood.WELL

    def _in(self, mood: Mood, text: str) -> Answer:
        half = text[: len(text) // 2]
        answers: dict[Mood, Answer] = {
            Mood.ERROR: fails(500),
            Mood.LIMITED: fails(429, "rate_limit_exceeded"),
            Mood.REFUSED: fails(400, "content_policy_violation"),
            Mood.CUT: breaks_off_after(half),
            Mood.REPORTED: reports_an_error_after(half),
            Mood.EMPTY: self._says("", finish="stop"),
            Mood.LENGTH: self._says(half, finish="length"),
            Mood.SILENT: self._says(text, silence=SILENCE),
        }
        return answers.get(mood) or self._says(text, pause=PAUSES.get(mood, PAUSES[Mood.WELL]))

    def _says(self, text: str, *, finish: str = "stop", silence: float = 0.0, pause: float = 0.01) -> Answer:
        async def say(request: web.Request, _: Json) -> web.StreamResponse:
            response = await begin(request)
            await asyncio.sleep(silence)
            size = len(text) // PIECES + 1
            for start in range(0, len(text), size):
                await response.write(chunk({"content": text[start : start + size]}))
                if start == PIECES // 2 * size:
                    self.come(Moment.HALF)
                await asyncio.sleep(pause)
            usage = chunk(usage={"prompt_tokens": request.content_length or 0, "completion_tokens": len(text)})
            await response.write(chunk({}, finish=finish) + usage + b"data: [DONE]\n\n")
            self.come(Moment.WHOLE)
            return response

        return say


@asynccontextmanager
async def serve_model(model: SimulatedModel) -> AsyncIterator[str]:
    """Put a model behind a server; yields its address."""
    application = web.Application(client_max_size=64 * 2**20)
    application.router.add_post("/v1/chat/completions", model.complete)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
