"""Finds what a server reports in the place of an answer, or within one. Pure.

OpenAI, SGLang and LiteLLM send ``{"error": {…}}``, Ollama ``{"error": "…"}``, vLLM ``{"object": "error", …}``, Google
a list with an error in it, FastAPI ``{"detail": …}``, OpenRouter an error inside of a choice
(https://openrouter.ai/docs/api-reference/errors), and MiniMax ``{"base_resp": {…}}`` without choices
(https://platform.minimax.io/docs/api-reference/errorcode).
"""

from typing import Any

import httpx2
import openai

CODES = ("code", "status", "status_code", "http_code")
"""Where an error may have the status that it would have had before the answer began."""

BY_TYPE = {
    "rate_limit": 429,
    "too_many_requests": 429,
    "resource_exhausted": 429,
    "overloaded": 503,
    "unavailable": 503,
    "authentication": 401,
    "unauthorized": 401,
    "permission": 403,
    "timeout": 408,
    "deadline_exceeded": 408,
}
"""What such a status is called where it is no number, by how the name begins."""


def reported(document: Any) -> object:
    """What a document reports, as the body of an error; None where it is an answer, or a part of one."""
    if isinstance(document, list):
        return next(filter(None, map(reported, document)), None)
    if error := document.get("error"):
        return error
    choices = document.get("choices")
    for choice in choices or ():
        if isinstance(choice, dict) and (error := choice.get("error")):
            return error
    outcome = document.get("base_resp")
    if not choices and isinstance(outcome, dict) and outcome.get("status_code"):
        return outcome
    names_itself = "error" in (document.get("object"), document.get("type"))
    tells = choices is None and any(map(document.get, ("detail", "message", "msg")))
    return document if names_itself or tells else None


def as_error(body: object, request: httpx2.Request) -> openai.APIError:
    """The error that the openai library would have raised, had the server refused at once."""
    status = _status(body)
    if not status:
        return openai.APIError("", request, body=body)
    return openai.APIStatusError("", response=httpx2.Response(status, request=request), body=body)


def _status(body: object) -> int:
    """The HTTP status of what is reported; 0 where none is told."""
    if not isinstance(body, dict):
        return 0
    named = [str(body[name]) for name in (*CODES, "type") if isinstance(body.get(name), str | int)]
    numbers = (int(each) for each in named if each.isascii() and each.isdigit() and len(each) == 3)
    if found := next((number for number in numbers if 400 <= number < 600), 0):
        return found
    names = [each.lower() for each in named]
    return next((status for kind, status in BY_TYPE.items() if any(name.startswith(kind) for name in names)), 0)
