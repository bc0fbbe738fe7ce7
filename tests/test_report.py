"""What doctor and search print of names that others gave."""

import io

import pytest
from rich.console import Console

from chathakase import diagnostics, report
from chathakase.archive import as_lines
from chathakase.config import read_settings
from chathakase.core.memory import SearchHit
from chathakase.core.types import SessionId
from chathakase.core.unicode import visible
from chathakase.findings import Finding, Level
from tests.places import slack_place

EVIL = "[/x] [link=file:///x]\x1b]0;x\x07\x9b2J\u202e\nnext xoxb-12-34"


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_findings_are_shown_and_not_obeyed(terminal: bool, encoding: str) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=out, force_terminal=terminal, color_system=None, width=300)
    report.show([Finding(EVIL, Level.OK, EVIL, EVIL)], console)
    out.seek(0)
    shown = out.read()
    assert all(visible(line) == line for line in shown.splitlines())
    assert shown.count(r"[/x] [link=file:///x]\x1b]0;x\x07\x9b2J\u202e\nnext xoxb-***") == 3
    assert "12-34" not in report.as_json([Finding(EVIL, Level.OK, EVIL)])


def test_what_was_found_is_shown_and_not_obeyed() -> None:
    found = SearchHit(SessionId("s1"), slack_place("C1", "1.0"), EVIL, "2.0", EVIL, EVIL, 1)
    lines = list(as_lines(found))
    assert len(lines) == 2
    for line in lines:
        assert visible(line) == line
        assert r"\x1b]0;x\x07\x9b2J\u202e next" in line


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("http://slack.example/api/", Level.WARNING),
        ("https://slack.example/api/", Level.OK),
        ("http://127.0.0.1:1/api/", Level.OK),
    ],
)
def test_tokens_that_would_go_in_clear_are_told(url: str, level: Level) -> None:
    tokens = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1", "openai_api_key": "none"}
    settings = read_settings(slack_api_url=url, **tokens)
    assert [each.level for each in diagnostics._look_at_settings(settings)][-1] is level
