"""From what people open, press, type and submit to what they want to see or have done. Pure.

Shapes: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload,
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload,
https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload,
https://docs.slack.dev/interactivity/implementing-slash-commands and
https://docs.slack.dev/reference/events/app_home_opened.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chathakase.core.overview import OverviewState
from chathakase.core.types import Place
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.fields import ID, field, first_of, part, ref_of, words
from chathakase.slack.home.home_actions import HOME_ACTIONS, LONGEST_SEARCH, HomeAction, read_state
from chathakase.slack.markdown.escaping import unescape
from chathakase.slack.timestamps import time_of
from chathakase.slack.web.identity import Identity

OPENED = "app_home_opened"
HOME = "home"

TRIGGER = re.compile(r"[!-~]{1,200}")
"""What lets a modal be opened within three seconds."""


@dataclass(frozen=True, slots=True)
class TabOpened:
    """Somebody opened their Home tab."""

    by: str
    ref: str
    """The same however often the event comes."""


@dataclass(frozen=True, slots=True)
class ListOpening:
    """Somebody wants the list of their threads as a modal."""

    by: str
    trigger: str
    search: str = ""
    """What they look for, as it may stand behind ``threads``."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed, chose or entered something in an overview."""

    where: Place
    """The overview."""
    by: str
    ref: str
    """The same for whatever else is pressed of just this, while the view stays as it is."""
    action: HomeAction
    value: str
    """What it says: see HomeAction."""
    state: OverviewState
    """What they see."""
    trigger: str
    """Lets a modal be opened; empty where a server sends none."""
    at: int
    """When it was pressed, in epoch microseconds of Slack's clock; 0: not known."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Somebody submitted a modal."""

    by: str
    view: str
    metadata: str
    values: Mapping[str, Any]
    """What was entered, as Slack has it, by ``block_id``."""

    def entered(self, name: str) -> str:
        """What was entered in a field, both whose ids are its name; empty where nothing was."""
        return entered_in(self.values.get(name), name)

    def ref(self, wanted: str) -> str:
        """What is wanted by it is known by, however often it is submitted with the same in it."""
        return _digest(self.view, wanted)


def read_opened(event: object) -> TabOpened | None:
    """Read that somebody opened the Home tab; None when an event tells something else. Raises Malformed."""
    if not isinstance(event, Mapping) or event.get("type") != OPENED or event.get("tab", HOME) != HOME:
        return None
    return TabOpened(field(event, "user", ID), ref_of(event.get("event_ts")))


def read_command(body: Mapping[str, Any]) -> ListOpening:
    """Read that somebody typed the slash command. Raises Malformed."""
    search = " ".join(fix_surrogates(unescape(words(body, "text"))).split())
    return ListOpening(field(body, "user_id", ID), field(body, "trigger_id", TRIGGER), search[:LONGEST_SEARCH])


def read_shortcut(body: Mapping[str, Any]) -> ListOpening:
    """Read that somebody chose the shortcut. Raises Malformed."""
    return ListOpening(field(part(body, "user"), "id", ID), field(body, "trigger_id", TRIGGER))


def read_list_button(body: Mapping[str, Any]) -> ListOpening:
    """Read that somebody wants a list that they were told as a modal. Raises Malformed."""
    search = fix_surrogates(words(first_of(body.get("actions")), "value"))
    by, trigger = field(part(body, "user"), "id", ID), field(body, "trigger_id", TRIGGER)
    return ListOpening(by, trigger, search[:LONGEST_SEARCH])


def read_press(body: Mapping[str, Any], identity: Identity) -> Press:
    """Read what somebody pressed on Home or in a list. Raises Malformed."""
    action, view = first_of(body.get("actions")), part(body, "view")
    name, view_id = field(action, "action_id", HOME_ACTIONS), field(view, "id", ID)
    value = _entered(action)
    shown = words(view, "hash") or ref_of(action.get("action_ts"), body.get("trigger_id"))
    return Press(
        where=identity.place("", "" if view.get("type") == HOME else view_id),
        by=field(part(body, "user"), "id", ID),
        ref=_digest(view_id, shown, name, value),
        action=HomeAction(name),
        value=value,
        state=read_state(view.get("private_metadata")),
        trigger=words(body, "trigger_id"),
        at=time_of(action.get("action_ts")),
    )


def read_submission(body: Mapping[str, Any]) -> Submission:
    """Read what somebody submitted. Raises Malformed."""
    view = part(body, "view")
    return Submission(
        by=field(part(body, "user"), "id", ID),
        view=field(view, "id", ID),
        metadata=words(view, "private_metadata"),
        values=part(part(view, "state"), "values"),
    )


def entered_in(block: object, name: str) -> str:
    """What was entered in an element of a block as Slack has it; empty where nothing was, or there is none."""
    return _entered(part(block, name)) if isinstance(block, Mapping) else ""


def _entered(element: Mapping[str, Any]) -> str:
    """What an element says: a button, a field, a menu, a choice of a channel, or of whether something is so."""
    options = element.get("selected_options")
    candidates = (
        element.get("value"),
        part(element, "selected_option").get("value"),
        element.get("selected_conversation"),
        "yes" if options else "",
    )
    return fix_surrogates(next((each for each in candidates if isinstance(each, str)), ""))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
