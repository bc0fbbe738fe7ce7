"""Whatever is wrong with a setting: the program ends by itself, with a sentence, and shows no secret and no trace."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from tempfile import mkdtemp

import pytest
from aiohttp import web

from chathakase.config import Settings
from chathakase.core.unicode import visible
from tests.end_to_end.forked import Case, CaseEnd

pytestmark = pytest.mark.long

SECRET = "tell-nobody"
SECRETS = {
    "SLACK_BOT_TOKEN": f"xoxb-1-{SECRET}",
    "SLACK_APP_TOKEN": f"xapp-1-{SECRET}",
    "OPENAI_API_KEY": f"a-key-{SECRET}",
    "SLACK_CONFIG_TOKEN": f"xoxe.xoxp-1-{SECRET}",
}
ADDRESSES = ("SLACK_API_URL", "OPENAI_BASE_URL", "CHATHAKASE_DATABASE_URL", "CHATHAKASE_HEALTH")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy")

# None of these can be used as an address, or as a number, by anybody.
BROKEN = (
    "http://host\x01/v1",
    "http://ho\nst/",
    "\x1b]0;title\x07\x1b[2J",
    "http://☃.example/v1",
    "http://xn--a/v1",
    f"http://user:{SECRET}@ho st/v1",
    f"http://user:{SECRET}@[::1/v1",
    f"http://user:pa/ss{SECRET}@h:99999",
    f"http://h:99999/?key={SECRET}",
    f"postgres://user:{SECRET}@h/x",
    "http://[::1",
    "http://[v9.x]/",
    "http://999.1.1.1/",
    f"http://{'a' * 64}/",
    f"http://{'a.' * 200}x/",
    "http://../",
    "http://-/",
    "http:///v1",
    "ftp://h/",
    "http://h:0/",
    "http://h:x/",
    "a..b:80",
    "[::g]:80",
    "host:99999",
    "\udce9\udcff",
    "http://h\udce9/",
    "http://\u202eh/",
    "http://h\u2028/",
    "\ufeffhttp://h/",
    "http://h\\@evil/",
    f"http://h/{'x' * 20_000}",
    "-" * 5_000,
    "${HOME}",
    *SECRETS.values(),
)
DATABASES = (
    f"sqlite:///{'a' * 300}",
    f"sqlite:///{'a/' * 3_000}x",
    "sqlite:///a\nb",
    "sqlite:///no/such/folder/x.db",
    "sqlite:////dev/full",
    "sqlite:////proc/x.db",
    "sqlite:////etc",
    f"sqlite:///{SECRETS['SLACK_BOT_TOKEN']}.db",
    f"sqlite:///{SECRETS['OPENAI_API_KEY']}.db",
)
DOTENVS = (
    "SLACK_BOT_TOKEN={token}\x00\n",
    "OPENAI_BASE_URL=http://h\x00/\n",
    "SLACK_BOT_TOKEN=\udce9\n",
    "\ufeffSLACK_BOT_TOKEN=\n",
    "={token}\n==\n'\"\n",
    "\udcff\udcfeS\x00L\x00",
)


@pytest.fixture
async def rejecting() -> AsyncIterator[str]:
    """A server that takes no token and knows no model; gives its base."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error": "invalid_auth"})

    application = web.Application()
    application.add_routes([web.route("*", "/{path:.*}", refuse)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
def environment(rejecting: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SLACK_API_URL": f"{rejecting}/api/",
        "OPENAI_BASE_URL": f"{rejecting}/v1",
        **SECRETS,
    }


async def ended(cases: Sequence[Case]) -> list[CaseEnd]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.end_to_end.forked",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    given = json.dumps([asdict(case) for case in cases])
    output, errors = await process.communicate(given.encode())
    assert process.returncode == 0, errors.decode()
    return [CaseEnd(**each) for each in json.loads(output)]


def _flaws(case: Case, each: CaseEnd) -> list[str]:
    said = each.said
    flaws = [word for word in (SECRET, "Traceback", "unexpected error", "locals") if word in said]
    if any(visible(line) != line for line in said.splitlines()):
        flaws.append("control characters")
    if each.code not in (1, 2) or not said.strip():
        flaws.append("exit code")
    return [f"{flaw} of {case.argv} with {case.environment!a}: {each.code} {said!a}" for flaw in flaws]


def _cases(environment: dict[str, str], folder: Path) -> Iterator[Case]:
    commands = cycle((["run"], ["doctor"], ["doctor", "--json"]))
    others = sorted({name.upper() for name in Settings.model_fields} - {*ADDRESSES, "CHATHAKASE_SYSTEM_PROMPT"})
    nasty = cycle(BROKEN)
    broken = [
        *((name, value) for name in ADDRESSES for value in BROKEN),
        *((name, value) for name in others for value in islice(nasty, 3)),
        *(("CHATHAKASE_DATABASE_URL", value) for value in DATABASES),
    ]
    for name, value in broken:
        yield _case(folder, next(commands), environment | {name: value})
    for value in (*BROKEN[:8], *DATABASES[:-1]):
        for command in (["export"], ["search", "words"]):
            yield _case(folder, command, {"CHATHAKASE_DATABASE_URL": value})
    for value in BROKEN[:20]:
        model = {"OPENAI_BASE_URL": value, "OPENAI_API_KEY": SECRET}
        yield _case(folder, ["playground", "--terminal", "--port=0"], model)
    elsewhere = environment | {"SLACK_API_URL": "http://nowhere.example/api/"}
    for value in (f"socks5://user:{SECRET}@h:1080", *BROKEN[4:10]):
        for name in PROXIES:
            yield _case(folder, next(commands), elsewhere | {name: value})
    for dotenv in DOTENVS:
        text = dotenv.replace("{token}", SECRETS["SLACK_BOT_TOKEN"])
        yield _case(folder, next(commands), environment | {"SLACK_BOT_TOKEN": ""}, dotenv=text)


async def test_no_broken_setting_shows_more_than_a_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    cases = list(_cases(environment, tmp_path))
    assert len(cases) > 300
    flaws = [flaw for case, each in zip(cases, await ended(cases), strict=True) for flaw in _flaws(case, each)]
    assert not flaws, "\n".join(flaws)


def _case(folder: Path, argv: Sequence[str], environment: dict[str, str], dotenv: str | None = None) -> Case:
    return Case(argv, environment, dotenv, mkdtemp(dir=folder))


async def test_odd_arguments_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    odd = ("\x1b]0;x\x07", "--\x1b[2J", "\udce9", "a\nb", "[/red]", "--[bold]")
    commands = [
        each
        for argument in odd
        for each in ([argument], ["run", argument], ["search", "x", "--limit", argument], ["playground", "--host"])
    ]
    cases = [_case(tmp_path, command, {}) for command in commands]
    flaws = [flaw for case, each in zip(cases, await ended(cases), strict=True) for flaw in _flaws(case, each)]
    assert not flaws, "\n".join(flaws)
