import json
from typing import Any

import pytest

from chathakase.core.jobs import ButtonPhrase, Command
from chathakase.slack.events.button_phrases import read_phrase, read_shortcut
from chathakase.slack.fields import Malformed
from chathakase.slack.own_messages import SAY_BUTTONS
from tests.places import slack_place
from tests.slack.identity import BOT

VALUE = json.dumps({"words": "clear session", "thread": "1.0"})
INTERACTION = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": "2.0", "channel_id": "C1", "is_ephemeral": True},
    "actions": [{"action_id": "chathakase_say_0", "value": VALUE, "action_ts": "4.5"}],
}
CHOICE = {
    "type": "message_action",
    "callback_id": "chathakase_forget",
    "action_ts": "4.5",
    "trigger_id": "1.2.abc",
    "message_ts": "2.0",
    "user": {"id": "U1"},
    "channel": {"id": "C1"},
    "message": {"ts": "2.0", "thread_ts": "1.0", "user": "U2", "text": "hi"},
}


def interaction(value: object) -> dict[str, Any]:
    return INTERACTION | {"actions": [{"action_id": "chathakase_say_0", "value": value, "action_ts": "4.5"}]}


def test_a_button_says_its_words_in_its_thread() -> None:
    assert read_phrase(INTERACTION, BOT) == ButtonPhrase(slack_place("C1", "1.0"), "2.0", "U1", "clear session")


def test_a_second_interaction_of_a_button_is_known_for_one() -> None:
    again = INTERACTION | {"actions": [{"action_id": "chathakase_say_0", "value": VALUE, "action_ts": "4.6"}]}
    assert read_phrase(again, BOT) == read_phrase(INTERACTION, BOT)
    assert read_phrase(INTERACTION | {"container": {}}, BOT).ref == "4.5"


@pytest.mark.parametrize("missing", ["channel", "container"])
def test_each_channel_is_told_twice(missing: str) -> None:
    assert (
        read_phrase({name: value for name, value in INTERACTION.items() if name != missing}, BOT).place.channel == "C1"
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        INTERACTION | {"user": []},
        INTERACTION | {"actions": []},
        INTERACTION | {"channel": {"id": 5}},
        interaction(None),
        interaction("clear session"),
        interaction("[]"),
        interaction("7"),
        interaction("[" * 100_000),
        interaction('{"words": "x"}'),
        interaction('{"words": "", "thread": "1.0"}'),
        interaction('{"words": 5, "thread": "1.0"}'),
        interaction('{"words": "x", "thread": "soon"}'),
        interaction(json.dumps({"words": "x" * 3_000, "thread": "1.0"})),
    ],
)
def test_malformed_words(body: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_phrase(body, BOT)


@pytest.mark.parametrize(
    ("action", "ours"), [("chathakase_say_0", True), ("chathakase_say_12", True), ("say_1", False)]
)
def test_only_our_buttons_say_words(action: str, ours: bool) -> None:
    assert bool(SAY_BUTTONS.fullmatch(action)) is ours


def test_a_shortcut_has_one_message_forgotten() -> None:
    assert read_shortcut(CHOICE, BOT) == Command(slack_place("C1", "1.0"), "4.5", "U1", "forget one", "2.0")


def test_each_choice_is_another_command() -> None:
    again = read_shortcut(CHOICE | {"action_ts": "4.6"}, BOT)
    assert again.id != read_shortcut(CHOICE, BOT).id
    assert read_shortcut(CHOICE | {"action_ts": None}, BOT).ref == "1.2.abc"


def test_a_message_in_no_thread_is_its_own() -> None:
    assert read_shortcut(CHOICE | {"message": {"ts": "2.0"}}, BOT).place.thread == "2.0"
    assert read_shortcut(CHOICE | {"message": None}, BOT).argument == "2.0"


@pytest.mark.parametrize(
    "fields",
    [
        {"callback_id": "other"},
        {"callback_id": ["chathakase_forget"]},
        {"user": None},
        {"channel": {}},
        {"message": {"ts": "soon"}},
        {"message": {"ts": "2.0", "thread_ts": 5}},
        {"message": None, "message_ts": None},
    ],
)
def test_malformed_shortcuts(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_shortcut(CHOICE | fields, BOT)
