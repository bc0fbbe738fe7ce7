"""What people do on Home and in modals, as Slack sends it: each element, each submission, and what opens a modal."""

from chathakase.core.overview import OverviewState, Shown
from chathakase.slack.home.home_actions import (
    HOME_VIEW,
    LIST_VIEW,
    NEW_CHAT_VIEW,
    RENAME_VIEW,
    TITLE_FIELD,
    WHERE_FIELD,
    WORDS_FIELD,
    HomeAction,
    Renaming,
    RowKey,
    SessionChoice,
    SessionDeed,
    state_metadata,
)
from chathakase.slack.own_messages import CHATS, LIST_BUTTON, LIST_SHORTCUT
from tests.fuzz.shapes import (
    COMMAND,
    GENERAL,
    INTERACTIVE,
    LATER,
    ON_A_MESSAGE,
    ROOT,
    TEXT,
    VIEW,
    WORD,
    Json,
    interaction,
    slash_command,
)

MUTED = "C0RANDOM01"
"""Not where the bot is asked at the end whether it is still there."""
ROW = RowKey("0123456789abcdef", GENERAL, ROOT)
STATE = OverviewState(Shown.ALL, WORD, "5.7.s1", 2, sessions_after="5.s1")
HOME: Json = VIEW | {"type": "home", "callback_id": HOME_VIEW, "private_metadata": state_metadata(STATE)}
LIST: Json = VIEW | {"type": "modal", "callback_id": LIST_VIEW, "private_metadata": state_metadata(STATE)}


def _chosen(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"text": TEXT, "value": value}}


ELEMENTS: tuple[Json, ...] = (
    *(
        {"type": "button", "action_id": action, "text": TEXT, "value": ROW.value}
        for action in (HomeAction.OPEN, HomeAction.RENAME, HomeAction.ARCHIVE, HomeAction.DELETE)
    ),
    *(
        {"type": "button", "action_id": action, "text": TEXT}
        for action in (HomeAction.NEW_CHAT, HomeAction.REFRESH, HomeAction.SHOW_ALL, HomeAction.FORGET)
    ),
    {"type": "button", "action_id": HomeAction.FIRST_PAGE, "text": TEXT},
    {"type": "button", "action_id": HomeAction.NEXT_PAGE, "text": TEXT, "value": "5.7.s1"},
    {"action_id": HomeAction.SHOWN} | _chosen(Shown.ARCHIVED),
    {"action_id": HomeAction.SESSIONS} | _chosen("5.s1"),
    *({"action_id": HomeAction.SESSION} | _chosen(SessionChoice(deed, ROW).value) for deed in SessionDeed),
    {"action_id": HomeAction.UNMUTE} | _chosen(MUTED),
    {"type": "conversations_select", "action_id": HomeAction.MUTE, "selected_conversation": MUTED},
    {"type": "plain_text_input", "action_id": HomeAction.SEARCH, "value": WORD},
    {"type": "checkboxes", "action_id": HomeAction.LAST_LINES, "selected_options": []},
)


def _submission(callback: str, metadata: str, **entered: str) -> Json:
    fields = {
        name: {name: {"type": "plain_text_input", "selected_conversation" if name == WHERE_FIELD else "value": value}}
        for name, value in entered.items()
    }
    view = VIEW | {"type": "modal", "callback_id": callback, "private_metadata": metadata, "state": {"values": fields}}
    return interaction("view_submission", view=view, response_urls=[])


INTERACTIONS: tuple[Json, ...] = (
    *(
        interaction(
            "block_actions",
            container={"type": "view", "view_id": view["id"]},
            view=view,
            actions=[{"block_id": "b1", "action_ts": LATER} | element],
        )
        for view in (HOME, LIST)
        for element in ELEMENTS
    ),
    _submission(LIST_VIEW, state_metadata(STATE), **{HomeAction.SEARCH: WORD}),
    _submission(RENAME_VIEW, Renaming(ROW, VIEW["id"]).metadata, **{TITLE_FIELD: WORD}),
    _submission(NEW_CHAT_VIEW, "", **{WORDS_FIELD: WORD, TITLE_FIELD: WORD, WHERE_FIELD: ""}),
    _submission(NEW_CHAT_VIEW, VIEW["id"], **{WORDS_FIELD: WORD, WHERE_FIELD: GENERAL}),
    interaction("shortcut", callback_id=LIST_SHORTCUT, action_ts=LATER),
    interaction(
        "block_actions",
        actions=[{"block_id": "b1", "action_ts": LATER, "type": "button", "action_id": LIST_BUTTON, "value": WORD}],
        **ON_A_MESSAGE,
    ),
)
HOME_ENVELOPES: tuple[Json, ...] = (
    *(INTERACTIVE | {"payload": payload} for payload in INTERACTIONS),
    *(COMMAND | {"payload": slash_command(CHATS, text)} for text in ("", WORD)),
)
"""All of it in envelopes, which still lack their ``envelope_id``."""
