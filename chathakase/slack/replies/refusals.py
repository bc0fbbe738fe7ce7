"""What a refusal of Slack's is about: the place, the message that is there, or perhaps what is to be written.

Slack has many words for blocks that it does not take, and gets new ones, so the errors are listed that cannot be about
content; whatever is none of these may be. They are told by the methods' own pages, for instance
https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/reference/methods/chat.update.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from chathakase.slack.web.call_errors import failure_of

UNREACHABLE = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "cannot_reply_to_message",
        "channel_not_found",
        "channel_type_not_supported",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "external_channel_migrating",
        "invalid_auth",
        "is_archived",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "posting_to_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "team_not_found",
        "thread_not_found",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""Errors after which no other way of writing in that place would do any better."""

ELSEWHERE = frozenset(
    {
        "busy",
        "cant_update_message",
        "deprecated_endpoint",
        "edit_window_closed",
        "file_not_found",
        "invalid_thread_ts",
        "is_inactive",
        "message_not_found",
        "message_not_in_streaming_state",
        "message_not_owned_by_app",
        "method_deprecated",
        "ratelimited",
        "stopped_by_user",
        "streaming_state_conflict",
        "timeout",
        "unknown_method",
        "user_not_found",
        "user_not_in_channel",
    }
)
"""Errors about the message that is there, the person, the method or the time."""
HTTP = "http_"
HTTP_OF_CONTENT = frozenset({"http_400", "http_413", "http_422"})
"""What a server or a proxy says of a request that it cannot take."""

BROKEN = frozenset({"internal_error", "fatal_error"})
"""What Slack says when it broke on a call, perhaps on what is in it."""
MOST_BREAKS = 2


def may_be_about_content(code: str) -> bool:
    """Whether something plainer may be taken where Slack has refused for good with this code."""
    if code.startswith(HTTP):
        return code in HTTP_OF_CONTENT
    return code not in UNREACHABLE and code not in ELSEWHERE


class ServerFailures:
    """Counts how often Slack broke on the same message, which may be for what is in it."""

    def __init__(self) -> None:
        self._count = 0

    @property
    def suspicious(self) -> bool:
        """Whether something plainer should be tried."""
        return self._count >= MOST_BREAKS

    def note(self, code: str) -> None:
        """Take note of a failure."""
        self._count += code in BROKEN

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Take note of a call that fails within."""
        try:
            yield
        except Exception as error:
            self.note(failure_of(error).code)
            raise
