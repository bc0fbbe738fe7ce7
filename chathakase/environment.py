"""How settings are read: from the environment and a ``.env`` file, with every problem as one plain sentence."""

import os
from collections.abc import Iterator
from typing import Any, Self, TypeVar

from pydantic import SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chathakase.certificates import certificate_problems
from chathakase.core.addresses import proxy_problem, web_address
from chathakase.core.unicode import visible
from chathakase.proxies import is_reached_directly
from chathakase.showing import TOKEN

_Kind = TypeVar("_Kind", bound="Environment")

PROXIES = frozenset({"https_proxy", "http_proxy", "all_proxy"})
"""The variables that HTTP's libraries read of themselves, in capitals, small letters or both."""
UNMISTAKABLE = 12
"""Characters of a key from which on it stands nowhere by chance."""
PROSE = "chathakase_system_prompt"
"""The one setting that may have lines, and may tell what a token looks like."""


class SettingsError(Exception):
    """Settings that are wrong or missing; one plain sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Environment(BaseSettings):
    """Settings of which each is one line of text, that holds a secret only where secrets belong."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8-sig", env_ignore_empty=True, extra="ignore", frozen=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, value: Any, info: ValidationInfo) -> Any:
        """Bytes that are no UTF-8 come as halves of pairs."""
        if isinstance(value, str):
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise ValueError("must be text in UTF-8")
            if info.field_name != PROSE and visible(value) != value:
                raise ValueError("must not contain control characters")
        return value

    @model_validator(mode="after")
    def _no_secret_elsewhere(self) -> Self:
        """What is no secret is shown and sent: a token or a key in the wrong place must not be."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        keys = [value.get_secret_value() for value in fields.values() if isinstance(value, SecretStr)]
        for name, value in fields.items():
            if any(_holds_secret(name, text, keys) for text in (value if isinstance(value, frozenset) else (value,))):
                raise ValueError(f"{name.upper()} contains a token or a key, which belongs in its own setting")
        return self


def read(kind: type[_Kind], **given: Any) -> _Kind:
    """Read settings; ``given`` ones, by field name, win. Raises SettingsError."""
    try:
        return kind(**given)
    except ValidationError as error:
        raise SettingsError([_sentence(problem) for problem in error.errors(include_input=False)]) from None
    except UnicodeDecodeError:
        raise SettingsError([".env must be a text file in UTF-8"]) from None
    except OSError as error:
        raise SettingsError([f".env cannot be read ({error.strerror})"]) from None


def _sentence(problem: Any) -> str:
    """One problem in plain words, without the value, which may be a secret."""
    name = str(problem["loc"][0]).upper() if problem["loc"] else ""
    if problem["type"] == "missing":
        return f"{name} is missing"
    message = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} {message}".strip()


def check_network(*addresses: str) -> None:
    """See whether what variables say of proxies and certificates can be used, where it is needed.

    What is on this machine, or named in ``NO_PROXY``, is reached without a proxy. Raises SettingsError.
    """
    parts = [web_address(address) for address in addresses]
    problems: list[str] = []
    if not all(map(is_reached_directly, parts)):
        problems += _proxy_problems()
    if any(each.scheme == "https" for each in parts):
        problems += certificate_problems()
    if problems:
        raise SettingsError(problems)


def _proxy_problems() -> Iterator[str]:
    for name, address in os.environ.items():
        if name.lower() in PROXIES and address.strip() and (problem := proxy_problem(address.strip())):
            yield f"{name} {problem}"


def _holds_secret(name: str, text: object, keys: list[str]) -> bool:
    if not isinstance(text, str):
        return False
    looks_so = name != PROSE and TOKEN.search(text) is not None
    return looks_so or any(len(key) >= UNMISTAKABLE and key in text for key in keys)
