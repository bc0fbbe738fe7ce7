"""Tokens as they are estimated beside those that a model's server reports, and how long a prompt takes to build.

The server is one of ours, over HTTP, that counts with OpenAI's vocabulary where the extra ``tokens`` is installed, and
else reports what that vocabulary is recorded to make of the same texts.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

from aiohttp import web

from benchmarks.report import Goal, p95, show
from benchmarks.typical_texts import O200K, texts
from chathakase.core.memory import Memory
from chathakase.core.ports import TokenCounter
from chathakase.core.prompt import AssistantSetup, Persona, build_prompt
from chathakase.core.token_estimate import MESSAGE_TOKENS, REPLY_TOKENS, Estimator
from chathakase.core.types import ChatMessage, Finished, Person, Prompt, Role, StoredMessage, Where
from chathakase.core.window import Window
from chathakase.engine.model.calibration import Calibration
from chathakase.models.openai import OpenAIModel, open_model
from chathakase.models.token_counter import is_exact, open_counter
from chathakase.slack.slack_traits import SLACK

MODEL = "gpt-5.6-luna"
REPORTS = 5
"""Turns after which a calibrated estimate is looked at."""
LEAST, MOST = 0.95, 1.4
"""An estimate over what was reported."""

MESSAGES = 10_000
ROUNDS = 200
MILLISECONDS = 10


class Recorded(Estimator):
    """Counts the texts whose tokens are on record (a TokenCounter)."""

    def __init__(self) -> None:
        self._counts = {text: O200K[kind] for kind, text in texts().items()}

    @property
    def name(self) -> str:
        """How it counts."""
        return "o200k_base, as recorded"

    def count(self, text: str) -> int:
        """How many tokens a text has."""
        return self._counts[text]


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    del folder  # nothing is stored
    installed = open_counter(MODEL)
    vocabulary = installed if is_exact(installed) else Recorded()
    by = f" by bpe-openai {version('bpe-openai')}" if vocabulary is installed else ""
    reported = await _reported(vocabulary)
    calibration = Calibration()
    rows, ratios = [], []
    for kind, text in texts().items():
        estimated = Estimator().count(text) + MESSAGE_TOKENS + REPLY_TOKENS
        for _ in range(REPORTS):
            calibration.learn(kind, estimated, reported[kind])
        ratios.append(estimated / reported[kind])
        calibrated = estimated * calibration.ratio(kind) / reported[kind]
        rows.append(
            (kind, f"{len(text):,}", f"{estimated:,}", f"{reported[kind]:,}", f"{ratios[-1]:.2f}", f"{calibrated:.2f}")
        )
    columns = ("", "characters", "estimated", "reported", "estimated / reported", f"after {REPORTS} reports")
    show(f"Tokens of a prompt; reported by a server that counts with {vocabulary.name}{by}", columns, rows)
    return [
        Goal("tokens: the most that is estimated for one reported", max(ratios), MOST),
        Goal("tokens: the most that is reported for one estimated", 1 / min(ratios), 1 / LEAST),
        *_build_prompts(),
    ]


async def _reported(vocabulary: TokenCounter) -> Mapping[str, int]:
    """What the server reports of a prompt with each text."""
    async with (
        _open_server(vocabulary) as base_url,
        open_model(api_key="k", base_url=base_url, name=MODEL, temperature=None, max_tokens=16) as model,
    ):
        return {kind: await _ask(model, text) for kind, text in texts().items()}


async def _ask(model: OpenAIModel, text: str) -> int:
    pieces = [piece async for piece in model.stream(Prompt((ChatMessage("user", text),)))]
    finished = pieces[-1]
    if not isinstance(finished, Finished) or finished.usage is None:
        raise RuntimeError("the server reported nothing")
    return finished.usage.prompt_tokens


@asynccontextmanager
async def _open_server(vocabulary: TokenCounter) -> AsyncIterator[str]:
    async def complete(request: web.Request) -> web.Response:
        messages = (await request.json())["messages"]
        prompt = sum(vocabulary.count(message["content"]) + MESSAGE_TOKENS for message in messages) + REPLY_TOKENS
        choice = {"index": 0, "delta": {"content": "ok"}, "finish_reason": "stop"}
        chunk = {"choices": [choice], "model": MODEL, "usage": {"prompt_tokens": prompt, "completion_tokens": 1}}
        return web.Response(text=f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n", content_type="text/event-stream")

    application = web.Application(client_max_size=2**20)
    application.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


def _build_prompts() -> list[Goal]:
    """Prompts of a long thread, with everything that the store might hand over at hand."""
    goals, rows = [], []
    for most, window in ((20, 8_192), (20, 922_000), (500, 128_000)):
        taken = _time(most, window)
        rows.append((f"{most} messages at most, {window:,} tokens", f"{median(taken):.2f}", f"{p95(taken):.2f}"))
        goals.append(
            Goal(f"prompt of {MESSAGES:,} messages, {most} in {window:,} tokens, p95", p95(taken), MILLISECONDS, " ms")
        )
    show(
        f"Building the prompt of a thread of {MESSAGES:,} messages, milliseconds of the processor",
        ("", "median", "p95"),
        rows,
    )
    return goals


def _time(most: int, window: int) -> list[float]:
    counter, text = Estimator(), texts()["English"][:300]
    tokens = counter.count(text)
    messages = tuple(
        StoredMessage(
            role, text, "" if role is Role.ASSISTANT else f"U{at % 5}", at + 1, said=10**15 + at, tokens=tokens
        )
        for at, role in enumerate([Role.USER, Role.ASSISTANT] * (MESSAGES // 2))
    )
    memory = Memory(messages[:-1], opening=messages[0], total=MESSAGES - 1, title="A long thread")
    people = {f"U{at}": Person(f"U{at}", f"Person {at}", zone="Asia/Tokyo", offset=32_400) for at in range(5)}
    persona, room, where = Persona("Be kind.", most), Window(window, 2_000, counter), Where("general")
    taken = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        build_prompt(AssistantSetup(persona, SLACK), memory, people=people, where=where, window=room)
        taken.append((time.thread_time() - began) * 1000)
    return taken
