"""The arguments of one Web API call, read as Slack reads them, whether they came as a form, a query or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a caller passed; values are text in forms and queries and anything in JSON, where null is absent.

    An absent argument that is required is `invalid_arguments`; one that names nothing is the method's own error
    (measured: brekkylab/backlot#84).
    """

    values: Mapping[str, Any]

    def has(self, name: str) -> bool:
        """Whether the argument was passed, be it empty."""
        return self.values.get(name) is not None

    def required(self, name: str) -> str:
        """The argument as text; `invalid_arguments` if it was not passed."""
        if not self.has(name):
            raise SlackError.invalid("invalid_arguments", f"missing required field: {name}")
        return self.text(name)

    def text(self, name: str, default: str = "") -> str:
        """The argument as text."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """The argument as true or false."""
        if not self.has(name):
            return default
        return self.text(name).lower() not in ("false", "0", "")

    def whole(self, name: str, default: int, *, most: int) -> int:
        """The argument as a whole number from 1 to `most`, larger ones cut; `invalid_arguments` for anything else."""
        if not self.text(name):
            return default
        try:
            number = int(self.text(name))
        except ValueError:
            raise SlackError.invalid("invalid_arguments", f"must be an integer: {name}") from None
        if number < 0:
            raise SlackError.invalid("invalid_arguments", f"must be greater than 0: {name}")
        return min(number or default, most)

    def objects(self, name: str, error: str) -> Sequence[Json] | None:
        """The argument as a list of JSON objects, perhaps written as text; None if absent, `error` if malformed."""
        value = self._json(name, error)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise SlackError(error)
        return value

    def object(self, name: str, error: str) -> Json | None:
        """The argument as a JSON object, perhaps written as text; None if absent, `error` if malformed."""
        value = self._json(name, error)
        if value is None or isinstance(value, dict):
            return value
        raise SlackError(error)

    def names(self, name: str) -> Sequence[str]:
        """The argument as a list of ids, given as `U1,U2` or as a JSON list."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self._json(name, "invalid_arguments")
        if isinstance(value, list):
            return [str(each) for each in value]
        return [each.strip() for each in self.text(name).split(",") if each.strip()]

    def _json(self, name: str, error: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None
