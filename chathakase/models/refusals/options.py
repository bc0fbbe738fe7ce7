"""Which option of a request a server or a model does not take."""

from collections.abc import Collection

import openai

from chathakase.models.refusals.saying import said, status_of

STATUSES = frozenset({0, 400, 422})
REFUSALS = (
    *("unsupported", "not support", "unknown", "unrecognized", "extra", "not permitted", "unexpected", "not allowed"),
    *("not a valid parameter", "no such parameter", "invalid parameter", "invalid temperature", "deprecated"),
    *("only the default", "may only be set to", "不支持", "未知"),
)


def refused_option(error: openai.APIError, options: Collection[str]) -> str | None:
    """The one of these options that a server refuses; None where it complains of something else."""
    if status_of(error) not in STATUSES:
        return None
    complaint = said(error).lower()
    if not any(word in complaint for word in REFUSALS):
        return None
    if error.param in options:
        return error.param
    # The parameter that is refused is named before the one that is recommended instead.
    named = [option for option in options if option in complaint]
    return min(named, key=complaint.index, default=None)
