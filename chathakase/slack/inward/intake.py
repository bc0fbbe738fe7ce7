"""The inward half: every event is read and stored before Slack hears that we have it.

Bolt acknowledges an event after all middleware and before the listener, so what must be safe first happens in a
middleware.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from chathakase.core.errands import Press
from chathakase.core.errors import StoreError, trace
from chathakase.core.types import Incoming
from chathakase.slack.connection.identity import Identity
from chathakase.slack.connection.web import SlackWeb
from chathakase.slack.inward.events import Malformed, read_event
from chathakase.slack.inward.presses import BUTTONS, read_press, read_stop

REFUSED = "chathakase_refused"
"""Set in Bolt's context when an event could not be stored: Slack must deliver it again."""

log = logging.getLogger(__name__)


class Intake:
    """Hands on what people say and press."""

    def __init__(
        self,
        identity: Identity,
        submit: Callable[[Incoming], Awaitable[None]],
        press: Callable[[Press], Awaitable[None]],
    ) -> None:
        """``submit`` and ``press`` return once a message or a press is stored; they raise StoreError."""
        self._identity = identity
        self._submit = submit
        self._press = press

    async def take_in(
        self, body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Bolt middleware: store what somebody says, then let Bolt acknowledge it."""
        event = body.get("event") or {}
        try:
            await self._read(event)
        except Malformed as error:
            log.warning("An event of type %s has a malformed field: %s", _kind(event), error)
        except StoreError as error:
            context[REFUSED] = True
            log.error("An event could not be stored, so Slack will deliver it again: %s", error)
            return BoltResponse(status=503)
        except Exception as error:  # noqa: BLE001 - the next delivery of the same event would fail alike
            log.error("An event of type %s could not be taken in: %s", _kind(event), trace(error))
        await next_()
        return None

    async def take_press(self, body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
        """Bolt listener: store the press of one of our buttons, then acknowledge it."""
        try:
            await self._press(read_press(body))
        except Malformed as error:
            log.warning("A press of a button has a malformed field: %s", error)
        except StoreError as error:
            context[REFUSED] = True
            log.error("A press of a button could not be stored: %s", error)
            return
        except Exception as error:  # noqa: BLE001 - the next delivery of the same press would fail alike
            log.error("A press of a button could not be taken in: %s", trace(error))
        await ack()

    async def _read(self, event: object) -> None:
        if not isinstance(event, Mapping):
            raise Malformed("event")
        if (incoming := read_event(event, self._identity)) is not None:
            await self._submit(incoming)
        if (stop := read_stop(event)) is not None:
            await self._press(stop)


async def nothing_more_to_do() -> None:
    """Bolt listener that matches every event, so that Bolt acknowledges it."""


def build_app(web: SlackWeb, intake: Intake) -> AsyncApp:
    """Build the Bolt app that hands everything to the intake."""
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
    app.use(intake.take_in)
    app.action(BUTTONS)(intake.take_press)
    app.event(re.compile(".*"))(nothing_more_to_do)
    return app


def _kind(event: object) -> str:
    """The type of an event, for a log: a short word, whatever was sent."""
    kind = event.get("type") if isinstance(event, Mapping) else None
    return kind if isinstance(kind, str) and re.fullmatch(r"[a-z_.]{1,60}", kind) else "unknown"
