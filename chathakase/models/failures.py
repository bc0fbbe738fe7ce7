"""What a model's server can answer instead of an answer, as a code for the log and a sentence for people."""

from collections.abc import Iterator
from contextlib import contextmanager

import openai

from chathakase.core.errors import ModelError
from chathakase.models.reaching import EXPIRED, NEEDS_TLS, NO_PROXY, NO_TLS, OTHER_NAME, UNTRUSTED, why_unreached
from chathakase.models.refusals.account import is_used_up
from chathakase.models.refusals.filters import is_filtered
from chathakase.models.refusals.length import TOO_LONG, is_too_long, named_window
from chathakase.models.refusals.saying import status_of
from chathakase.models.refusals.wrong_address import is_elsewhere, needs_tls, where_to

TIMEOUT = "The model did not answer in time. Please try again."
UNREACHABLE = "I cannot reach the model right now. Please try again in a moment."
UNREADABLE = "The model's server sent a response that I cannot read."

SENSELESS = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of JSON that is none, or has another shape than an answer."""

USED_UP = "insufficient_quota"
FILTERED = "content_filter"
ELSEWHERE, MOVED = "not_here", "moved"

BY_CODE = {
    USED_UP: "The model's provider says that our credit is used up. Please tell your administrator.",
    TOO_LONG: "This conversation has grown too long for the model. `clear session` starts over.",
    FILTERED: "The model's content filter rejected this. Please try rephrasing it.",
    ELSEWHERE: "There is no model at the address I was given. Your administrator should check `OPENAI_BASE_URL`.",
    MOVED: "The model's server has moved. Your administrator should update `OPENAI_BASE_URL`.",
    NO_TLS: "I cannot reach the model: its server does not use TLS. Your administrator should check `OPENAI_BASE_URL`.",
    NEEDS_TLS: "I cannot reach the model: its server uses TLS. Your administrator should check `OPENAI_BASE_URL`.",
    UNTRUSTED: "I cannot reach the model: its certificate is not trusted. Please tell your administrator.",
    EXPIRED: "I cannot reach the model: its certificate has expired. Please tell your administrator.",
    OTHER_NAME: "I cannot reach the model: its certificate is for another name. Please tell your administrator.",
    NO_PROXY: "I cannot reach the model through the proxy. Please tell your administrator.",
}

BY_STATUS = {
    400: "The model's server did not understand my request.",
    401: "The model's server did not accept my key. Your administrator should check `OPENAI_API_KEY`.",
    403: "My key is not allowed to use this model. Your administrator should check `OPENAI_API_KEY`.",
    404: "The model I am set up with does not exist. Your administrator should check `CHATHAKASE_MODEL`.",
    408: TIMEOUT,
    429: "The model is overloaded right now. Please try again in a moment.",
}


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
    match error:
        case openai.APITimeoutError():
            return ModelError("timeout", TIMEOUT)
        case openai.APIConnectionError():
            code = why_unreached(error)
            return ModelError(code, BY_CODE.get(code, UNREACHABLE))
        case openai.APIError():
            return _of_refusal(error)
        case _:
            return ModelError("unreadable", UNREADABLE)


def _of_refusal(error: openai.APIError) -> ModelError:
    if is_too_long(error):
        return ModelError(TOO_LONG, BY_CODE[TOO_LONG], limit=named_window(error))
    code = _code_of(error)
    return ModelError(code, BY_CODE[code]) if code in BY_CODE else _by_status(status_of(error))


def _code_of(error: openai.APIError) -> str:
    codes = {
        USED_UP: is_used_up(error),
        FILTERED: is_filtered(error),
        MOVED: where_to(error) is not None,
        NEEDS_TLS: needs_tls(error),
        ELSEWHERE: is_elsewhere(error),
    }
    return next((code for code, applies in codes.items() if applies), error.code or "")


def _by_status(status: int) -> ModelError:
    code = f"http_{status}"
    if status in BY_STATUS:
        return ModelError(code, BY_STATUS[status])
    if status >= 500:
        return ModelError(code, f"The model's server is having problems (HTTP {status}). Please try again in a moment.")
    if status:
        return ModelError(code, f"The model's server refused my request (HTTP {status}).")
    return ModelError("server_error", "The model's server reported an error. Please try again.")
