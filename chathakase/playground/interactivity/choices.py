"""What a person may choose or enter in an element, and how it stands in an action and in a view's state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chathakase.playground.content.block_ids import elements_of
from chathakase.playground.world.values import Json

CHOICES: Mapping[str, str] = {
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "datetimepicker": "selected_date_time",
    "email_text_input": "value",
    "external_select": "selected_option",
    "file_input": "files",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "multi_external_select": "selected_options",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "number_input": "value",
    "overflow": "selected_option",
    "plain_text_input": "value",
    "radio_buttons": "selected_option",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "timepicker": "selected_time",
    "url_text_input": "value",
    "users_select": "selected_user",
}
"""The field of each element's choice (docs: reference/block-kit/block-elements)."""

PRESSED = frozenset({"button", "feedback_buttons", "icon_button", "workflow_button"})
"""Elements that are pressed and hold no choice."""

REQUIRED = "Please complete this required field."
"""What Slack's own client says under an empty field."""


def chosen(element: Json, given: Mapping[str, object]) -> Json | None:
    """The fields of an action for what was pressed or chosen; None if the element does not offer it."""
    kind = element["type"]
    if kind == "feedback_buttons":
        return _feedback(element, given)
    if kind in PRESSED:
        return {name: element[name] for name in ("text", "value", "style", "icon") if name in element}
    name = CHOICES.get(kind)
    if name is None:
        return None
    value = given.get(name)
    return {name: value} if _offers(element, name, value) else None


def pressed(blocks: Iterable[Json], action_id: str, value: str | None = None) -> Json | None:
    """What a page sends for the press of a button, one of this value if one is given; None if there is none."""
    for block, element in elements_of(blocks):
        if element.get("action_id") != action_id or element["type"] not in PRESSED:
            continue
        if value is None or value in _values(element):
            return {"block_id": block["block_id"], "action_id": action_id, "type": element["type"], "value": value}
    return None


def _values(element: Json) -> Iterable[object]:
    """The values that a button, or a pair of them for feedback, may send."""
    buttons = (element, element.get("positive_button") or {}, element.get("negative_button") or {})
    return [button["value"] for button in buttons if "value" in button]


def _feedback(element: Json, given: Mapping[str, object]) -> Json | None:
    for name in ("positive_button", "negative_button"):
        button = element.get(name) or {}
        if button.get("value") == given.get("value"):
            return {"text": button.get("text"), "value": button.get("value")}
    return None


def _offers(element: Json, name: str, value: object) -> bool:
    """Whether the value is one of the element's options, where it has options of its own."""
    groups = element.get("option_groups") or ()
    options = [*(element.get("options") or ()), *(each for group in groups for each in group.get("options", ()))]
    if not options or name not in ("selected_option", "selected_options"):
        return True
    offered = [option.get("value") for option in options]
    picked = value if isinstance(value, list) else [value] if value is not None else []
    return all(isinstance(each, dict) and each.get("value") in offered for each in picked)


def state_of(blocks: Iterable[Json], given: Mapping[str, Json]) -> dict[str, Json]:
    """The `state.values` of a view or message: every element that holds a choice, with what was given for it."""
    values: dict[str, Json] = {}
    for block, element in elements_of(blocks):
        name = CHOICES.get(element["type"])
        if name is None or element["type"] == "overflow":
            continue
        entered = _entered(given, block["block_id"], element["action_id"])
        empty: object = [] if name in ("selected_options", "files") else None
        value = entered.get(name, _initial(element, name, empty))
        value = None if value == "" else value
        values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], name: value}
    return values


def _entered(given: Mapping[str, Json], block_id: str, action_id: str) -> Json:
    block = given.get(block_id)
    entered = block.get(action_id) if isinstance(block, dict) else None
    return entered if isinstance(entered, dict) else {}


def _initial(element: Json, name: str, empty: object) -> object:
    """What an element holds before anybody has touched it."""
    return element.get(
        "initial_value" if name.endswith("value") else f"initial_{name.removeprefix('selected_')}", empty
    )


def errors_in(blocks: Iterable[Json], values: Mapping[str, Json]) -> dict[str, str]:
    """What Slack's own client would not let pass, by block: empty required inputs and texts of a wrong length.

    A file_input may stay empty, since the page has none to fill in.
    """
    errors = {}
    for block, element in elements_of(blocks):
        if block.get("type") != "input" or element["type"] == "file_input":
            continue
        entered = _entered(values, block["block_id"], element["action_id"])
        value = entered.get(CHOICES.get(element["type"], ""))
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = REQUIRED
        elif problem := _length_problem(element, value):
            errors[block["block_id"]] = problem
    return errors


def _length_problem(element: Json, value: object) -> str:
    if not isinstance(value, str):
        return ""
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    most = element.get("max_length")
    return f"Please enter at most {most} characters." if most is not None and len(value) > most else ""
