"""Writes a cell's value as its number format has people see it. Pure.

The formats are those of ECMA-376, part 1, section 18.8.31. Dates are written as in ISO 8601, whatever their format.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])+')
"""One of the up to four parts of a format: for numbers above zero, below zero, zero, and texts."""
CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
BRACKETS = re.compile(r"\[[^\]]*\]")
PADDING = re.compile(r"[_*].")
DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?,*")
LITERAL = re.compile(r'"([^"]*)"|\\(.)')
GENERAL = frozenset({"", "general", "@", "standard"})
LONGEST_INTEGER = 1e15
"""Beyond this, a number is no longer exact."""


def shown(value: object, form: str) -> str:
    """A value as text."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float():
            return _number(value, form)
        case datetime():
            return _moment(value, form)
        case timedelta():
            return _duration(value)
        case date() | time():
            return value.isoformat()
    return str(value)


def _moment(moment: datetime, form: str) -> str:
    has_time = moment.time() != time() or re.search(r"h", BRACKETS.sub("", form), re.IGNORECASE)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")


def _duration(duration: timedelta) -> str:
    sign, seconds = ("-" if duration < timedelta() else ""), round(abs(duration.total_seconds()))
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _number(value: float, form: str) -> str:
    sections = SECTION.findall(form)
    if form.strip().lower() in GENERAL or not sections:
        return _general(value)
    section = _section(sections, value)
    pattern = PADDING.sub("", section)
    bare = BRACKETS.sub("", LITERAL.sub("", CURRENCY.sub("", pattern)))
    digits = DIGITS.search(bare)
    if digits is None or re.search(r"[eE][+-]|/", bare):
        return _general(value)
    # A section of its own for what is below zero says itself how that is seen.
    amount = abs(value) if value < 0 and len(sections) > 1 else value
    return _written(amount, pattern, digits[0], percent="%" in bare)


def _section(sections: Sequence[str], value: float) -> str:
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _written(value: float, pattern: str, digits: str, *, percent: bool) -> str:
    """A number with what stands before and behind its digits: signs, currencies, units."""
    whole, _, fraction = digits.partition(".")
    thousands = len(digits) - len(digits.rstrip(","))
    scaled = value * (100 if percent else 1) / 1000**thousands
    number = f"{scaled:{',' if ',' in whole.rstrip(',') else ''}.{len(fraction.rstrip(','))}f}"
    literal = CURRENCY.sub(r"\1", pattern)
    literal = LITERAL.sub(lambda found: found[1] or found[2] or "", BRACKETS.sub("", literal))
    before, found, behind = literal.partition(digits)
    if not found:
        return number
    sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
    return f"{sign}{before.lstrip()}{number}{behind}".strip()


def _general(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < LONGEST_INTEGER):
        return str(int(value))
    return f"{value:.10g}"
