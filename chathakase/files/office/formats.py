"""Writes a cell's value as its number format has people see it. Pure.

The formats are those of ECMA-376, part 1, section 18.8.31. Dates are written as in ISO 8601, whatever their format.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])+')
"""One of the up to four parts of a format: for numbers above zero, below zero, zero, and texts."""
CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
BRACKETS = re.compile(r"\[[^\]]*\]")
PADDING = re.compile(r"[_*].")
DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?,*")
PLACE = re.compile(r"[#0?]")
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
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
        case time():
            return value.isoformat("seconds" if value.second else "minutes")
        case date():
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
    bare = BRACKETS.sub("", LITERAL.sub(" ", CURRENCY.sub("", pattern)))
    digits = DIGITS.findall(bare)
    if re.search(r"[eE][+-]|/", bare) or not (digits or _is_words(pattern, bare)):
        return _general(value)
    # A section of its own for what is below zero says itself how that is seen.
    amount = abs(value) if value < 0 and len(sections) > 1 else value
    return _written(amount, _literal(pattern), digits, percent="%" in bare)


def _is_words(pattern: str, bare: str) -> bool:
    """Whether a section shows words, or a dash, in the place of a number."""
    return bool(LITERAL.search(pattern)) and not bare.strip()


def _literal(pattern: str) -> str:
    """A section with its words and currencies as they are seen."""
    words = BRACKETS.sub("", CURRENCY.sub(r"\1", pattern))
    return LITERAL.sub(lambda found: found[1] or found[2] or "", words)


def _section(sections: Sequence[str], value: float) -> str:
    if any(map(CONDITION.search, sections)):
        return next((each for each in sections if _holds(each, value)), sections[-1])
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _holds(section: str, value: float) -> bool:
    """Whether the condition of a section holds; true where it has none."""
    found = CONDITION.search(section)
    return found is None or COMPARISONS[found[1]](value, float(found[2]))


def _written(value: float, literal: str, digits: Sequence[str], *, percent: bool) -> str:
    """A number with what stands before, between and behind its digits: signs, currencies, units."""
    if not digits:
        return literal.strip()
    last = digits[-1].rstrip(",")
    amount = abs(value) * (100 if percent else 1) / 1000 ** (len(digits[-1]) - len(last))
    if len(digits) > 1:
        filled = _spread(amount, literal, len(last.partition(".")[2]))
    else:
        number = _digits(amount, last)
        filled = literal.replace(digits[0], number, 1) if digits[0] in literal else number
    sign = "-" if value < 0 and re.search(r"[1-9]", filled) else ""
    return sign + filled.strip()


def _digits(amount: float, pattern: str) -> str:
    """The digits of a number, no fewer than a pattern demands, and no more than it allows."""
    whole, _, fraction = pattern.partition(".")
    before, _, behind = f"{amount:{',' if ',' in whole else ''}.{len(fraction)}f}".partition(".")
    before = before.removeprefix("0").rjust(whole.count("0"), "0")
    least = fraction.count("0")
    behind = behind[:least] + behind[least:].rstrip("0")
    return f"{before}.{behind}" if behind else before


def _spread(amount: float, literal: str, decimals: int) -> str:
    """The digits of a number in several places, as those of telephones: filled from the last one on."""
    left = list(f"{amount:.{decimals}f}".replace(".", ""))
    filled = [_filling(each, left) for each in reversed(literal)]
    return "".join([*left, *reversed(filled)])


def _filling(character: str, left: list[str]) -> str:
    """What takes the place of a character: the last of the digits that are left, where one belongs there."""
    if not PLACE.match(character):
        return character
    return left.pop() if left else "0" if character == "0" else ""


def _general(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < LONGEST_INTEGER):
        return str(int(value))
    return f"{value:.10g}"
