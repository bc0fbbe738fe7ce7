"""A megabyte of what is made to take long takes no longer than a megabyte may."""

from collections.abc import Callable
from time import thread_time

import pytest

from chathakase.core.mentions import by_name, mentioned
from chathakase.core.quoting import escaped, one_line, quoted
from chathakase.core.title_cleaning import title_of
from chathakase.core.token_estimate import Estimator
from chathakase.core.wording import fenced, plainly
from chathakase.engine.commands.parsing import parse
from chathakase.files.text import clean
from chathakase.slack.events.slack_text import begins_with_other, readable
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.markdown.plain import notification
from chathakase.storage.sqlite.matching import query

pytestmark = pytest.mark.long

FRAGMENTS = (
    *("|\n", "|a|b|\n", "*a ", "**", "_a", "[", "](", "<", "<!--", "`", "``a", "> ", "- ", "1. ", "$$", "\\(", "~~a"),
    *(
        "&",
        "&lt;",
        "&#1",
        "<b>",
        "</b>",
        "<a href=",
        "<@U1",
        "#",
        ":",
        "\n\n",
        "\t",
        " ",
        "e\u0301",
        "\u200b",
        "漢",
        "a",
    ),
)
EACH = 2**20 // len(FRAGMENTS)
MEGABYTE = "\n".join((fragment * EACH)[:EACH] for fragment in FRAGMENTS)
SECONDS = 8.0
"""Of a processor: eight microseconds a character, a tenth of which is usual; what is quadratic takes hours."""

WORK: dict[str, Callable[[str], object]] = {
    "quoting": quoted,
    "escaping": escaped,
    "names": one_line,
    "titles": title_of,
    "tokens": Estimator().count,
    "commands": parse,
    "plain words": plainly,
    "fences": fenced,
    "files": clean,
    "reading": lambda text: (readable(text, bot="U1", bot_name="Bot"), begins_with_other(text, "U1")),
    "mentions": lambda text: by_name(text, dict.fromkeys(mentioned([text]), "Bob")),
    "disguises": defused,
    "notifications": notification,
    "searching": lambda text: (query(text).match, query("a [").excerpt(text)),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_work_on_a_megabyte_is_in_proportion(work: Callable[[str], object]) -> None:
    began = thread_time()
    work(MEGABYTE)
    assert thread_time() - began < SECONDS


def seconds_a_page(text: str) -> float:
    began = thread_time()
    pages = Paginator().pages(text, growing=False)
    assert len(pages) > len(text) // 5_000
    return (thread_time() - began) / len(pages)


def test_a_page_of_a_megabyte_costs_what_one_of_a_tenth_costs() -> None:
    # A ratio, as seconds alone would depend on the machine.
    tenth = MEGABYTE[: len(MEGABYTE) // 10]
    assert seconds_a_page(MEGABYTE) < 3 * seconds_a_page(tenth)
