"""What is told of a model's server, over HTTP."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from chathakase.findings import Finding, Level
from chathakase.models import model_diagnostics
from chathakase.models.model_diagnostics import check_model
from chathakase.playground.model.model_server import open_model
from tests.model_server import ModelServer, fails, is_silent

pytestmark = pytest.mark.usefixtures("outside")


async def look(base_url: str, name: str = "echo") -> Finding:
    (finding,) = await check_model(api_key="sk-secret", base_url=base_url, name=name)
    assert "secret" not in finding.text + finding.advice
    return finding


@asynccontextmanager
async def a_server_that_answers(status: int, text: str = "{}", content: str = "application/json") -> AsyncIterator[str]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type=content)

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://user:secret@127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


async def test_a_model_on_the_list_is_well() -> None:
    async with open_model() as server:
        finding = await look(server.base_url)
    assert finding == Finding("model", Level.OK, f"{server.base_url} has echo")


async def test_a_model_that_is_not_there_is_told_with_what_is() -> None:
    async with open_model() as server:
        finding = await look(server.base_url, "ecko")
    assert finding.level is Level.ERROR
    assert finding.text.endswith("has no ecko")
    assert "for instance echo" in finding.advice


async def test_where_there_is_no_list_one_token_is_asked(model: ModelServer) -> None:
    finding = await look(model.base_url, "scripted")
    assert finding == Finding("model", Level.OK, f"{model.base_url} answers as scripted")
    (request,) = model.requests
    assert (request["model"], request["max_tokens"]) == ("scripted", 1)


async def test_an_option_that_a_server_refuses_does_not_matter(model: ModelServer) -> None:
    model.will(fails(400, message="Unsupported parameter: 'max_tokens'", param="max_tokens"))
    assert (await look(model.base_url, "scripted")).level is Level.OK


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [
        (401, Level.ERROR, "does not accept the key"),
        (403, Level.ERROR, "does not let the key"),
        (404, Level.ERROR, "accepts no requests at this address"),
        (418, Level.ERROR, "refuses the question (http_418)"),
        (429, Level.WARNING, "overloaded"),
        (503, Level.ERROR, "refuses the question (http_503)"),
    ],
)
async def test_what_a_server_refuses_is_told(status: int, level: Level, words: str) -> None:
    async with a_server_that_answers(status) as base_url:
        finding = await look(base_url)
    assert finding.level is level
    assert words in finding.text
    assert finding.advice


async def test_a_web_page_is_no_model() -> None:
    async with a_server_that_answers(200, "<html>Welcome!</html>", "text/html") as base_url:
        finding = await look(base_url)
    assert finding.level is Level.ERROR
    assert "accepts no requests at this address" in finding.text


async def test_a_server_that_is_down_is_told() -> None:
    finding = await look("http://127.0.0.1:9/v1")
    assert finding.level is Level.ERROR
    assert finding.text == "http://127.0.0.1:9/v1 cannot be reached"


async def test_a_silent_server_is_not_waited_for_long(model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_diagnostics, "WITHIN", 0.2)
    model.will(is_silent())
    finding = await look(model.base_url)
    assert finding.level is Level.ERROR
    assert "does not answer within" in finding.text


async def test_a_server_that_takes_no_word_in_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_diagnostics, "WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        finding = await look(f"http://127.0.0.1:{silent.getsockname()[1]}/v1")
    assert "does not answer within" in finding.text
