"""A setting that is misspelt is told with the one that was probably meant, and other programs' variables are not."""

from pathlib import Path

import pytest

from chathakase.config import Settings, misspelt_settings


def test_all_settings_are_spelt_well(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "x")
    assert misspelt_settings() == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CHATHAKASE_MODLE", "CHATHAKASE_MODEL"),
        ("chathakase_modle", "CHATHAKASE_MODEL"),
        ("CHATHAKASE_HELTH", "CHATHAKASE_HEALTH"),
        ("CHATHAKASE_MAX_TOKEN", "CHATHAKASE_MAX_TOKENS"),
        ("CHATHAKASE_DATABASE", "CHATHAKASE_DATABASE_URL"),
        ("CHATHAKSE_MODEL", "CHATHAKASE_MODEL"),
        ("SLACK_BOT_TOKENS", "SLACK_BOT_TOKEN"),
        ("SLACK_APPTOKEN", "SLACK_APP_TOKEN"),
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("OPENAI_BASEURL", "OPENAI_BASE_URL"),
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
    ],
)
def test_the_nearest_name_is_told(name: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "sk-swordfish")
    assert misspelt_settings() == [f"{name.upper()} is not a setting; did you mean {meant}?"]


def test_what_is_like_nothing_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATHAKASE_ZZZ", "x")
    monkeypatch.setenv(f"CHATHAKASE_{'X' * 100_000}", "x")
    assert misspelt_settings() == [f"CHATHAKASE_{'X' * 49} is not a setting", "CHATHAKASE_ZZZ is not a setting"]


@pytest.mark.parametrize(
    "name",
    [
        "SLACK_USER_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_WEBHOOK_URL",
        "SLACK_CLIENT_ID",
        "SLACK_TEAM_ID",
        "OPENAI_ORG_ID",
        "OPENAI_MODEL",
        "OPENAI_LOG",
        "AZURE_OPENAI_API_KEY",
        "PATH",
    ],
)
def test_variables_of_other_programs_are_theirs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    assert misspelt_settings() == []


def test_who_has_set_the_right_one_needs_no_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "x")
    monkeypatch.setenv("SLACK_API_TOKEN", "x")
    assert misspelt_settings() == []


def test_a_file_of_settings_is_looked_at_as_well(own_folder: Path) -> None:
    (own_folder / ".env").write_text("CHATHAKASE_MODLE=swordfish\nSLACK_BOT_TOKEN=x\n")
    assert misspelt_settings() == ["CHATHAKASE_MODLE is not a setting; did you mean CHATHAKASE_MODEL?"]
    (own_folder / ".env").write_bytes(b"\xff\xfe\0")
    assert misspelt_settings() == []


def test_a_line_that_sets_nothing_is_told(own_folder: Path) -> None:
    (own_folder / ".env").write_text(
        '# tokens\nSLACK_BOT_TOKEN="xoxb-1\nOPENAI_API_KEY sk-swordfish\nCHATHAKASE_GRACE=1\n'
    )
    assert misspelt_settings() == [
        f"line {number} of .env is ignored: write it as NAME=value, and close its quotes" for number in (2, 3)
    ]
