"""The echo model, by itself and over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from chathakase.playground import EchoModel, open_model
from chathakase.playground.model.echo import OPENING, echo


def _user(*texts: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in texts]


def test_it_says_what_it_is_and_what_was_said() -> None:
    reply = echo([{"role": "system", "content": "secret"}, *_user("[alice] hello")])
    assert reply.startswith(OPENING)
    assert "> [alice] hello" in reply
    assert "secret" not in reply


def test_it_shows_what_it_remembers() -> None:
    first, second = _user("[alice] I like tea", "[bob] and I coffee")
    reply = echo([first, {"role": "assistant", "content": "noted"}, second, *_user("[alice] what do I like?")])
    assert "- [alice] I like tea\n- [bob] and I coffee" in reply
    assert "noted" not in reply


def test_a_long_memory_is_cut_with_a_count() -> None:
    reply = echo(_user(*(f"message {number}" for number in range(15))))
    assert "… and 4 before these" in reply
    assert "- message 13" in reply


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("write 3000 words", 3000),
        ("1,200 words please", 1200),
        ("[alice, 2026-11-30 07:45 America/Argentina/Buenos_Aires] 1,200 words, please", 1200),
        ("[alice] Could you write me 900 words about tea?", 900),
        ("something long", 1500),
        ("Write something really long, please", 1500),
        ("I want a very long answer!", 1500),
        ("make it longer, please", 1500),
        ("please give me a longer text about the sea", 1500),
    ],
)
def test_it_writes_as_long_as_it_is_asked(asked: str, words: int) -> None:
    assert len(echo(_user(asked)).split()) == pytest.approx(words, abs=80)


@pytest.mark.parametrize(
    "asked",
    [
        "how long will it take?",
        "Tell me how long it takes",
        "as long as you like",
        "It's been a long day, tell me a joke",
        "no longer needed",
        "why does it take that long",
        "was it long",
        "I'd like to make a long story short",
        "Longer lists are slower",
        "My essay of 3000 words is due tomorrow. What now?",
        "I have two words for you: well done",
    ],
)
def test_it_writes_long_only_where_that_is_wished(asked: str) -> None:
    reply = echo(_user(asked))
    assert len(reply.split()) < 80
    assert "`help`" in reply


def test_it_takes_content_in_parts_and_an_empty_conversation() -> None:
    parts = [{"type": "text", "text": "in"}, {"type": "image_url", "image_url": {}}, {"type": "text", "text": "parts"}]
    assert "> in parts" in echo([{"role": "user", "content": parts}])
    assert "Nobody has said anything" in echo([])


@pytest.fixture
async def model(outside: None) -> AsyncIterator[EchoModel]:
    async with open_model(delay=0) as server:
        server.faults.slow_seconds = 0.05
        yield server


@pytest.fixture
async def client(model: EchoModel) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key="none", base_url=model.base_url, max_retries=0) as client:
        yield client


async def test_a_stream_has_pieces_an_end_and_its_usage(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="echo",
        messages=[{"role": "user", "content": "hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == echo(_user("hello"))
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


async def test_no_usage_comes_unasked(client: AsyncOpenAI) -> None:
    messages: list[openai.types.chat.ChatCompletionUserMessageParam] = [{"role": "user", "content": "hello"}]
    stream = await client.chat.completions.create(model="echo", messages=messages, stream=True)
    assert all(chunk.usage is None for chunk in [chunk async for chunk in stream])


async def test_an_answer_may_come_whole(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="echo", messages=[{"role": "user", "content": "hello"}])
    assert answer.choices[0].message.content == echo(_user("hello"))
    assert answer.usage is not None


async def test_the_model_is_listed_and_others_are_not_there(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["echo"]
    assert (await client.models.retrieve("echo")).owned_by == "playground"
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        await client.models.retrieve("gpt-4o")
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        await client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}])


@pytest.mark.parametrize("body", ["not json", "[]", "{}", '{"messages": 1}', '{"messages": ["text"]}'])
async def test_a_malformed_request_is_refused(model: EchoModel, session: aiohttp.ClientSession, body: str) -> None:
    async with session.post(f"{model.base_url}/chat/completions", data=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]["message"]


@pytest.mark.usefixtures("outside")
async def test_a_reader_may_leave_in_the_middle() -> None:
    async with open_model(delay=0.01) as model, AsyncOpenAI(api_key="none", base_url=model.base_url) as client:
        stream = await client.chat.completions.create(
            model="echo", messages=[{"role": "user", "content": "write 3000 words"}], stream=True
        )
        async for _ in stream:
            break
        await stream.close()


async def test_a_fault_meets_the_next_requests_and_no_other(model: EchoModel, client: AsyncOpenAI) -> None:
    async def ask() -> str:
        said = ""
        messages: list[Any] = [{"role": "user", "content": "hello"}]
        async for chunk in await client.chat.completions.create(model="echo", messages=messages, stream=True):
            said += chunk.choices[0].delta.content or ""
        return said

    whole = await ask()
    assert model.faults.add("slow") == 1
    assert await ask() == whole
    model.faults.add("refuse")
    with pytest.raises(openai.BadRequestError, match="content policy"):
        await ask()
    assert model.faults.add("overload") == 5
    for _ in range(5):
        with pytest.raises(openai.InternalServerError, match="overloaded"):
            await ask()
    model.faults.add("cut")
    with pytest.raises((openai.APIError, httpx2.HTTPError)):
        await ask()
    model.faults.add("refuse")
    model.faults.clear()
    assert await ask() == whole
