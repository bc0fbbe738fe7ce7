"""The workspace's own arithmetic: timestamps, timelines, text, limits."""

import pytest

from chathakase.playground import demo_world
from chathakase.playground.content.mrkdwn import as_stored, composed, rich_text
from chathakase.playground.terminal.transcript import markdown_of, without_html
from chathakase.playground.web_api.tiers import Limits, Tier
from chathakase.playground.world.message_ts import TsMint, is_ts, micros
from chathakase.playground.world.timeline import Timeline, between
from chathakase.playground.world.values import Message
from chathakase.playground.world.world_changes import Change, MessageChanged, MessageDeleted, MessagePosted
from tests.doubles.clock import SettableClock
from tests.playground.clients import ALICE, BOT, GENERAL


def test_timestamps_rise_while_the_clock_stands_still_or_runs_back() -> None:
    times = iter((1_700_000_000.0001, 1_700_000_000.0001, 1_699_999_999.0))
    mint = TsMint(lambda: next(times))
    made = [mint(), mint(), mint()]
    assert made == ["1700000000.000100", "1700000000.000101", "1700000000.000102"]
    assert all(map(is_ts, made))


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("1.5", 1_500_000), ("12.0000019", 12_000_001)])
def test_a_bound_may_have_any_precision(text: str, expected: int) -> None:
    assert micros(text) == expected


@pytest.mark.parametrize("text", ["", "abc", "-1", "1e3", "1.2.3"])
def test_other_text_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="not a timestamp"):
        micros(text)


def _message(number: int, thread: int | None = None, **fields: object) -> Message:
    ts = f"{1_700_000_000 + number}.000000"
    root = None if thread is None else f"{1_700_000_000 + thread}.000000"
    return Message(GENERAL, ts, ALICE, str(number), thread_ts=root, **fields)  # type: ignore[arg-type]


def test_a_timeline_keeps_threads_apart_from_the_channel() -> None:
    timeline = Timeline()
    for message in (_message(1), _message(2, 1), _message(3), _message(4, 1, broadcast=True)):
        timeline.put(message)
    assert [ts[7:10] for ts in timeline.main()] == ["001", "003", "004"]
    assert [ts[7:10] for ts in timeline.with_replies(_message(1).ts)] == ["001", "002", "004"]
    thread = timeline.thread(_message(1).ts)
    assert thread is not None
    assert thread.users == {ALICE: 2}
    timeline.remove(_message(4).ts)
    timeline.remove(_message(2).ts)
    assert timeline.thread(_message(1).ts) is None
    assert len(timeline) == 2


def test_bounds_belong_to_a_slice_only_when_asked() -> None:
    sequence = [_message(number).ts for number in range(5)]
    assert between(sequence, sequence[1], sequence[3], inclusive=False) == (2, 3)
    assert between(sequence, sequence[1], sequence[3], inclusive=True) == (1, 4)
    assert between(sequence, sequence[3], sequence[1], inclusive=False)[0] >= 3


def test_observers_hear_every_change_until_they_leave() -> None:
    world = demo_world()
    heard: list[Change] = []
    leave = world.subscribe(heard.append)
    message = world.post(GENERAL, ALICE, "one")
    changed = world.change(message, text="two")
    world.delete(changed)
    leave()
    world.post(GENERAL, ALICE, "unheard")
    assert [type(change) for change in heard] == [MessagePosted, MessageChanged, MessageDeleted]


def test_a_deleted_root_with_replies_stays_as_a_tombstone() -> None:
    world = demo_world()
    root = world.post(GENERAL, ALICE, "root")
    world.post(GENERAL, BOT, "reply", thread_ts=root.ts)
    world.delete(root)
    kept = world.timeline(GENERAL).get(root.ts)
    assert kept is not None
    assert kept.subtype == "tombstone"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a & b", "a &amp; b"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
        ("1 < 2 > 1", "1 &lt; 2 &gt; 1"),
        ("<@U1> <#C1|x> <!here> <https://x.y|z>", "<@U1> <#C1|x> <!here> <https://x.y|z>"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("<!channel>", "<!channel>"),
    ],
)
def test_text_is_stored_escaped_with_its_tokens(sent: str, stored: str) -> None:
    assert as_stored(sent) == stored


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@ChatHakase hello", f"<@{BOT}> hello"),
        ("hi @alice, and @nobody", f"hi <@{ALICE}>, and @nobody"),
        ("see #general", f"see <#{GENERAL}|general>"),
        ("@here: look", "<!here>: look"),
        ("look at https://x.y/z?a=1&b=2.", "look at <https://x.y/z?a=1&amp;b=2>."),
        ("me@alice.example <b>", "me@alice.example &lt;b&gt;"),
    ],
)
def test_a_client_turns_what_is_typed_into_slack_text(typed: str, sent: str) -> None:
    assert composed(demo_world(), typed) == sent


def test_a_client_sends_rich_text_beside_the_text() -> None:
    block = rich_text(f"<@{BOT}> a &amp; b <!here> <https://x.y|z> <#{GENERAL}|general>")
    kinds = [element["type"] for element in block["elements"][0]["elements"]]
    assert kinds == ["user", "text", "broadcast", "text", "link", "text", "channel"]
    assert block["elements"][0]["elements"][1]["text"] == " a & b "


def test_a_transcript_shows_names_and_blocks() -> None:
    world = demo_world()
    text = world.post(GENERAL, ALICE, f"<@{BOT}> see <#{GENERAL}|general> &amp; <https://x.y|this> <!here>")
    assert markdown_of(world, text) == "@ChatHakase see #general & [this](https://x.y) @here"
    blocks = (
        {"type": "section", "text": {"type": "mrkdwn", "text": f"hi <@{ALICE}>"}},
        {"type": "divider"},
        {"type": "markdown", "text": "**bold**"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
    )
    shown = markdown_of(world, world.post(GENERAL, BOT, "fallback", blocks=blocks))
    assert shown == "hi @alice\n\n---\n\n**bold**\n\nsmall"


def test_tags_stay_visible_outside_code_only() -> None:
    assert without_html("<b> `<i>` ```\n<u>\n``` <s>") == "\\<b> `<i>` ```\n<u>\n``` \\<s>"


def test_a_tier_three_method_bursts_to_twenty_and_then_has_fifty_a_minute() -> None:
    clock = SettableClock(0.0)
    limits = Limits(clock)
    assert [limits.retry_after("chat.update", Tier.THREE) for _ in range(20)] == [0] * 20
    assert limits.retry_after("chat.update", Tier.THREE) == 2
    allowed = 0
    for _ in range(600):
        clock.now += 0.1
        allowed += limits.retry_after("chat.update", Tier.THREE) == 0
    assert allowed == 50


def test_every_method_has_a_bucket_of_its_own() -> None:
    limits = Limits(SettableClock(0.0))
    while not limits.retry_after("conversations.list", Tier.TWO):
        pass
    assert limits.retry_after("users.list", Tier.TWO) == 0


def test_a_channel_takes_a_post_a_second_and_others_meanwhile() -> None:
    clock = SettableClock(0.0)
    limits = Limits(clock)
    posted = [limits.retry_after("chat.postMessage", Tier.POST, "C1") for _ in range(6)]
    assert posted == [0, 0, 0, 0, 0, 1]
    assert limits.retry_after("chat.postMessage", Tier.POST, "C2") == 0
    clock.now += 1
    assert limits.retry_after("chat.postMessage", Tier.POST, "C1") == 0


def test_a_workspace_takes_several_hundred_posts_a_minute_in_all() -> None:
    limits = Limits(SettableClock(0.0))
    refused = [limits.retry_after("chat.postMessage", Tier.POST, f"C{number}") for number in range(101)]
    assert refused[:100] == [0] * 100
    assert refused[100] >= 1
