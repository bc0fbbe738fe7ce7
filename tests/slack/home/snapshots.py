"""How views looked when they were looked at last; ``python -m tests.slack.home.snapshots`` writes it anew."""

import json
from pathlib import Path

from chathakase.core.overview import OverviewState, Shown
from chathakase.slack.home.home_actions import RowKey
from chathakase.slack.home.home_tab import home_tab
from chathakase.slack.home.home_views import View, loading, told, told_at_home
from chathakase.slack.home.list_modal import list_modal
from chathakase.slack.home.new_chat_modal import new_chat_modal
from chathakase.slack.home.rename_modal import rename_modal
from tests.slack.home.drawn_overviews import (
    CHANNEL,
    LINKS,
    OTHER_CHANNEL,
    admin_overview,
    admin_session,
    full_page,
    overview,
    session_id,
    thread,
)

FOLDER = Path(__file__).parent / "snapshots"
CURSOR = "1800000000000:1799998800000:00000000000000000000000000000014"
MUTED = [OTHER_CHANNEL, *(f"C0MUTED{number:03d}" for number in range(30))]

HOMES = {
    "home_0": overview(),
    "home_0_archived": overview(state=OverviewState(shown=Shown.ARCHIVED)),
    "home_0_found": overview(state=OverviewState(search="unheard of *things*")),
    "home_0_admin": overview(admin=admin_overview(admin_session(1))),
    "home_1": overview([thread(1, "Trip to Kyoto", said="Pack an umbrella", is_last_used=True)]),
    "home_20": overview(full_page()),
    "home_21": overview(full_page(), total=21, more=CURSOR),
    "home_500": overview(
        full_page(), OverviewState(Shown.ALL, after=CURSOR, page=2, last_lines=False), total=500, more=CURSOR
    ),
    "home_admin": overview(
        full_page(),
        OverviewState(search="kyoto since 2026-01-01", after=CURSOR, page=2, sessions_after=CURSOR),
        total=500,
        more=CURSOR,
        note="\n\nI couldn't find out which channels you are in, so I listed only your direct messages.",
        admin=admin_overview(
            *(admin_session(number, busy=number % 2 == 0) for number in range(1, 21)), muted=MUTED, more=CURSOR
        ),
    ),
}
IN_MODALS = ("home_0", "home_0_found", "home_1", "home_21", "home_500")
NOTICE = "I've started it: [A \\*fine\\* chat](https://example.slack.com/archives/D1/p1) in <#C0GENERAL1>"


def views() -> dict[str, View]:
    """Every view that has a snapshot, by its name."""
    return {
        **{name: home_tab(each, LINKS, NOTICE if name == "home_1" else "") for name, each in HOMES.items()},
        **{f"modal_{name.removeprefix('home_')}": list_modal(HOMES[name], LINKS) for name in IN_MODALS},
        "rename": rename_modal(RowKey(session_id(1), CHANNEL, "1800000000.000001"), "Trip to Kyoto", "V123"),
        "new_chat": new_chat_modal("V123"),
        "loading": loading("Your threads"),
        "told": told("Your threads", "Sorry, I don't talk to **guests**."),
        "told_at_home": told_at_home("Sorry, I don't talk to **guests**."),
    }


def written(view: View) -> str:
    """A view as a snapshot has it: a line for each block."""
    around = {name: value for name, value in view.items() if name != "blocks"}
    lines = (json.dumps(each, ensure_ascii=False) for each in (around, *view["blocks"]))
    return "\n".join((*lines, ""))


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.jsonl"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, view in views().items():
        path_of(name).write_text(written(view), encoding="utf-8")
