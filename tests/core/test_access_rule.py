"""Who may talk to the bot, as one rule, and what waits as text."""

from dataclasses import replace

import pytest

from chathakase.core.access_rule import OPEN, AccessRule, Decision, Standing
from chathakase.core.deferring import change_of, deferred, incoming_of
from chathakase.core.files import SharedFile
from chathakase.core.memory import Change
from chathakase.core.types import Incoming, SaidTo
from tests.places import slack_place

ALLOWED, REFUSED, UNKNOWN = Decision.ALLOWED, Decision.REFUSED, Decision.UNKNOWN
MEMBER, GUEST, EXTERNAL = Standing(), Standing(is_guest=True), Standing(is_external=True)
BOTH = Standing(is_guest=True, is_external=True)
STANDINGS = (MEMBER, GUEST, EXTERNAL, BOTH, None)


@pytest.mark.parametrize(
    ("rule", "decisions"),
    [
        (AccessRule(), (ALLOWED, REFUSED, REFUSED, REFUSED, UNKNOWN)),
        (AccessRule(guests=True), (ALLOWED, ALLOWED, REFUSED, REFUSED, UNKNOWN)),
        (AccessRule(external=True), (ALLOWED, REFUSED, ALLOWED, REFUSED, UNKNOWN)),
        (OPEN, (ALLOWED,) * 5),
        (AccessRule(users=frozenset({"U1"})), (ALLOWED,) * 5),
        (AccessRule(users=frozenset({"U2"}), guests=True, external=True), (REFUSED,) * 5),
        (AccessRule(admins=frozenset({"U1"}), users=frozenset({"U2"})), (ALLOWED,) * 5),
        (AccessRule(admins=frozenset({"U1"}), channels=frozenset({"C2"})), (ALLOWED,) * 5),
        (AccessRule(channels=frozenset({"C2"}), users=frozenset({"U1"})), (REFUSED,) * 5),
        (AccessRule(channels=frozenset({"C1"})), (ALLOWED, REFUSED, REFUSED, REFUSED, UNKNOWN)),
    ],
)
def test_who_may_in_a_channel(rule: AccessRule, decisions: tuple[Decision, ...]) -> None:
    assert tuple(rule.decision("U1", "C1", standing) for standing in STANDINGS) == decisions


@pytest.mark.parametrize("rule", [AccessRule(), AccessRule(channels=frozenset({"C2"}))])
def test_channels_do_not_govern_direct_messages(rule: AccessRule) -> None:
    decisions = [rule.decision("U1", "", standing) for standing in STANDINGS]
    assert decisions == [ALLOWED, REFUSED, REFUSED, REFUSED, UNKNOWN]


@pytest.mark.parametrize("rule", [OPEN, AccessRule(users=frozenset({"U1"})), AccessRule(users=frozenset({"U2"}))])
def test_where_names_decide_nobody_is_asked_about(rule: AccessRule) -> None:
    assert rule.by_name("U1", "C1") is not UNKNOWN


SAID = Incoming(
    slack_place("C1", "1.5"),
    "1.5",
    "U1",
    "what’s this? \u2603",
    said=1_500_000,
    opens=True,
    asks=True,
    files=(SharedFile("F1", "a.md", "text/markdown", 7, "https://files.example/F1"),),
    said_to=SaidTo.BOT,
    awaits_files=True,
)


def test_a_message_that_waits_comes_back_as_it_was() -> None:
    assert incoming_of(deferred(SAID)) == SAID
    assert incoming_of(deferred(SAID)).said_to is SaidTo.BOT


@pytest.mark.parametrize("now", [SAID, replace(SAID, files=()), None])
def test_a_change_that_waits_comes_back_as_it_was(now: Incoming | None) -> None:
    change = Change(slack_place("C1", ""), "1.5", 2_000_000, now, calls=True)
    assert change_of(deferred(change)) == change
