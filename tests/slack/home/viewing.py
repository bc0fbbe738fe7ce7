"""What a person sees and uses in views: elements by their action, and what is entered in fields."""

from collections.abc import Iterable, Iterator
from typing import Any

from chathakase.playground.content.block_ids import elements_of
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Json
from chathakase.playground.world.views import OpenView
from chathakase.slack.home.home_actions import HomeAction


def elements(view: OpenView, action: str) -> list[tuple[str, Json]]:
    """The elements of a view with an ``action_id``, each with its block's id."""
    found = elements_of(view.body["blocks"])
    return [(block["block_id"], element) for block, element in found if element.get("action_id") == action]


async def press(person: PersonClient, view: OpenView, action: str, number: int = 0) -> None:
    """Press a button of a view, one of several by its number."""
    block_id, element = elements(view, action)[number]
    ids = {"block_id": block_id, "action_id": action, "type": element["type"]}
    await person.act(view, ids | {"value": element.get("value")})


async def choose(person: PersonClient, view: OpenView, action: str, number: int = 0, **chosen: Any) -> None:
    """Choose or enter something in an element of a view, as Slack names it."""
    block_id, element = elements(view, action)[number]
    await person.act(view, {"block_id": block_id, "action_id": action, "type": element["type"], **chosen})


def option(element: Json, value: str) -> Json:
    return next(each for each in element["options"] if each["value"] == value)


async def pick(person: PersonClient, view: OpenView, action: str, value: str, number: int = 0) -> None:
    """Choose an option of a menu by what it says."""
    _, element = elements(view, action)[number]
    await choose(person, view, action, number, selected_option=option(element, value))


def entered(**values: str) -> dict[str, Json]:
    """What is entered in the fields of a modal; a channel's is called ``where``."""
    return {
        name: {name: {"selected_conversation" if name == "where" else "value": value}} for name, value in values.items()
    }


def told(view: OpenView) -> str:
    """All that a person reads in a view."""
    return " ".join(_texts(view.body["blocks"]))


def rows(view: OpenView) -> list[str]:
    """What the rename buttons of a view say, of which each row has one."""
    return [element["value"] for _, element in elements(view, HomeAction.RENAME)]


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        yield from _within(value for name, value in part.items() if name != "value")
    elif isinstance(part, list):
        yield from _within(part)


def _within(parts: Iterable[object]) -> Iterator[str]:
    for each in parts:
        yield from _texts(each)
