from pathlib import Path
from typing import Any

import pytest

from chathakase.config import SettingsError, read_settings
from chathakase.core.types import ExpiryMode

ENOUGH = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "OPENAI_API_KEY": "sk-secret"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_(**variables: str) -> None:
        for name, value in {**ENOUGH, **variables}.items():
            monkeypatch.setenv(name, value)

    return set_


def problems() -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read_settings()
    return raised.value.problems


def test_the_defaults(environment: Any) -> None:
    environment()
    settings = read_settings()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.openai_base_url is None
    assert settings.chathakase_temperature is None
    assert settings.chathakase_max_tokens == 2000
    assert settings.chathakase_max_messages == 20
    assert settings.chathakase_session_timeout == 3600
    assert settings.chathakase_expiry is ExpiryMode.ARCHIVE
    assert settings.database == Path("chathakase.db")
    assert settings.chathakase_admins == frozenset()


def test_everything_that_is_missing_is_told_at_once() -> None:
    assert sorted(problems()) == [
        "OPENAI_API_KEY is missing: set it, or set OPENAI_BASE_URL to a server that needs no key",
        "SLACK_APP_TOKEN is missing",
        "SLACK_BOT_TOKEN is missing",
    ]


def test_a_server_of_ones_own_needs_no_key(environment: Any) -> None:
    environment(OPENAI_API_KEY="", OPENAI_BASE_URL="http://localhost:11434/v1")
    assert read_settings().openai_api_key.get_secret_value() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-swapped"),
        ("SLACK_APP_TOKEN", "xoxb-swapped"),
        ("SLACK_API_URL", "slack.com/api"),
        ("OPENAI_BASE_URL", "localhost:11434"),
        ("CHATHAKASE_TEMPERATURE", "hot"),
        ("CHATHAKASE_TEMPERATURE", "2.1"),
        ("CHATHAKASE_MAX_TOKENS", "-1"),
        ("CHATHAKASE_MAX_MESSAGES", "none"),
        ("CHATHAKASE_SESSION_TIMEOUT", "1 hour"),
        ("CHATHAKASE_EXPIRY", "burn"),
        ("CHATHAKASE_DATABASE_URL", "postgres://x"),
        ("CHATHAKASE_DATABASE_URL", "sqlite:///"),
        ("CHATHAKASE_DATABASE_URL", "sqlite:////"),
        ("CHATHAKASE_CONCURRENCY", "0"),
        ("CHATHAKASE_HEALTH", "8081"),
        ("CHATHAKASE_HEALTH", "http://localhost:8081"),
        ("CHATHAKASE_HEALTH", "localhost:0"),
        ("CHATHAKASE_HEALTH", "localhost:65536"),
        ("CHATHAKASE_HEALTH", "::1:8081"),
        ("SLACK_CONFIG_TOKEN", "xoxp-swapped"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(name: str, value: str, environment: Any) -> None:
    environment(**{name: value})
    (problem,) = problems()
    assert problem.startswith(f"{name} ")
    assert "swapped" not in problem


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data.db", "data.db"),
        ("sqlite:///folder/data.db", "folder/data.db"),
        ("sqlite:////var/lib/data.db", "/var/lib/data.db"),
    ],
)
def test_where_the_database_is(url: str, path: str, environment: Any) -> None:
    environment(CHATHAKASE_DATABASE_URL=url)
    assert read_settings().database == Path(path)


@pytest.mark.parametrize("ids", ["U1,U2", "U1, U2", "U1 U2", " U1 ,U2, "])
def test_admins_are_a_list(ids: str, environment: Any) -> None:
    environment(CHATHAKASE_ADMINS=ids)
    assert read_settings().chathakase_admins == {"U1", "U2"}


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("", None),
        ("127.0.0.1:8081", ("127.0.0.1", 8081)),
        (":8081", ("", 8081)),
        ("[::1]:8081", ("::1", 8081)),
        ("my-host.local:65535", ("my-host.local", 65535)),
    ],
)
def test_where_supervisors_are_answered(address: str, read: tuple[str, int] | None, environment: Any) -> None:
    environment(CHATHAKASE_HEALTH=address)
    assert read_settings().health == read


def test_secrets_are_not_shown(environment: Any) -> None:
    environment()
    assert "secret" not in repr(read_settings())
    assert "xoxb-1" not in repr(read_settings())
