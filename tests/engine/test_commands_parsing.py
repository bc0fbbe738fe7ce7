"""What is a command, and what is said to the model."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.files import SharedFile
from chathakase.core.jobs import Command
from chathakase.core.types import Incoming
from chathakase.core.wording import fenced, listed, plainly
from chathakase.engine.commands import COMMANDS
from chathakase.engine.commands.helping import HINT
from chathakase.engine.commands.parsing import WITH_ARGUMENT, parse
from chathakase.engine.commands.registry import find
from tests.places import slack_place


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_one_however_it_is_written(name: str) -> None:
    for text in (name, name.upper(), f"  {name.title()} \n", name.replace(" ", "  "), name.replace(" ", "\n")):
        for end in ("", "?", ".", "!", "？", "。", " ?"):
            assert parse(text + end) == (name, "")


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("Memory?", "what do you remember", ""),
        ("summarize", "summarise", ""),
        ("clear session for everyone", "clear session", "for everyone"),
        ("Forget everything of mine NOW", "forget everything of mine now", ""),
        ("threads  kyoto   trip", "threads", "kyoto trip"),
        ("Threads 2", "threads", "2"),
        ("threads: 京都", "threads", "京都"),
        ("ｔｈｒｅａｄｓ　京都", "threads", "京都"),
        ("threads about why it is so?", "threads", "about why it is so?"),
        ("search threads  Kyoto   旅行?", "search threads", "Kyoto 旅行?"),
        ("Search Threads help", "search threads", "help"),
        ("Forget this message.", "forget my last message", ""),
        ("forget this", "forget my last message", ""),
        ("forget my messages", "forget my messages here", ""),
        ("forget everything!", "forget everything of mine", ""),
        ("forget everything of mine everywhere", "forget everything of mine", ""),
        ("rename session Trip to Kyōto!", "rename session", "Trip to Kyōto!"),
        ("forget one 1795270509.250000", "forget one", "1795270509.250000"),
        (f"delete session {'0a' * 16}", "delete session", "0a" * 16),
        ("archive session C1_1.000001", "archive session", "C1_1.000001"),
        ("rename session: Trip to Kyoto", "rename session", "Trip to Kyoto"),
    ],
)
def test_other_ways_to_say_it(text: str, name: str, argument: str) -> None:
    assert parse(text) == (name, argument)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "help me, please",
        "what does clear session do?",
        "delete session 2",
        "archive session when you are done",
        "what do you remember of Kyoto?",
        "forget it",
        "forget this idea",
        "forget everything that I said about Kyoto",
        "forget one of them",
        "forget one 12",
        "forget everything of mine, please",
        "clear session for everyone in the room",
        "a memory",
        "summarise this text: …",
        "please summarise",
        "stop that",
        "all sessions were fun",
        "> help",
        "search threadsafe queues",
        "rename sessions",
        "chats",
        "chats about Kyoto",
        "threads are hard",
        "threads vs processes",
        "threads: what are they?",
        "Threads kill my program. Why, and what can I do?",
        "threadsafe queues",
        "search threads\nis what I would like to say, and more",
        "summarise\n\nTokyo is the capital of Japan.",
        "help, 助けて",
    ],
)
def test_ordinary_talk_is_never_hijacked(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ｈｅｌｐ", "help"),
        ("ＨＥＬＰ！", "help"),
        ("：help", "help"),
        ("、help", "help"),
        ("　help　", "help"),
        ("「help」", "help"),
        ("『ｈｅｌｐ』。", "help"),
        ("【help】", "help"),
        ("(help)", "help"),
        ("“help”", "help"),
        ("« help »", "help"),
        ("`help`", "help"),
        ("*help*", "help"),
        ("help、", "help"),
        ("help｡", "help"),
        ("help．", "help"),
        ("help…", "help"),
        ("help‥", "help"),
        ("help～", "help"),
        ("help〜", "help"),
        ("help⁉️", "help"),
        ("help؟", "help"),
        ("help،", "help"),
        ("help۔", "help"),
        ("help।", "help"),
        ("help॥", "help"),
        ("help։", "help"),
        ("help។", "help"),
        ("¿help?", "help"),
        ("¡HELP!", "help"),
        ("\u200bhelp\u200b", "help"),
        ("session　info", "session info"),
        ("ｓｅｓｓｉｏｎ　ｉｎｆｏ？", "session info"),
        ("session\u00a0info", "session info"),
        ("ｃｌｅａｒ　ｓｅｓｓｉｏｎ。", "clear session"),
        ("ｍｅｍｏｒｙ？", "what do you remember"),
        ("ＳＴＯＰ！！！", "stop"),
    ],
)
def test_a_command_is_one_however_a_keyboard_writes_it(text: str, name: str) -> None:
    assert parse(text) == (name, "")


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("ｓｅａｒｃｈ　ｔｈｒｅａｄｓ　京都", "search threads", "京都"),
        ("search threads：ｷｮｳﾄ", "search threads", "ｷｮｳﾄ"),
        ("search threads、ＡＢＣ", "search threads", "ＡＢＣ"),
        ("Search Threads「京都」", "search threads", "「京都」"),
        ("ｒｅｎａｍｅ　ｓｅｓｓｉｏｎ　京都　旅行！", "rename session", "京都 旅行！"),
        ("「rename session 京都」", "rename session", "京都"),
        ("`search threads trip to Kyoto`", "search threads", "trip to Kyoto"),
        ("“search threads 「京都」”。", "search threads", "「京都」"),
        ("search threads。京都", "search threads", "京都"),
        ("search threads；京都", "search threads", "京都"),
        ("search threads،كيوتو", "search threads", "كيوتو"),
    ],
)
def test_an_argument_keeps_its_own_form(text: str, name: str, argument: str) -> None:
    assert parse(text) == (name, argument)


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("@ChatHakase help", "help", ""),
        ("＠chathakase　ｈｅｌｐ。", "help", ""),
        ("ChatHakase、help", "help", ""),
        ("ChatHakaseさん、help", "help", ""),
        ("help @ChatHakase", "help", ""),
        ("Stop, ChatHakase!", "stop", ""),
        ("@ChatHakase search threads Kyoto", "search threads", "Kyoto"),
        ("ｃｈａｔｈａｋａｓｅ：search threads：Kyoto", "search threads", "Kyoto"),
    ],
)
def test_the_bots_name_may_stand_beside_a_command(text: str, name: str, argument: str) -> None:
    assert parse(text, name="ChatHakase") == (name, argument)


@pytest.mark.parametrize(
    "text",
    [
        "> help",
        "- help",
        "/help",
        "@help",
        "#help",
        "@alice help",
        "help @alice",
        "ヘルプ",
        "help ヘルプ",
        "ｈｅｌｐ ｍｅ",
    ],
)
def test_what_quotes_or_calls_somebody_else_is_talk(text: str) -> None:
    assert parse(text, name="ChatHakase") is None


@given(st.text())
def test_whatever_is_said_is_a_known_command_or_none(text: str) -> None:
    assert parse(text) is None or parse(text.strip()) == parse(text)


@given(st.sampled_from(COMMANDS), st.text(min_size=1))
def test_a_command_with_more_behind_it_is_talk(name: str, more: str) -> None:
    if name not in WITH_ARGUMENT and (found := parse(f"{name} x{more}x")):
        assert found[0] != name


def test_other_peoples_words_are_no_marks() -> None:
    assert plainly("<!channel> [a](https://x)\n*b* & `c`") == ("\\<!channel\\> \\[a\\](https://x) \\*b\\* \\& \\`c\\`")


@given(st.text(alphabet="`a\n"))
def test_no_text_leaves_its_fence(text: str) -> None:
    shown = fenced(text)
    fence = shown.split("\n")[0]
    assert shown == f"{fence}\n{text}\n{fence}"
    assert fence not in text


def test_names_in_a_sentence() -> None:
    assert listed([]) == ""
    assert listed(["Alice"]) == "Alice"
    assert listed(["Alice", "Bob"]) == "Alice and Bob"
    assert listed(["Alice", "Bob", "Carol"]) == "Alice, Bob and Carol"


def test_a_message_is_a_command_if_it_asks_for_nothing_else() -> None:
    message = Incoming(slack_place("C1", "1.0"), "2.0", "U1", "Search threads Kyoto", 0, opens=True, asks=True)
    assert find(message) == Command(slack_place("C1", "1.0"), "2.0", "U1", "search threads", "Kyoto")
    assert find(replace(message, text=" ")) == Command(slack_place("C1", "1.0"), "2.0", "U1", HINT)
    assert find(replace(message, text="how are you?")) is None
    assert find(replace(message, asks=False)) is None


@pytest.mark.parametrize("text", ["summarise", ""])
def test_whoever_shares_a_file_speaks_of_the_file(text: str) -> None:
    file = SharedFile("F1", "plan.pdf", "application/pdf", 1, "https://files.example/F1")
    message = Incoming(slack_place("C1", "1.0"), "2.0", "U1", text, 0, opens=True, asks=True, files=(file,))
    assert find(message) is None


@pytest.mark.parametrize(("text", "argument"), [("chats", ""), ("Chats?", ""), ("chats kyoto", "kyoto")])
def test_a_few_words_more_are_commands_in_a_direct_message(text: str, argument: str) -> None:
    assert parse(text, direct=True) == ("threads", argument)
