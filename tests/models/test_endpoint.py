"""Base URLs that are not quite what is wanted: they work, or whoever set them is told precisely."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from chathakase.core.errors import ModelError
from chathakase.core.files import Image
from chathakase.core.types import ChatMessage, Prompt
from chathakase.findings import Finding, Level
from chathakase.models.endpoint import Endpoint, read_endpoint
from chathakase.models.model_diagnostics import check_model
from chathakase.models.openai import open_model
from tests.models.refusing import ask

pytestmark = pytest.mark.usefixtures("outside")

PROMPT = Prompt((ChatMessage("user", "hello"),))
ANSWER = {"model": "m", "choices": [{"message": {"content": "Hello!"}, "finish_reason": "stop"}]}
Refuse = Callable[[web.Request], web.Response]


@asynccontextmanager
async def serving(base: str, refuse: Refuse) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A server with one model, m, whose API begins at a path; gives its origin, and what it is asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        if (request.method, request.path) == ("POST", f"{base}/chat/completions"):
            known = (await request.json())["model"] == "m"
            refusal = {"error": {"message": "The model `x` does not exist", "code": "model_not_found"}}
            return web.json_response(ANSWER) if known else web.json_response(refusal, status=404)
        if (request.method, request.path) == ("GET", f"{base}/models"):
            return web.json_response({"data": [{"id": "m"}]})
        return refuse(request)

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


def says_404(_: web.Request) -> web.Response:
    return web.Response(status=404, text="404 page not found")


def says_not_found(_: web.Request) -> web.Response:
    return web.json_response({"detail": "Not Found"}, status=404)


def says_405(_: web.Request) -> web.Response:
    return web.json_response({"detail": "Method Not Allowed"}, status=405)


def is_a_page(request: web.Request) -> web.Response:
    status = 200 if request.method == "GET" else 404
    return web.Response(status=status, text="<html><h1>nginx</h1></html>", content_type="text/html")


def is_a_welcoming_page(_: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")


def is_lm_studio(request: web.Request) -> web.Response:
    return web.json_response({"error": f"Unexpected endpoint or method. ({request.method} {request.path})"})


REFUSALS = [says_404, says_not_found, says_405, is_a_page, is_a_welcoming_page, is_lm_studio]


async def answered(base_url: str) -> str:
    async with open_model(api_key="k", base_url=base_url, name="m", temperature=None, max_tokens=9) as model:
        return await ask(model, PROMPT)


@pytest.mark.parametrize(
    "path",
    [
        *("/v1", "/v1/", "/v1//", "/v1/chat/completions", "/v1/chat/completions/", "/v1/chat/completions?a=b"),
        *("/v1/models", "/v1/completions", "/v1/chat", "", "/", "/api", "/api/chat", "/chat/completions"),
    ],
)
async def test_a_base_that_is_not_quite_one_works(path: str) -> None:
    async with serving("/v1", says_404) as (origin, _):
        assert await answered(f"{origin}{path}") == "Hello!"


@pytest.mark.parametrize("refuse", REFUSALS)
async def test_a_base_without_its_version_is_found_out_once(refuse: Refuse, caplog: pytest.LogCaptureFixture) -> None:
    async with (
        serving("/v1", refuse) as (origin, asked),
        open_model(api_key="k", base_url=origin, name="m", temperature=None, max_tokens=9) as model,
    ):
        for _ in range(2):
            assert await ask(model, PROMPT) == "Hello!"
        assert [each.path for each in asked] == ["/chat/completions", "/v1/chat/completions", "/v1/chat/completions"]
    assert "set OPENAI_BASE_URL to that" in caplog.text


async def look(base_url: str, name: str = "m") -> Finding:
    (finding,) = await check_model(api_key="sk-secret", base_url=base_url, name=name)
    return finding


@pytest.mark.parametrize("refuse", REFUSALS)
async def test_the_doctor_names_the_base_that_works(refuse: Refuse) -> None:
    async with serving("/v1", refuse) as (origin, _):
        assert await look(origin) == Finding(
            "model", Level.NOTE, f"{origin}/v1 answers as m", f"Set OPENAI_BASE_URL to {origin}/v1."
        )
        missing = await look(origin, "n")
        assert missing.text.endswith("has no n")
        assert "for instance m" in missing.advice


@pytest.mark.parametrize("refuse", REFUSALS)
async def test_an_address_where_no_model_is_has_nobody_look_for_the_models_name(refuse: Refuse) -> None:
    async with serving("/elsewhere", refuse) as (origin, asked):
        with pytest.raises(ModelError) as failed:
            await answered(f"{origin}/v1")
        assert failed.value.code == "not_here"
        assert "OPENAI_BASE_URL" in failed.value.told
        finding = await look(f"{origin}/v1")
    assert finding.text.endswith("accepts no requests at this address")
    assert "OPENAI_BASE_URL" in finding.advice
    assert "MODEL" not in finding.advice
    assert len(asked) < 10


async def test_a_model_that_is_missing_is_no_wrong_address() -> None:
    async with (
        serving("/v1", says_404) as (origin, asked),
        open_model(api_key="k", base_url=f"{origin}/v1", name="n", temperature=None, max_tokens=9) as model,
    ):
        with pytest.raises(ModelError, match="http_404") as failed:
            await ask(model, PROMPT)
    assert "CHATHAKASE_MODEL" in failed.value.told
    assert len(asked) == 1


async def test_a_query_goes_with_each_request() -> None:
    base = "/openai/deployments/mine"
    async with serving(base, says_404) as (origin, asked):
        assert await answered(f"{origin}{base}/chat/completions?api-version=2024-10-21") == "Hello!"
    assert [each.query_string for each in asked] == ["api-version=2024-10-21"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_told_and_takes_nothing_anywhere(status: int) -> None:
    async with serving("/v1", says_404) as (elsewhere, asked):

        def moved(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": f"{elsewhere}/v1{request.path[3:]}"})

        async with serving("/never", moved) as (origin, _):
            with pytest.raises(ModelError, match="moved"):
                await answered(f"{origin}/v1")
            finding = await look(f"{origin}/v1")
    assert not asked
    assert finding.advice == f"Set OPENAI_BASE_URL to {elsewhere}/v1."


@pytest.mark.parametrize("status", [301, 307])
async def test_a_redirect_to_another_path_of_the_same_server_is_gone_along(status: int) -> None:
    def moved(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": f"/api{request.path}"})

    async with serving("/api/v1", moved) as (origin, asked):
        assert await answered(f"{origin}/v1") == "Hello!"
    assert [each.path for each in asked] == ["/v1/chat/completions", "/api/v1/chat/completions"]


async def test_redirects_in_a_circle_end() -> None:
    def moved(request: web.Request) -> web.Response:
        other = {"/a/chat/completions": "/b", "/b/chat/completions": "/a"}.get(request.path, "/a")
        return web.Response(status=307, headers={"Location": f"{other}/chat/completions"})

    async with serving("/never", moved) as (origin, asked):
        with pytest.raises(ModelError, match="moved"):
            await answered(f"{origin}/a")
    assert len(asked) == 2


def test_other_bases_are_on_the_same_server() -> None:
    assert read_endpoint("https://h:1/v1/").others() == ()
    assert read_endpoint("https://h:1").others() == ("https://h:1/v1",)
    assert read_endpoint("https://h:1/api?x=1#y") == Endpoint("https://h:1/api", {"x": "1"})
    assert read_endpoint("https://h:1/api").others() == ("https://h:1/api/v1", "https://h:1/v1")
    assert read_endpoint("http://u:p@h/v1beta/openai").others()[-1] == "http://u:p@h/v1"


async def test_a_server_that_speaks_of_json_in_an_odd_way_is_asked_once() -> None:
    def refuse(_: web.Request) -> web.Response:
        return web.Response(status=404, text=json.dumps({"error": {"message": "model not loaded"}}))

    async with serving("/elsewhere", refuse) as (origin, asked):
        with pytest.raises(ModelError, match="http_404"):
            await answered(origin)
    assert len(asked) == 1


async def test_what_is_refused_where_the_server_is_has_it_looked_for_nowhere_else() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        seen = "image_url" in await request.text()
        refusal = {"error": {"message": "No endpoints found that support image input", "code": 404}}
        return web.json_response(refusal, status=404) if seen else web.json_response(ANSWER)

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    look = Prompt((ChatMessage("user", "look", (Image("image/png", b"x"),)),))
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1"
    async with open_model(api_key="k", base_url=base, name="m", temperature=None, max_tokens=9) as model:
        assert await ask(model, look) == "Hello!"
    await runner.cleanup()
    assert asked == ["/api/v1/chat/completions"] * 2
