"""The Bolt app: which listener hears of what people press, choose, type and submit."""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from chathakase.slack.events.intake import Intake
from chathakase.slack.home.home_actions import HOME_ACTIONS, LIST_VIEW, NEW_CHAT_VIEW, RENAME_VIEW
from chathakase.slack.home.home_intake import HomeIntake
from chathakase.slack.own_messages import BUTTONS, CHATS, FORGET, LIST_BUTTON, LIST_SHORTCUT, SAY_BUTTONS
from chathakase.slack.web.client import SlackWeb


def build_app(web: SlackWeb, intake: Intake, home: HomeIntake) -> AsyncApp:
    """Build the Bolt app that hands what people do to the one whose matter it is."""
    app = _app(web)
    app.action(BUTTONS)(intake.take_interaction)
    app.action(SAY_BUTTONS)(intake.take_phrase)
    app.message_shortcut(FORGET)(intake.take_shortcut)
    app.command(CHATS)(home.take_command)
    app.global_shortcut(LIST_SHORTCUT)(home.take_shortcut)
    app.action(LIST_BUTTON)(home.take_list_button)
    app.action(HOME_ACTIONS)(home.take_press)
    app.view(LIST_VIEW)(home.take_search)
    app.view(RENAME_VIEW)(home.take_rename)
    app.view(NEW_CHAT_VIEW)(home.take_new_chat)
    return app


def hearing(intake: Intake, home: HomeIntake) -> Callable[[object], Awaitable[bool]]:
    """What takes in an event, and tells whether that was done."""

    async def take_in(event: object) -> bool:
        return home.hears(event) or await intake.take_in(event)

    return take_in


def _app(web: SlackWeb) -> AsyncApp:
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

    return AsyncApp(
        # Without one, Bolt looks for a file name, in a tenth of a second. It silences the logger that is called so.
        name="slack_bolt",
        logger=logging.getLogger("slack_bolt"),
        client=web.client,
        authorize=authorize,
        # It would keep from us what people do with our messages.
        ignoring_self_events_enabled=False,
        # Of use to HTTP endpoints and workflow steps only.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
