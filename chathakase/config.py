"""The settings, read once at start from the environment and a ``.env`` file."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from chathakase.core.addresses import check_host, web_address
from chathakase.core.daily_limits import DailyLimit, Measure, read_limits
from chathakase.core.types import ExpiryMode, FollowUps, Streaming, Switch
from chathakase.environment import Environment, check_network, read
from chathakase.environment import SettingsError as SettingsError
from chathakase.misspelling import misspelt

MOST = 10**9
"""The largest number that makes sense anywhere."""
LONGEST_NAME, LONGEST_PATH = 200, 2_000
"""Bytes of a file's or folder's name, for which systems have 255 with what is added to it, and characters of a path."""
OPENAI = "https://api.openai.com/v1"

USER_ID, CHANNEL_ID = r"[UW][A-Z0-9]+", r"[CG][A-Z0-9]+"
"""What the ids of people and of channels look like; that of a direct message names no channel."""

SYSTEM_PROMPT = "You are ChatHakase, a helpful assistant. Be friendly, precise and brief."


class Stored(Environment):
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


class ModelServerSettings(Environment):
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

    @field_validator("openai_base_url")
    @classmethod
    def _model_url(cls, url: str | None) -> str | None:
        if url is not None:
            web_address(url)
        return url


class Settings(ModelServerSettings, Stored):
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
    chathakase_max_tokens: int = Field(2000, ge=1, le=MOST)
    """The longest answer, in tokens."""
    chathakase_first_token_timeout: float = Field(60, gt=0, le=3600)
    """Seconds that the model may take to begin an answer, a summary or a title."""
    chathakase_max_messages: int = Field(20, ge=1, le=MOST)
    """How many of a thread's newest messages the model sees."""

    chathakase_streaming: Streaming = Streaming.UPDATE
    """How replies grow: ``update`` by edits, ``native`` by Slack's streams in direct messages, ``off`` not at all."""
    chathakase_max_pages: int = Field(10, ge=1, le=100)
    """Messages beyond which an answer is attached as a file."""
    chathakase_rate_limits: str = ""
    """Calls a minute (and at once) by Web API method, where they differ from Slack's documented limits."""
    chathakase_slack_timeout: float = Field(10, gt=0, le=60)
    """Seconds that one Web API call may take."""

    chathakase_follow_ups: FollowUps = FollowUps.THREAD
    """Whether the bot answers in a channel's thread where it takes part: ``thread``, or only a ``mention``."""
    chathakase_session_timeout: int = Field(3600, ge=1, le=10**9)
    """Seconds after which an idle session expires."""
    chathakase_expiry: ExpiryMode = ExpiryMode.ARCHIVE
    """``archive`` keeps an expired session for the next message in its thread, ``delete`` removes it."""
    chathakase_person_sessions: int = Field(0, ge=0, le=MOST)
    """How many open sessions one person may own; beyond that, the one that idled longest is archived; 0: any number."""
    chathakase_retention_days: int = Field(30, ge=0, le=36_500)
    """Days after which everything of an idle session is deleted; 0: never."""
    chathakase_max_file_mb: int = Field(20, ge=0, le=1024)
    """The largest file that is read, in megabytes; 0: files are not read."""
    chathakase_admins: Annotated[frozenset[str], NoDecode] = frozenset()
    """Slack user ids with commas between; workspace admins count too."""
    chathakase_allowed_users: Annotated[frozenset[str], NoDecode] = frozenset()
    """Slack user ids with commas between of those who alone may talk to the bot; empty: all who are let in below."""
    chathakase_allowed_channels: Annotated[frozenset[str], NoDecode] = frozenset()
    """Ids of the channels in which it may be talked to, besides direct messages; empty: in all."""
    chathakase_guests: Switch = Switch.OFF
    """Whether the workspace's guests may talk to the bot."""
    chathakase_external: Switch = Switch.OFF
    """Whether people may who belong neither to the workspace nor to its enterprise."""
    chathakase_answer_workflows: bool = False
    """Whether mentions by Workflow Builder are answered."""
    chathakase_concurrency: int = Field(50, ge=1, le=MOST)
    """How many turns run at once."""
    chathakase_max_waiting: int = Field(1000, ge=0, le=MOST)
    """How many sessions may wait for their turn besides those; 0: any number."""
    chathakase_person_rate: int = Field(0, ge=0, le=MOST)
    """Questions a minute that one person may ask; 0: any number."""
    chathakase_channel_rate: int = Field(0, ge=0, le=MOST)
    """Questions a minute that may be asked in one channel; 0: any number."""
    chathakase_daily_questions: str = ""
    """Questions a day for a person, a channel and all, such as ``20/200/2000``; what is empty has no limit."""
    chathakase_daily_tokens: str = ""
    """The same for the tokens that models read and write."""
    chathakase_daily_cost: str = ""
    """The same for US dollars, such as ``0.50/5/50``."""
    chathakase_catch_up: int = Field(3600, ge=0, le=MOST)
    """Seconds for which a question that was missed while away is still answered; 0: none is looked for."""
    chathakase_grace: float = Field(5, ge=0, le=3600)
    """Seconds that turns under way get to end at shutdown."""

    chathakase_health: str = ""
    """``host:port`` where supervisors are answered, ``:port`` for every interface; empty: nowhere."""
    slack_config_token: SecretStr = SecretStr("")
    """App configuration token, ``xoxe.xoxp-…``, with which doctor reads the app's settings; empty: they are not."""

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

    @field_validator("slack_api_url")
    @classmethod
    def _slack_url(cls, url: str) -> str:
        parts = web_address(url)
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("must not contain a user name, a password, a query or a fragment")
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
        return _ids(ids, r"[A-Za-z0-9_-]+", "user ids such as U012AB3CD")

    @field_validator("chathakase_allowed_users", mode="before")
    @classmethod
    def _users(cls, ids: Any) -> Any:
        return _ids(ids, USER_ID, "user ids such as U012AB3CD")

    @field_validator("chathakase_allowed_channels", mode="before")
    @classmethod
    def _channels(cls, ids: Any) -> Any:
        return _ids(ids, CHANNEL_ID, "channel ids such as C012AB3CD, not names")

    @field_validator("chathakase_daily_questions", "chathakase_daily_tokens", "chathakase_daily_cost")
    @classmethod
    def _daily_limits(cls, limits: str, info: ValidationInfo) -> str:
        read_limits(Measure(str(info.field_name).rpartition("_")[2]), limits)
        return limits

    @property
    def daily_limits(self) -> Sequence[DailyLimit]:
        """How much may be used in a day."""
        return (
            *read_limits(Measure.QUESTIONS, self.chathakase_daily_questions),
            *read_limits(Measure.TOKENS, self.chathakase_daily_tokens),
            *read_limits(Measure.COST, self.chathakase_daily_cost),
        )

    @field_validator("openai_api_key")
    @classmethod
    def _key_or_server(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        # A base URL that is itself wrong is missing here, and is told already.
        if not key.get_secret_value() and info.data.get("openai_base_url", "") is None:
            raise ValueError("is missing: set it, or set OPENAI_BASE_URL to a server that needs no key")
        if not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise ValueError("must not contain spaces or letters beyond ASCII")
        return key


def _ids(ids: Any, form: str, what: str) -> Any:
    """Read Slack ids of one form with commas between. Raises ValueError in plain words."""
    if isinstance(ids, str):
        ids = frozenset(ids.replace(",", " ").split())
    if not all(re.fullmatch(form, id_) for id_ in ids):
        raise ValueError(f"must be Slack {what}, separated by commas")
    return ids


def sqlite_path(url: str) -> Path:
    """Read ``sqlite:///relative.db`` or ``sqlite:////absolute.db``. Raises ValueError in plain words."""
    path = url.removeprefix("sqlite:///")
    if path == url:
        raise ValueError("must look like sqlite:///relative.db or sqlite:////absolute/path.db")
    if path.endswith("/") or not path or path.startswith(":"):
        raise ValueError("names no file; use for instance sqlite:///chathakase.db")
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in Path(path).parts) or len(path) > LONGEST_PATH:
        raise ValueError("names a file whose name is too long")
    return Path(path)


def listening_address(text: str) -> tuple[str, int]:
    """Read ``127.0.0.1:8081``, ``[::1]:8081`` or ``:8081``. Raises ValueError in plain words."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]*)):([0-9]{1,5})", text)
    if not found or not 0 < int(found[3]) < 65_536:
        raise ValueError("must look like 127.0.0.1:8081, or :8081 to listen on every interface")
    host = found[1] or found[2] or ""
    if host:
        check_host(host)
    return host, int(found[3])


def read_settings(**given: Any) -> Settings:
    """Read the settings; ``given`` ones, by field name, win over the environment.

    Raises SettingsError with everything that is wrong or missing at once.
    """
    settings = read(Settings, **given)
    check_network(settings.slack_api_url, settings.openai_base_url or OPENAI)
    return settings


def misspelt_settings() -> list[str]:
    """One sentence for each variable that seems to be meant for a setting and is none."""
    return misspelt(Settings)


def read_stored() -> Stored:
    """Read only where sessions are stored, which is all that is needed to read them. Raises SettingsError."""
    return read(Stored)


def read_model_server(**given: Any) -> ModelServerSettings:
    """Read only where the model is; a server that needs no key may be one that is not there. Raises SettingsError."""
    server = read(ModelServerSettings, **given)
    if server.is_set:
        check_network(server.openai_base_url or OPENAI)
    return server
