"""The inward half: every event is read and stored before Slack hears that we have it.

Bolt acknowledges an event after all middleware and before the listener, so what must be safe first happens in a
middleware.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext

from chathakase.core.errors import StoreError, trace
from chathakase.core.types import Incoming
from chathakase.slack.connection.web import SlackWeb
from chathakase.slack.inward.events import Malformed, read_event

REFUSED = "chathakase_refused"
"""Set in Bolt's context when an event could not be stored: Slack must deliver it again."""

log = logging.getLogger(__name__)


def build_app(web: SlackWeb, submit: Callable[[Incoming], Awaitable[None]]) -> AsyncApp:
    """Build the Bolt app that hands what people say to ``submit``, which returns once it is stored."""
    identity = web.identity
    authorized = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team_id,
        bot_user_id=identity.user_id,
        bot_id=identity.bot_id,
        bot_token=web.client.token,
    )

    async def authorize() -> AuthorizeResult:
        # Known since the start; Bolt would call auth.test, and drop the event when that fails.
        return authorized

    async def take_in(body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        try:
            incoming = read_event(body.get("event") or {}, identity)
            if incoming is not None:
                await submit(incoming)
        except Malformed as error:
            log.warning("An event of type %s has a malformed field: %s", _kind(body), error)
        except StoreError as error:
            context[REFUSED] = True
            log.error("An event could not be stored, so Slack will deliver it again: %s", error)
            raise
        except Exception as error:  # noqa: BLE001 - the next delivery of the same event would fail alike
            log.error("An event of type %s could not be taken in: %s", _kind(body), trace(error))
        await next_()

    async def nothing_more_to_do() -> None:
        """Match every event, so that Bolt acknowledges it."""

    app = AsyncApp(
        logger=logging.getLogger("slack_bolt"),
        client=web.client,
        authorize=authorize,
        # Of use to HTTP endpoints and workflow steps only.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(take_in)
    app.event(re.compile(".*"))(nothing_more_to_do)
    return app


def _kind(body: dict[str, Any]) -> str:
    """The type of an event, for a log: a short word, whatever was sent."""
    kind = body.get("event", {}).get("type")
    return kind if isinstance(kind, str) and re.fullmatch(r"[a-z_.]{1,60}", kind) else "unknown"
