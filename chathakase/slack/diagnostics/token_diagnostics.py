"""The bot token and the app-level token: whether Slack takes them, and what they may do."""

from collections.abc import Collection

from chathakase.findings import Finding, Level
from chathakase.showing import shown
from chathakase.slack.diagnostics.needs import CAN_DO_WITHOUT, REINSTALL, SCOPES
from chathakase.slack.diagnostics.probe import TIMEOUT, WITHIN, Answer
from chathakase.slack.web.call_errors import ODD

BOT_TOKEN = "bot token"
APP_TOKEN = "app token"
SCOPES_HEADER = "x-oauth-scopes"
"""Which scopes a token was granted; Slack sends it with every answer."""

BOT_ADVICE = (
    "Copy the Bot User OAuth Token (xoxb-…) from “OAuth & Permissions” in the app's settings into SLACK_BOT_TOKEN, "
    "after installing the app."
)
APP_ADVICE = (
    "Make an app-level token (xapp-…) with the scope connections:write under “Basic Information” in the app's "
    "settings, and put it into SLACK_APP_TOKEN."
)


def unreachable(answer: Answer, api_url: str) -> Finding:
    """Slack itself did not answer."""
    text = f"{shown(api_url)} {_what_it_does(answer.error)}"
    return Finding("Slack", Level.ERROR, text, "Check the network, and SLACK_API_URL if you set it.")


def _what_it_does(error: str) -> str:
    if error == TIMEOUT:
        return f"does not answer within {WITHIN:.0f} s"
    if error in ODD:
        return "does not answer like Slack"
    # Codes are in small letters; anything else is the type of a network error.
    return f"answers {error}" if error.islower() else f"cannot be reached ({error})"


def bot_token(answer: Answer) -> Finding:
    """What ``auth.test`` says."""
    if answer.error:
        return _refused(BOT_TOKEN, "SLACK_BOT_TOKEN", answer, BOT_ADVICE)
    user, team = answer.data.get("user") or "somebody", answer.data.get("team") or "a workspace without a name"
    return Finding(BOT_TOKEN, Level.OK, f"accepted: @{user} in {team}")


def app_token(answer: Answer) -> Finding:
    """What ``apps.connections.open`` says."""
    if answer.error:
        return _refused(APP_TOKEN, "SLACK_APP_TOKEN", answer, APP_ADVICE)
    return Finding(APP_TOKEN, Level.OK, "accepted")


def of_one_app(app_of_bot: str, app_of_socket: str) -> list[Finding]:
    """Whether both tokens belong together; nothing is told where that is not known."""
    if not (app_of_bot and app_of_socket) or app_of_bot == app_of_socket:
        return []
    text = f"belongs to a different app ({app_of_socket}) than the bot token ({app_of_bot})"
    return [Finding(APP_TOKEN, Level.ERROR, text, "Copy both tokens from the settings of the same app.")]


def _refused(subject: str, setting: str, answer: Answer, advice: str) -> Finding:
    if answer.error == "ratelimited":
        return Finding(subject, Level.WARNING, "Slack is rate limiting us right now", "Try again in a minute.")
    if not answer.judged:
        text = f"Slack does not say whether it accepts {setting} ({answer.error})"
        return Finding(subject, Level.ERROR, text, "Try again in a minute.")
    return Finding(subject, Level.ERROR, f"Slack does not accept {setting} ({answer.error})", advice)


def granted(answer: Answer) -> frozenset[str] | None:
    """The scopes that the token was granted; None where Slack does not say."""
    header = answer.headers.get(SCOPES_HEADER)
    return None if header is None else frozenset(header.replace(",", " ").split())


def scopes(have: Collection[str] | None, configured: Collection[str] | None) -> list[Finding]:
    """Compare the token's scopes with what is needed, and with those that the app's settings ask for if we know them.

    A scope that is in the settings only is granted when the app is installed again; one that is not there any more is
    lost then.
    """
    if have is None:
        return [Finding("scopes", Level.NOTE, "this Slack does not say which scopes the bot token has")]
    missing = [scope for scope in SCOPES if scope not in have]
    if missing:
        return [_lacks(scope, configured, last=scope == missing[-1]) for scope in missing]
    lost = [scope for scope in SCOPES if configured is not None and scope not in configured]
    if lost:
        text = f"the bot token has all {len(SCOPES)}, but the app's settings no longer ask for {', '.join(lost)}"
        return [Finding("scopes", Level.WARNING, text, REINSTALL)]
    return [Finding("scopes", Level.OK, f"all {len(SCOPES)} that are needed"), *_beyond(have)]


def _lacks(scope: str, configured: Collection[str] | None, *, last: bool) -> Finding:
    advice = REINSTALL
    if configured is not None and set(SCOPES) <= set(configured):
        advice = "The app's settings ask for everything: install the app again under “Install App”."
    text = f"the bot token lacks {scope}: {SCOPES[scope]}"
    level = Level.WARNING if scope in CAN_DO_WITHOUT else Level.ERROR
    return Finding("scopes", level, text, advice if last else "")


def _beyond(have: Collection[str]) -> list[Finding]:
    beyond = sorted(set(have) - set(SCOPES))
    if not beyond:
        return []
    return [Finding("scopes", Level.NOTE, f"the bot token has scopes that are not needed: {', '.join(beyond)}")]
