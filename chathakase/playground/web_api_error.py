"""The one error of the Web API: a code, and what Slack says beside it."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """An answer `{"ok": false, "error": code, …}`; `details` are the further fields of that answer."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @classmethod
    def invalid(cls, code: str, *messages: str) -> SlackError:
        """An error that says in `response_metadata.messages` what is wrong, as Slack does for bad arguments."""
        return cls(code, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})

    def answer(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"ok": False, "error": self.code, **self.details}
