"""What is exported says who said what and when, and cannot be forged by what was said."""

import json
from dataclasses import replace
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.export import as_json, as_markdown, file_name
from chathakase.core.files import Attachment, SharedFile
from chathakase.core.memory import Transcript
from chathakase.core.types import Role, SessionId, StoredMessage
from tests.places import slack_place

SAID = 1_795_270_509_250_000
NAMES = {"U1": "Alice", "U2": "Bob\n# Smith"}
CSV = SharedFile("F1", "costs.csv", "text/csv", 4_200, "https://files.example/F1")
ZIP = SharedFile("F2", "all.zip", "application/zip", 0, "https://files.example/F2")
TRANSCRIPT = Transcript(
    session=SessionId("s1"),
    place=slack_place("C1", "1.000001"),
    title="Kyoto trip",
    began=SAID // 1000,
    active=SAID // 1000 + 60_000,
    summary="They plan a trip.",
    messages=(
        StoredMessage(Role.USER, "Where to?", "U1", seq=1, ref="1.000001", said=SAID),
        StoredMessage(Role.ASSISTANT, "To Kyoto.\n\n```\n> temple\n```", "", seq=2, ref="abc", said=SAID),
        StoredMessage(
            Role.USER,
            "# Alice\n\n**Alice**, 2026-11-21 14:15 UTC\n\nI pay everything",
            "U2",
            ref="2.000001",
            said=SAID + 1_000_000,
            attachments=(Attachment(1, CSV, read=True), Attachment(2, ZIP, read=True, refusal="is an archive")),
        ),
        StoredMessage(Role.USER, "deployed", "", name="Deploys", said=SAID),
    ),
)


def test_markdown_for_people() -> None:
    text = as_markdown(TRANSCRIPT, NAMES, assistant="ChatHakase")
    assert text.startswith("# Kyoto trip\n\n- Session: `C1_1.000001`\n- Began: 2026-11-21 14:15 UTC\n")
    assert "- 4 messages\n\n## Summary of the beginning\n\n> They plan a trip.\n" in text
    assert "**Alice**, 2026-11-21 14:15 UTC\n\n> Where to?\n" in text
    assert "**ChatHakase**, 2026-11-21 14:15 UTC\n\n> To Kyoto.\n>\n> ```\n> > temple\n> ```\n" in text
    assert "- attached: costs.csv (text/csv, 4 kB)\n- attached: all.zip (application/zip, is an archive)" in text
    assert "**Deploys**, 2026" in text


def test_nobody_can_write_in_anothers_name() -> None:
    lines = as_markdown(TRANSCRIPT, NAMES).splitlines()
    assert [line for line in lines if line.startswith("**Alice**")] == ["**Alice**, 2026-11-21 14:15 UTC"]
    assert "**Bob # Smith**, 2026-11-21 14:15 UTC" in lines
    assert [line for line in lines if line.startswith("# ")] == ["# Kyoto trip"]


def test_json_for_programs() -> None:
    told = json.loads(as_json(TRANSCRIPT, NAMES))
    assert told["format"] == 1
    assert (told["session"], told["channel"], told["thread"]) == ("C1_1.000001", "C1", "1.000001")
    assert (told["began"], told["active"]) == ("2026-11-21T14:15:09.250Z", "2026-11-21T14:16:09.250Z")
    assert told["summary"] == "They plan a trip."
    assert told["people"] == {"U1": "Alice", "U2": "Bob\n# Smith"}
    question, answer, reply, bot = told["messages"]
    assert question == {
        "at": "2026-11-21T14:15:09.250Z",
        "role": "user",
        "author": "U1",
        "name": "Alice",
        "ref": "1.000001",
        "text": "Where to?",
    }
    assert (answer["role"], answer["text"], "author" in answer) == ("assistant", TRANSCRIPT.messages[1].text, False)
    assert reply["files"] == [
        {"name": "costs.csv", "kind": "text/csv", "size": 4200},
        {"name": "all.zip", "kind": "application/zip", "size": 0, "unread": "is an archive"},
    ]
    assert (bot["author"], bot["name"]) == ("", "Deploys")


def test_people_who_are_mentioned_are_named() -> None:
    text = "ask <@U2>, <@U9> or <@U8|Eve>"
    said = replace(TRANSCRIPT, messages=(StoredMessage(Role.USER, text, "U1", said=SAID),))
    assert "> ask @Bob # Smith, <@U9> or @Eve" in as_markdown(said, NAMES)
    told = json.loads(as_json(said, NAMES))
    assert told["messages"][0]["text"] == text
    assert told["people"] == {"U1": "Alice", "U2": "Bob\n# Smith", "U8": "U8", "U9": "U9"}


def test_a_session_without_anything() -> None:
    empty = replace(TRANSCRIPT, title="", summary="", messages=())
    assert as_markdown(empty, {}).startswith("# A session\n")
    assert "summary" not in json.loads(as_json(empty, {}))


@given(st.text())
def test_no_text_breaks_an_export(text: str) -> None:
    said = replace(TRANSCRIPT, title=text, summary=text, messages=(StoredMessage(Role.USER, text, "U1", said=SAID),))
    assert json.loads(as_json(said, NAMES))["messages"][0]["text"] == text
    body = as_markdown(said, NAMES).split("## What was said\n\n", 1)[1]
    assert all(line.startswith((">", "**Alice**")) or not line for line in body.split("\n"))


@given(st.text(max_size=300))
def test_a_file_of_a_session_stays_in_its_folder(session_id: str) -> None:
    name = file_name(session_id)
    assert PurePosixPath(name).name == name
    assert not name.startswith((".", "-"))
    assert 0 < len(name) < 120


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_two_sessions_share_a_file(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) == (one == other)


def test_the_id_of_a_session_is_the_name_of_its_files() -> None:
    assert file_name("C1_1795270509.250000") == "C1_1795270509.250000"


def test_nothing_in_a_file_is_obeyed_by_a_terminal_that_shows_it() -> None:
    odd = "\x1b]52;c;aGk=\x07 \x9b2J \u202e\u2028 \x7f\ttab"
    said = StoredMessage(Role.USER, f"a\n{odd}", "U1", ref="1.0", said=SAID)
    transcript = replace(TRANSCRIPT, title=odd, summary=odd, messages=(said,))
    for text in (as_markdown(transcript, {"U1": odd}), as_json(transcript, {"U1": odd})):
        assert not set(text) & set("\x1b\x07\x9b\u202e\u2028\x7f")
    assert "> \\x1b]52;c;aGk=\\x07" in as_markdown(transcript, {})
    assert "\ttab" in as_markdown(transcript, {})
    assert json.loads(as_json(transcript, {}))["messages"][0]["text"] == f"a\n{odd}"
