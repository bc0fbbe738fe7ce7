"""The settings, read once at start from the environment and a ``.env`` file."""

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chathakase.core.types import ExpiryMode, Streaming

_Kind = TypeVar("_Kind", bound=BaseSettings)

SYSTEM_PROMPT = "You are ChatHakase, a helpful assistant. Be friendly, precise and brief."


class SettingsError(Exception):
    """Settings that are wrong or missing; one plain sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )


class Stored(_Environment):
    """Where sessions are stored."""

    chathakase_database_url: str = "sqlite:///chathakase.db"
    """``sqlite:///relative.db`` or ``sqlite:////absolute.db``."""

    @property
    def database(self) -> Path:
        """The database's file."""
        return sqlite_path(self.chathakase_database_url)

    @field_validator("chathakase_database_url")
    @classmethod
    def _database_url(cls, url: str) -> str:
        sqlite_path(url)
        return url


class ModelServer(_Environment):
    """Where the model is."""

    openai_base_url: str | None = None
    """Any OpenAI-compatible server, for instance ``http://localhost:11434/v1``; unset: OpenAI's own."""
    openai_api_key: SecretStr = Field(default=SecretStr(""), validate_default=True)
    """Key for the model's server; may be missing when ``OPENAI_BASE_URL`` names a server that needs none."""

    chathakase_model: str = "gpt-5.6-luna"
    """The model to ask for."""
    chathakase_models: str = ""
    """What is known of models besides the built-in table: ``name=window [vision] [in/out]``, with commas between."""
    chathakase_background_model: str = ""
    """Which model writes summaries and titles; empty: the same one; ``off``: none."""

    @property
    def is_set(self) -> bool:
        """Whether a model is named at all."""
        return bool(self.openai_base_url or self.openai_api_key.get_secret_value())


class Settings(ModelServer, Stored):
    """Everything that can be set. ``docs/settings.md`` tells the same in words."""

    slack_bot_token: SecretStr
    """Bot User OAuth Token, ``xoxb-…``."""
    slack_app_token: SecretStr
    """App-level token with ``connections:write``, ``xapp-…``."""
    slack_api_url: str = "https://slack.com/api/"
    """Base of Slack's Web API."""

    chathakase_system_prompt: str = SYSTEM_PROMPT
    """What the model is told first."""
    chathakase_temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """0 to 2; unset: not sent, since not every model takes it."""
    chathakase_max_tokens: int = Field(2000, ge=1)
    """The longest answer, in tokens."""
    chathakase_max_messages: int = Field(20, ge=1)
    """How many of a thread's newest messages the model sees."""

    chathakase_streaming: Streaming = Streaming.UPDATE
    """How replies grow: ``update`` by edits, ``native`` by Slack's streams in direct messages, ``off`` not at all."""
    chathakase_max_pages: int = Field(10, ge=1, le=100)
    """Messages beyond which an answer is attached as a file."""
    chathakase_rate_limits: str = ""
    """Calls a minute (and at once) by Web API method, where they differ from Slack's documented limits."""
    chathakase_slack_timeout: float = Field(10, gt=0, le=60)
    """Seconds that one Web API call may take."""

    chathakase_session_timeout: int = Field(3600, ge=1, le=10**9)
    """Seconds after which an idle session expires."""
    chathakase_expiry: ExpiryMode = ExpiryMode.ARCHIVE
    """``archive`` keeps an expired session for the next message in its thread, ``delete`` removes it."""
    chathakase_retention_days: int = Field(30, ge=0, le=36_500)
    """Days after which everything of an idle session is deleted; 0: never."""
    chathakase_max_file_mb: int = Field(20, ge=0, le=1024)
    """The largest file that is read, in megabytes; 0: files are not read."""
    chathakase_admins: Annotated[frozenset[str], NoDecode] = frozenset()
    """Slack user ids with commas between; workspace admins count too."""
    chathakase_concurrency: int = Field(50, ge=1)
    """How many turns run at once."""
    chathakase_max_waiting: int = Field(1000, ge=0)
    """How many sessions may wait for their turn besides those; 0: any number."""
    chathakase_person_rate: int = Field(0, ge=0)
    """Questions a minute that one person may ask; 0: any number."""
    chathakase_channel_rate: int = Field(0, ge=0)
    """Questions a minute that may be asked in one channel; 0: any number."""
    chathakase_catch_up: int = Field(3600, ge=0)
    """Seconds for which a question that was missed while away is still answered; 0: none is looked for."""
    chathakase_grace: float = Field(5, ge=0, le=3600)
    """Seconds that turns under way get to end at shutdown."""

    chathakase_health: str = ""
    """``host:port`` where supervisors are answered, ``:port`` for every interface; empty: nowhere."""
    slack_config_token: SecretStr = SecretStr("")
    """App configuration token, ``xoxe.xoxp-…``, with which a checkup reads the app's settings; empty: they are not."""

    @property
    def health(self) -> tuple[str, int] | None:
        """Where supervisors are answered: a host, empty for every interface, and a port."""
        return listening_address(self.chathakase_health) if self.chathakase_health else None

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(xoxe\.)?xoxb-[!-~]+", token.get_secret_value()):
            raise ValueError("must be a bot token, which begins with xoxb-")
        return token

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"xapp-[!-~]+", token.get_secret_value()):
            raise ValueError("must be an app-level token, which begins with xapp-")
        return token

    @field_validator("slack_config_token")
    @classmethod
    def _config_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(xoxe\.xoxp-[!-~]+)?", token.get_secret_value()):
            raise ValueError("must be an app configuration token, which begins with xoxe.xoxp-")
        return token

    @field_validator("slack_api_url", "openai_base_url")
    @classmethod
    def _url(cls, url: str | None) -> str | None:
        if url is not None and not _is_http(url):
            raise ValueError("must be an address such as https://host/path or http://host:port/path")
        return url

    @field_validator("chathakase_health")
    @classmethod
    def _health(cls, address: str) -> str:
        if address:
            listening_address(address)
        return address

    @field_validator("chathakase_admins", mode="before")
    @classmethod
    def _admins(cls, ids: Any) -> Any:
        if isinstance(ids, str):
            ids = frozenset(ids.replace(",", " ").split())
        if not all(re.fullmatch(r"[A-Za-z0-9_-]+", user) for user in ids):
            raise ValueError("must be Slack user ids such as U012AB3CD, with commas between")
        return ids

    @field_validator("openai_api_key")
    @classmethod
    def _key_or_server(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        # A base URL that is itself wrong is missing here, and is told already.
        if not key.get_secret_value() and info.data.get("openai_base_url", "") is None:
            raise ValueError("is missing: set it, or set OPENAI_BASE_URL to a server that needs no key")
        if not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise ValueError("must not contain spaces or letters beyond ASCII")
        return key


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def sqlite_path(url: str) -> Path:
    """Read ``sqlite:///relative.db`` or ``sqlite:////absolute.db``. Raises ValueError in plain words."""
    path = url.removeprefix("sqlite:///")
    if path == url:
        raise ValueError("must look like sqlite:///relative.db or sqlite:////absolute/path.db")
    if path.endswith("/") or not path or path.startswith(":"):
        raise ValueError("names no file; write for instance sqlite:///chathakase.db")
    return Path(path)


def listening_address(text: str) -> tuple[str, int]:
    """Read ``127.0.0.1:8081``, ``[::1]:8081`` or ``:8081``. Raises ValueError in plain words."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]*)):([0-9]{1,5})", text)
    if not found or not 0 < int(found[3]) < 65_536:
        raise ValueError("must look like 127.0.0.1:8081, or :8081 to listen on every interface")
    return found[1] or found[2] or "", int(found[3])


def read_settings(**given: Any) -> Settings:
    """Read the settings; ``given`` ones, by field name, win over the environment.

    Raises SettingsError with everything that is wrong or missing at once.
    """
    return _read(Settings, **given)


def read_stored() -> Stored:
    """Read only where sessions are stored, which is all that is needed to read them. Raises SettingsError."""
    return _read(Stored)


def _read(kind: type[_Kind], **given: Any) -> _Kind:
    try:
        return kind(**given)
    except ValidationError as error:
        raise SettingsError([_sentence(problem) for problem in error.errors(include_input=False)]) from None
    except UnicodeDecodeError:
        raise SettingsError([".env must be a text file in UTF-8"]) from None


def _sentence(problem: Any) -> str:
    """One problem in plain words, without the value, which may be a secret."""
    name = str(problem["loc"][0]).upper() if problem["loc"] else ""
    if problem["type"] == "missing":
        return f"{name} is missing"
    message = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} {message}".strip()
