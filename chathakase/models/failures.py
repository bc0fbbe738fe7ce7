"""What a model's server can answer instead of an answer, as a code for the log and a sentence for people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import openai

from chathakase.core.errors import ModelError

BEGIN_TIMEOUT = 60.0
"""Seconds until an answer must have begun, retries included, and the longest silence within it."""

TIMEOUT = "The model did not answer in time. Please try again."
UNREACHABLE = "I cannot reach the model right now. Please try again in a moment."
UNREADABLE = "The model's server answered something that I cannot read."

SENSELESS = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of JSON that is none, or has another shape than an answer."""

TOO_LONG = "context_length_exceeded"

BY_CODE = {
    "insufficient_quota": "The model's provider says that our credit is used up. Please tell your administrator.",
    TOO_LONG: "This conversation has grown too long for the model. `clear session` starts over.",
    "content_filter": "The model's content filter rejected this. Please try rephrasing it.",
}

BY_STATUS = {
    400: "The model's server did not understand my request.",
    401: "The model's server did not accept my key. Your administrator should check `OPENAI_API_KEY`.",
    403: "My key is not allowed to use this model. Your administrator should check `OPENAI_API_KEY`.",
    404: "The model I am set up with does not exist. Your administrator should check `CHATHAKASE_MODEL`.",
    408: TIMEOUT,
    429: "The model is overloaded right now. Please try again in a moment.",
}

NEVER_TOO_LONG = frozenset({401, 403, 408, 429})
"""These speak of limits as well, but of others."""

ABOUT_LENGTH = re.compile(
    r"context[ _-]?(?:length|size|window|limit)|exceed_context|maximum context|(?:model|prompt|context) length|"
    r"(?:prompt|input|string) (?:is )?too long|string_above_max_length|too many (?:input )?tokens|"
    r"number of (?:input )?tokens|input tokens exceed|tokens must be reduced|"
    r"tokens?.{0,80}must (?:be|have) (?:<=|less)|must (?:be|have) (?:<=|less than) [0-9,]{1,15} tokens|"
    r"reduce the length",
    re.IGNORECASE,
)
"""What servers say of a prompt that is too long: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, LiteLLM, LM Studio,
TGI, Anthropic, Google, Mistral, xAI."""

NUMBER = r"\(?([0-9][0-9,]{0,14})"

LIMIT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:[0-9]|tokens) ?> ?{NUMBER}",
        rf"<= ?{NUMBER}",
        rf"{NUMBER} maximum context",
        r"(?:context (?:length|size|window|limit)|(?:model|prompt) length|configured limit)"
        rf"(?: of| is|:)?(?: only)? ?{NUMBER}",
        rf"(?:tokens allowed|less than) ?{NUMBER}",
    )
)
"""Where such a sentence names the window, the surest first."""

SEARCHED = 4_000
"""Characters of a refusal that are searched."""
QUOTING = frozenset({"input"})
"""Where a refusal holds what was asked: FastAPI's."""


@contextmanager
def as_model_errors() -> Iterator[None]:
    """Turn what fails when an answer is read into ModelErrors; what the openai library raises stays as it is."""
    try:
        yield
    except TimeoutError as error:
        raise ModelError("timeout", TIMEOUT) from error
    except ConnectionError as error:
        raise ModelError("unreachable", UNREACHABLE) from error
    except SENSELESS as error:
        raise ModelError("unreadable", UNREADABLE) from error


def translate(error: openai.OpenAIError) -> ModelError:
    """Turn an error of the openai library into ours. Its own text may quote a prompt and is not passed on."""
    if isinstance(error, openai.APIError) and is_too_long(error):
        return ModelError(TOO_LONG, BY_CODE[TOO_LONG], limit=named_limit(error))
    match error:
        case openai.APITimeoutError():
            return ModelError("timeout", TIMEOUT)
        case openai.APIConnectionError():
            return ModelError("unreachable", UNREACHABLE)
        case openai.APIStatusError():
            return _from_status(error)
        case openai.APIError():
            return ModelError("server_error", "The model's server reported an error. Please try again.")
        case _:
            return ModelError("unreadable", UNREADABLE)


def _from_status(error: openai.APIStatusError) -> ModelError:
    status, code = error.status_code, error.code or ""
    if code in BY_CODE:
        return ModelError(code, BY_CODE[code])
    if status in BY_STATUS:
        return ModelError(f"http_{status}", BY_STATUS[status])
    if status >= 500:
        return ModelError(
            f"http_{status}",
            f"The model's server is in trouble (HTTP {status}). Please try again in a moment.",
        )
    return ModelError(f"http_{status}", f"The model's server refused my request (HTTP {status}).")


def is_too_long(error: openai.APIError) -> bool:
    """Whether a server refused a prompt because it is longer than the model's window."""
    status = error.status_code if isinstance(error, openai.APIStatusError) else 0
    if error.code == TOO_LONG or status == 413:
        return True
    if isinstance(error, openai.APIConnectionError) or status in NEVER_TOO_LONG:
        return False
    return ABOUT_LENGTH.search(said(error)) is not None


def named_limit(error: openai.APIError) -> int:
    """The window in tokens that a refusal names; 0 when it names none."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("n_ctx"), int):
        return int(body["n_ctx"])
    words = said(error)
    matches = (pattern.search(words) for pattern in LIMIT)
    return next((int(match[1].replace(",", "")) for match in matches if match), 0)


def said(error: openai.APIError) -> str:
    """All that a server said, in whatever shape, to be searched and never passed on: it may quote a prompt.

    The library's own ``message`` has only what is called so. FastAPI says ``{"detail": …}``, Ollama, LM Studio, TGI
    and xAI ``{"error": "…"}``, Google ``[{"error": …}]``, Mistral ``{"message": {"detail": …}}``, proxies plain text.
    """
    found, left = [error.message], [error.body]
    for each in left:
        match each:
            # A web page tells of a server on the way, and of much else.
            case str() if not each.lstrip().startswith("<"):
                found.append(each)
            case list():
                left.extend(each)
            case dict():
                left.extend(value for key, value in each.items() if key not in QUOTING)
    return "\n".join(found)[:SEARCHED]
