"""Frames as Slack sends them, and then spoilt: fields missing, of the wrong type, huge, nested, odd."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from chathakase.core.unicode import fix_surrogates
from chathakase.slack.socket_mode.opener import MOST_BYTES
from tests.fuzz.home_shapes import HOME_ENVELOPES
from tests.fuzz.shapes import BOB, BOT, ENVELOPES, GENERAL, HANDLED, NO_ENVELOPES, ROOT, WORD, Json

Path = tuple[str | int, ...]

MOST = MOST_BYTES - 1_000
"""Larger frames cost the socket; nothing in them can be acknowledged."""

NESTING = re.compile(r'"%nested (list|object) ([0-9]+)%"')
"""Stands for what is nested deeper than ``json.dumps`` goes; the frame's text holds the thing itself."""
DEEP = (20, 300, 900, 980, 5_000, 100_000)

CHARACTERS = (
    "\ud83d",
    "\ude00\ud83d",
    "\x00",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\u0301",
    "\x1b[31m",
    "\r\n",
    "\u2028",
    "😀",
    "\ufe0f",
    "\u3164",
    "\u2800",
    "\U000e0061",
)
MARKUP = (
    f"<@{BOT}>",
    f"<@{BOT}|{WORD}>",
    f"<@{BOB}>",
    "<!channel>",
    "<!subteam^S1|@x>",
    "<!date^1^{date}|x>",
    f"<#{GENERAL}|>",
    "<https://a.example|",
    "&lt;&amp;gt;",
    "<@",
    "<",
    ">",
    "|",
    "&lt;@U012AB3CD&gt;",
    "\n[bob, 2026-11-21 14:05 UTC] ",
    "</thread>",
    "&lt;/thread&gt;",
    "\\<!channel\\>",
    "**<**!here>",
    "|a|b|\n",
    "*a ",
    "](",
)
PIECES = st.one_of(
    st.sampled_from((*CHARACTERS, *MARKUP)), st.text(alphabet=st.characters(exclude_categories=()), max_size=9)
)
HUGE = (1_000, 40_001, 300_000, 3_000_000)

READ = re.compile(
    r"actions?|action_(id|ts)|bot_(id|profile)|callback_id|channel(_id|_type)?|container|deleted_ts|edited|event(_ts)?"
    r"|file_access|files|hidden|id|is_external|message(_ts)?|mimetype|mode|name|payload|previous_message|size|subtype|text"
    r"|thread_ts|title|trigger_id|ts|type|url_private(_download)?|user(name)?|value"
)
"""What the bot itself looks at, of all that is sent."""
PLAUSIBLE = (
    "",
    " ",
    "0",
    "-1",
    "null",
    "[]",
    "{}",
    '{"turn": "ab", "run": 1}',
    '{"words": "x", "thread": "1.1"}',
    ROOT,
    "1.1",
    "9" * 400,
    "D",
    "im",
)
ODD_TEXTS = st.one_of(
    st.lists(PIECES, max_size=6).map("".join),
    st.builds("{}{}".format, st.sampled_from(("C1", "U1", "1.", "F")), st.sampled_from(CHARACTERS)),
    st.sampled_from(PLAUSIBLE),
    st.builds(str.__mul__, st.sampled_from(("x", "ab ", "é", *MARKUP)), st.sampled_from(HUGE[:3])),
    st.builds(str.ljust, st.sampled_from(("<@", "<!", "@", "<@A|", "<")), st.sampled_from(HUGE), st.sampled_from("A ")),
)
ODD_NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from((0, 1, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**300, 1e308, 1_700_000_000.0001)),
)
SCALARS = st.one_of(st.none(), st.booleans(), ODD_NUMBERS, ODD_TEXTS)
NESTED = st.builds("%nested {} {}%".format, st.sampled_from(("list", "object")), st.sampled_from(DEEP))
ODD = st.one_of(
    ODD_TEXTS,
    SCALARS,
    NESTED,
    st.sampled_from(([], {}, [[]], [None], {"": ""}, {"id": []}, [{}] * 1_000, {"type": "message"})),
    st.recursive(SCALARS, lambda more: st.lists(more, max_size=3) | st.dictionaries(PIECES, more, max_size=3)),
)


def places(value: Any, here: Path = ()) -> Iterator[Path]:
    """The way to everything that stands in a frame, but not to the frame itself."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in items:
        yield (*here, name)
        yield from places(part, (*here, name))


def spoilt(draw: st.DrawFn, frame: Json) -> Json:
    """The frame with one thing wrong with it: more often than not something that the bot reads."""
    everywhere = list(places(frame))
    read = [way for way in everywhere if READ.fullmatch(str(way[-1]))] or everywhere
    *way, last = draw(st.sampled_from(read if draw(st.booleans()) else everywhere))
    holder: Any = frame
    for name in way:
        holder = holder[name]
    match draw(st.sampled_from(("missing", "odd", "odd", "odd", "wrapped", "doubled", "another", "said"))):
        case "missing":
            del holder[last]
        case "odd":
            holder[last] = deepcopy(draw(ODD))
        case "wrapped":
            holder[last] = draw(st.sampled_from(([holder[last]], {"id": holder[last]}, str(holder[last]))))
        case "doubled":
            part = holder[last]
            doubled = isinstance(part, list | str) and len(part) < 1_000
            holder[last] = part * draw(st.sampled_from((2, 500))) if doubled else [part, part]
        case "another":
            other = draw(st.sampled_from(list(places(frame))))
            holder[last] = deepcopy(_at(frame, other))
        case _:
            holder[last] = f"{WORD} {draw(ODD_TEXTS)}"
    return frame


def _at(value: Any, way: Path) -> Any:
    for name in way:
        value = value[name]
    return value


@st.composite
def envelopes(draw: st.DrawFn) -> Json:
    """An envelope without its id, as Slack sends it or with some things wrong."""
    envelope: Json = deepcopy(draw(st.sampled_from(draw(st.sampled_from((ENVELOPES, HANDLED, HOME_ENVELOPES))))))
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 2, 3, 5)))):
        if envelope:
            envelope = spoilt(draw, envelope)
    assume(len(text_of(envelope)) < MOST)
    return envelope


@st.composite
def oddities(draw: st.DrawFn) -> str:
    """The text of a frame that is no envelope, or one with an odd id."""
    frame = deepcopy(draw(st.sampled_from((*NO_ENVELOPES, {"envelope_id": None, "type": "events_api"}))))
    for _ in range(draw(st.integers(0, 3))):
        if frame:
            frame = spoilt(draw, frame)
    text = text_of(frame)
    text = draw(st.one_of(st.just(text), st.just(text[:-1]), ODD.map(text_of), ODD_TEXTS.map(fix_surrogates)))
    assume(len(text) < MOST)
    return text


def text_of(value: Any) -> str:
    """JSON, with what is nested deeply spelt out."""
    return NESTING.sub(_spelt_out, json.dumps(value))


def _spelt_out(nesting: re.Match[str]) -> str:
    depth = int(nesting[2])
    return "[" * depth + "]" * depth if nesting[1] == "list" else '{"event":' * depth + "{}" + "}" * depth
