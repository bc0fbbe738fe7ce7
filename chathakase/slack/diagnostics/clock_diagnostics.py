"""Whether our clock is right, judged by the time that Slack writes on its answers.

Leases, expiry and what was missed while away are judged by the clock, and a wrong one makes TLS fail.
"""

from email.utils import parsedate_to_datetime

from chathakase.core.amounts import span
from chathakase.findings import Finding, Level
from chathakase.slack.diagnostics.probe import Answer

SUBJECT = "clock"
ODD = 30.0
WRONG = 300.0
"""Seconds between Slack's time and ours."""


def check_clock(answer: Answer) -> list[Finding]:
    """Compare the time of an answer, which is in whole seconds, with ours."""
    try:
        ahead = answer.at - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return [Finding(SUBJECT, Level.NOTE, "this Slack does not say what time it is")]
    off = abs(ahead)
    if off <= ODD:
        return [Finding(SUBJECT, Level.OK, "agrees with Slack's")]
    text = f"is {span(off)} {'ahead of' if ahead > 0 else 'behind'} Slack's"
    level = Level.ERROR if off > WRONG else Level.WARNING
    return [Finding(SUBJECT, level, text, "Synchronise the system clock with NTP.")]
