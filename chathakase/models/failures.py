"""What a model's server can answer instead of an answer, as a code for the log and a sentence for people."""

import openai

from chathakase.core.errors import ModelError

BEGIN_TIMEOUT = 60.0
"""Seconds until an answer must have begun, retries included, and the longest silence within it."""

TIMEOUT = "The model did not answer in time. Please try again."
UNREADABLE = "The model's server answered something that I cannot read."

BY_CODE = {
    "insufficient_quota": "The model's server says that our credit is used up. Whoever runs me needs to look.",
    "context_length_exceeded": "This conversation has grown too long for the model. `clear session` starts afresh.",
    "content_filter": "The model's server refused this with its content filter. Try to put it differently.",
}

BY_STATUS = {
    400: "The model's server did not understand my request.",
    401: "The model's server did not accept my key. Whoever runs me should check `OPENAI_API_KEY`.",
    403: "My key is not allowed to use this model. Whoever runs me should check `OPENAI_API_KEY`.",
    404: "The model that I am set up with is not there. Whoever runs me should check `CHATHAKASE_MODEL`.",
    408: TIMEOUT,
    413: "This conversation has grown too long for the model. `clear session` starts afresh.",
    429: "The model is overloaded right now. Please try again in a moment.",
}


def translate(error: openai.OpenAIError) -> ModelError:
    """Turn an error of the openai library into ours. Its own text may quote a prompt and is not passed on."""
    match error:
        case openai.APITimeoutError():
            return ModelError("timeout", TIMEOUT)
        case openai.APIConnectionError():
            return ModelError("unreachable", "I cannot reach the model right now. Please try again in a moment.")
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
