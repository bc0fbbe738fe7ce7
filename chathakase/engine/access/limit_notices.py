"""What people are told of a day's limits, with when they may go on, on their own clock."""

from collections.abc import Mapping

from chathakase.core.daily_limits import LimitLevel, LimitNotice, Measure, Whose
from chathakase.core.moments import DAY, clock_in, day_and_time
from chathakase.core.ports import Surface
from chathakase.core.types import Place

NEARLY_USED: Mapping[Whose, str] = {
    Whose.PERSON: "You have used four fifths of your {amount} for today.",
    Whose.CHANNEL: "This channel has used four fifths of its {amount} for today.",
    Whose.ALL: "Four fifths of everybody's {noun} for today {are} used.",
}
USED: Mapping[Whose, str] = {
    Whose.PERSON: "You have used up your {amount} for today.",
    Whose.CHANNEL: "This channel has used up its {amount} for today.",
    Whose.ALL: "Everybody's {noun} for today {are} used up.",
}
WHEN: Mapping[LimitLevel, str] = {
    LimitLevel.NEAR: "The count starts again at {when}.",
    LimitLevel.REACHED: "I can answer again from {when}.",
    LimitLevel.EXCEEDED: "I'll remember what you wrote; please ask again after {when}.",
}
REFUSED = "Please try again after {when}."
"""What is said to whoever asked for something by a command or a button."""
NOUNS: Mapping[Measure, str] = {Measure.QUESTIONS: "questions", Measure.TOKENS: "tokens", Measure.COST: "budget"}


class LimitNotices:
    """Words a day's limits."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    async def text(self, notice: LimitNotice, place: Place, person: str) -> str:
        """What somebody is told of a limit."""
        return await self._text(notice, WHEN[notice.level], place, person)

    async def refusal(self, notice: LimitNotice, place: Place, person: str) -> str:
        """What somebody is told who wanted something by a command or a button."""
        return await self._text(notice, REFUSED, place, person)

    async def next_day(self, day: int, place: Place, person: str) -> str:
        """When the day after one begins in UTC, counted from 1970-01-01, on somebody's own clock."""
        people = await self._surface.people(place, [person])
        return day_and_time((day + 1) * DAY * 1000, clock_in(people[person].zone, people[person].offset))

    async def _text(self, notice: LimitNotice, then: str, place: Place, person: str) -> str:
        how_much = NEARLY_USED if notice.level is LimitLevel.NEAR else USED
        limit, noun = notice.limit, NOUNS[notice.limit.measure]
        are = "is" if limit.measure is Measure.COST else "are"
        what = how_much[limit.whose].format(amount=limit.amount, noun=noun, are=are)
        return f"{what} {then.format(when=await self.next_day(notice.day, place, person))}"
