import os
from pathlib import Path
from typing import Any

import pytest

from chathakase.app.engine_setup import price_of
from chathakase.certificates import VARIABLES
from chathakase.config import SettingsError, read_settings
from chathakase.core.daily_limits import DailyLimit, Measure, Whose
from chathakase.core.types import ExpiryMode, FollowUps, Switch, Usage
from chathakase.models.catalogue import read_models
from tests.rights import without_rights

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
    assert settings.chathakase_follow_ups is FollowUps.THREAD
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
        ("CHATHAKASE_FOLLOW_UPS", "never"),
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


def test_who_may_talk_to_the_bot(environment: Any) -> None:
    environment(
        CHATHAKASE_ALLOWED_USERS="U1, W2",
        CHATHAKASE_ALLOWED_CHANNELS="C1 G2",
        CHATHAKASE_GUESTS="on",
        CHATHAKASE_EXTERNAL="off",
    )
    settings = read_settings()
    assert settings.chathakase_allowed_users == {"U1", "W2"}
    assert settings.chathakase_allowed_channels == {"C1", "G2"}
    assert (settings.chathakase_guests, settings.chathakase_external) == (Switch.ON, Switch.OFF)


@pytest.mark.parametrize("ids", ["alice", "@alice", "u1", "C1", "U1;U2", "U"])
def test_who_may_is_told_by_ids(ids: str, environment: Any) -> None:
    environment(CHATHAKASE_ALLOWED_USERS=ids)
    assert problems() == ["CHATHAKASE_ALLOWED_USERS must be Slack user ids such as U012AB3CD, separated by commas"]


@pytest.mark.parametrize("ids", ["#general", "general", "D1", "c1", "U1"])
def test_where_they_may_is_told_by_ids(ids: str, environment: Any) -> None:
    environment(CHATHAKASE_ALLOWED_CHANNELS=ids)
    (problem,) = problems()
    assert problem.startswith("CHATHAKASE_ALLOWED_CHANNELS must be Slack channel ids such as C012AB3CD, not names")


@pytest.mark.parametrize("name", ["CHATHAKASE_GUESTS", "CHATHAKASE_EXTERNAL"])
def test_who_is_let_in_is_switched_on_or_off(name: str, environment: Any) -> None:
    environment(**{name: "maybe"})
    (problem,) = problems()
    assert problem.startswith(name)
    assert "'on' or 'off'" in problem


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "http://host\x01/v1"),
        ("OPENAI_BASE_URL", "http://☃.example/v1"),
        ("OPENAI_BASE_URL", "http://xn--a/v1"),
        ("OPENAI_BASE_URL", "http://[::1"),
        ("OPENAI_BASE_URL", "http://h:99999/v1"),
        ("OPENAI_BASE_URL", "http://a b/v1"),
        ("SLACK_API_URL", "https://user:swapped@slack.example/api/"),
        ("SLACK_API_URL", "https://slack.example/api/?token=swapped"),
        ("CHATHAKASE_HEALTH", "a..b:80"),
        ("CHATHAKASE_HEALTH", "[::g]:80"),
        ("CHATHAKASE_DATABASE_URL", f"sqlite:///{'a' * 300}"),
        ("CHATHAKASE_DATABASE_URL", "sqlite:///a\nb"),
        ("CHATHAKASE_MODEL", "a\x1b[2J"),
        ("CHATHAKASE_SYSTEM_PROMPT", "caf\udce9"),
        ("CHATHAKASE_MAX_MESSAGES", "9" * 30),
    ],
)
def test_what_nobody_could_use_is_refused(name: str, value: str, environment: Any) -> None:
    environment(**{name: value})
    (problem,) = problems()
    assert problem.startswith(f"{name} ")
    assert "swapped" not in problem


@pytest.mark.parametrize(
    "name", ["CHATHAKASE_MODEL", "CHATHAKASE_ADMINS", "CHATHAKASE_DATABASE_URL", "OPENAI_BASE_URL"]
)
@pytest.mark.parametrize("secret", ["xoxb-123-abc", "xapp-1-A1-abc", "a-key-of-my-own"])
def test_a_secret_in_the_wrong_setting_is_refused(name: str, secret: str, environment: Any) -> None:
    begin = {"CHATHAKASE_DATABASE_URL": "sqlite:///", "OPENAI_BASE_URL": "https://host/"}.get(name, "")
    environment(**{"OPENAI_API_KEY": "a-key-of-my-own", name: begin + secret})
    (problem,) = problems()
    assert problem == f"{name} contains a token or a key, which belongs in its own setting"


def test_a_prompt_may_have_lines_and_tell_of_tokens(environment: Any) -> None:
    prompt = "Be brief.\n\tA token begins with xoxb-something."
    environment(CHATHAKASE_SYSTEM_PROMPT=prompt)
    assert read_settings().chathakase_system_prompt == prompt


def test_a_password_for_the_models_server_is_taken(environment: Any) -> None:
    environment(OPENAI_BASE_URL="http://user:password@localhost:11434/v1")
    assert read_settings().openai_base_url == "http://user:password@localhost:11434/v1"


@pytest.fixture(autouse=True)
def nothing_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *(each for each in os.environ if each.lower().endswith("_proxy"))):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4", "SOCKS5", "socks"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "All_Proxy", "https_Proxy"])
def test_a_proxy_that_cannot_be_used_is_told_where_one_is_needed(
    name: str, scheme: str, environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, f"{scheme}://user:swapped@proxy:1080")
    environment()
    (problem,) = problems()
    assert problem == f"{name} names a SOCKS proxy, which is not supported: name an HTTP proxy, or unset it"
    environment(SLACK_API_URL="http://127.0.0.1:1/api/", OPENAI_BASE_URL="http://localhost:2/v1")
    assert read_settings()
    monkeypatch.setenv(name, "http://user:password@proxy:3128")
    environment()
    assert read_settings()


def test_a_proxy_that_nobody_needs_does_not_matter(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy:1080")
    environment(OPENAI_BASE_URL="https://model.example/v1")
    assert len(problems()) == 1
    monkeypatch.setenv("NO_PROXY", "slack.com,.example")
    assert read_settings()
    monkeypatch.setenv("NO_PROXY", "*")
    assert read_settings()


@pytest.mark.parametrize("name", VARIABLES)
def test_certificates_that_cannot_be_read_are_told_where_they_are_needed(
    name: str, environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment()
    monkeypatch.setenv(name, "/no/such/file.pem")
    assert problems() == [f"{name} names something that cannot be read (No such file or directory)"]
    environment(SLACK_API_URL="http://127.0.0.1:1/api/", OPENAI_BASE_URL="http://localhost:2/v1")
    assert read_settings()
    environment(SLACK_API_URL="http://127.0.0.1:1/api/", OPENAI_BASE_URL="https://localhost:2/v1")
    assert len(problems()) == 1


def test_a_file_of_settings_may_begin_with_a_mark(own_folder: Path) -> None:
    lines = "".join(f"{name}={value}\n" for name, value in ENOUGH.items())
    (own_folder / ".env").write_text(f"\ufeff{lines}", encoding="utf-8")
    assert read_settings().slack_bot_token.get_secret_value() == "xoxb-1"


def test_a_file_of_settings_that_is_no_text_is_told(own_folder: Path) -> None:
    (own_folder / ".env").write_bytes("SLACK_BOT_TOKEN=xoxb-1".encode("utf-16"))
    assert problems() == [".env must be a text file in UTF-8"]
    (own_folder / ".env").chmod(0)
    (problem,) = without_rights(problems)
    assert problem.startswith(".env cannot be read (")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("CHATHAKASE_DAILY_QUESTIONS", "2.5", "must be whole numbers, such as 20"),
        ("CHATHAKASE_DAILY_TOKENS", "100k", "must be whole numbers, such as 20"),
        ("CHATHAKASE_DAILY_COST", "$5", "must be dollars, such as 2.50"),
        (
            "CHATHAKASE_DAILY_COST",
            "1/2/3/4",
            "must be at most three numbers, for a person, a channel and everybody, such as 20/200/2000",
        ),
    ],
)
def test_a_daily_limit_that_cannot_be_read_is_told(name: str, value: str, problem: str, environment: Any) -> None:
    environment(**{name: value})
    assert problems() == [f"{name} {problem}"]


def test_daily_limits_are_those_of_all_three_settings(environment: Any) -> None:
    environment(CHATHAKASE_DAILY_QUESTIONS="20//2000", CHATHAKASE_DAILY_COST="/2.50")
    assert read_settings().daily_limits == (
        DailyLimit(Measure.QUESTIONS, Whose.PERSON, 20),
        DailyLimit(Measure.QUESTIONS, Whose.ALL, 2000),
        DailyLimit(Measure.COST, Whose.CHANNEL, 2_500_000),
    )


@pytest.mark.parametrize(("answered", "cost"), [("gpt-5-mini-2025-08-07", 4_250), ("a name that nobody knows", 3_500)])
def test_an_answer_costs_as_its_model_does_or_else_as_the_one_that_is_set(answered: str, cost: int) -> None:
    facts = read_models("own=8192 1.5/1").facts
    assert price_of(facts, "own")(answered, Usage(1_000, 2_000)) == cost


def test_what_nobody_knows_the_price_of_costs_nothing() -> None:
    assert price_of(read_models("").facts, "unknown")("unknown", Usage(1_000_000, 1_000_000)) == 0
