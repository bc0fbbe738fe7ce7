"""Writes one paragraph, heading or table row as Slack is to get it. Pure."""

import re
from collections.abc import Collection
from enum import Enum, auto
from typing import ClassVar, NamedTuple

from chathakase.slack.markdown.emphasis import Emphasis, Opening, in_stars
from chathakase.slack.markdown.foreign import TOLD, Foreign
from chathakase.slack.markdown.markup import AMPERSAND, BREAK, HALF_KEPT, KEPT, LESS, MARKUP, breaks, names_a_blank
from chathakase.slack.markdown.mention_markup import HARMLESS, PING, ZERO_WIDTH_SPACE, harmless
from chathakase.slack.markdown.pieces import Piece, Pieces
from chathakase.slack.slack_traits import MENTION

LONGEST_TICKS = 20
CARRIED_TICKS = 2
"""Back-ticks around code that is closed at the end, and of such that a cut can go through, as more open a fence."""

TOKEN = re.compile(r"\\|`+|<|!?\[|[*_]+|~~+|\$\$|&|https?://")
"""How everything begins that is more than text."""
CELL_TOKEN = re.compile(rf"{TOKEN.pattern}|\|")
"""The same in the row of a table."""
URL = re.compile(r"https?://[!-)+-;=?-^a-{}]*[!-)+-;=?-^a-{}]")
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
HALF_ENTITY = re.compile(r"&(?:#?\w{0,31})\Z")
HALF_ANGLE = re.compile(r"<(?:@[\w-]{0,30}(?:\|[^<>\n]{0,100})?|![a-z]{0,9}(?:\^[^<>\n]{0,100})?)?\Z")
BLANK_LINE = re.compile(r"\n[ \t>]*\n")
FAR = 200
"""Characters within which underscores end what they begin in a language without blanks."""
SAME_RUN = {count: re.compile(rf"[^_\n]+(_{{{count}}})(?!_)") for count in (1, 2, 3)}
LOOSE_END = re.compile(r"(?:[*_~`\\\s]+)\Z")
NO_BREAK = re.compile(r"[ \t]*(?:```|~~~|[-=+#>|]|\*\s)")
"""Before this a line break would make something else of the text."""
AT_LINE_END = re.compile(r"[ \t]*(?:\r?\n|\Z)")


class TextEnd(Enum):
    """How a text goes on behind its end."""

    DONE = auto()
    """Not at all."""
    CUT = auto()
    """On the next page."""
    GROWING = auto()
    """Nobody knows yet."""


class ParagraphContext(NamedTuple):
    """What the writing of a paragraph depends on besides its text."""

    members: Collection[str] = ()
    """Who may be mentioned."""
    ending: TextEnd = TextEnd.DONE
    ahead: int = 0
    """Up to where the text is known, when a cut ends it earlier."""
    row: bool = False
    """It is the row of a table."""
    spans: tuple[str, ...] = ()
    """The inline marks that are open where it begins."""


class Writing(NamedTuple):
    """A written paragraph."""

    pieces: list[Piece]
    spans: tuple[str, ...]
    """The inline marks that are open at its end."""
    certain: int
    """Up to where in the text it stays as it is, whatever may come."""


def write(text: str, start: int, end: int, around: ParagraphContext) -> Writing:
    """Write a part of the text that is one paragraph, heading or table row, or the beginning of one."""
    if around.ending is TextEnd.DONE and not around.spans and not TOKEN.search(text, start, end):
        return Writing([Piece(start, end, text[start:end])], (), end)
    return _Writer(text, start, end, around).write()


class _Writer:
    def __init__(self, text: str, start: int, end: int, around: ParagraphContext) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._around = around
        self._growing = around.ending is TextEnd.GROWING
        self._certain = end
        self._pieces = Pieces(text, start)
        self._token = CELL_TOKEN if around.row else TOKEN
        self._emphasis = Emphasis()
        self._ticks = ""
        """The back-ticks of the code that is open at the end."""
        self._unpaired: set[int] = set()
        self._known = end if self._growing else max(end, around.ahead)
        self._starred: set[int] = set()
        """Where underscores end spans that begin with stars."""

    def write(self) -> Writing:
        stop = self._start + len(self._text[self._start : self._end].rstrip())
        if self._growing:
            stop = self._without_loose_end(stop)
        tail = self._end
        self._end = stop
        position = self._reopen()
        while position < self._end:
            position = self._step(position)
        spans = self._close()
        if not self._growing:
            self._pieces.put(self._end, tail, self._text[self._end : tail])
        return Writing(self._pieces.found, spans, self._certain)

    def _without_loose_end(self, stop: int) -> int:
        """Leave off marks of which it is not known yet what they belong to."""
        text = self._text[self._start : stop]
        for half in (LOOSE_END, HALF_ENTITY):
            if found := half.search(text[-60:]):
                text = text[: len(text) - len(found[0])]
        return self._hold(self._start + len(text))

    def _hold(self, position: int) -> int:
        """From here on nothing is certain."""
        self._certain = min(self._certain, position)
        return position

    def _reopen(self) -> int:
        """Write the marks that are open at the beginning."""
        for marks in self._around.spans:
            if marks[0] == "`":
                return self._reopened_code(marks)
            self._open(marks, self._start, self._start)
        return self._start

    def _open(self, marks: str, start: int, end: int) -> None:
        self._pieces.put(start, end, marks)
        self._emphasis.openings.append(Opening(marks[0], len(marks), len(self._pieces.found) - 1, must_close=True))

    def _step(self, position: int) -> int:
        found = self._token.search(self._text, position, self._end)
        if not found:
            return self._end
        return self.STEPS[found[0][0]](self, found, found.start())

    def _escape(self, _: re.Match[str], start: int) -> int:
        if PING.match(self._text, start + 1, self._end):
            return self._pieces.put(start + 1, start + 2, HARMLESS)
        told = self._told(self._text[start : start + 2], start)
        return told if told is not None else self._pieces.whole(start, min(start + 2, self._end))

    def _dollars(self, found: re.Match[str], start: int) -> int:
        told = self._told("$", start)
        return told if told is not None else found.end()

    def _told(self, begin: str, start: int) -> int | None:
        """Tell as a whole what Slack does not know, or wait for its end."""
        known = TOLD.get(begin, ())
        for foreign in known:
            if (end := self._tell(foreign, start)) is not None:
                return end
        if self._growing and any(foreign.may_begin(self._text, start, self._end) for foreign in known):
            self._end = self._hold(start)
            return start
        return None

    def _tell(self, foreign: Foreign, start: int) -> int | None:
        found = foreign.at(self._text, start, self._end)
        if not found:
            return None
        self._pieces.keep(start)
        return self._pieces.put(start, found.end(), harmless(foreign.telling(found)), whole=True)

    def _backticks(self, found: re.Match[str], start: int) -> int:
        ticks, inside = found[0], found.end()
        closing = self._closing_ticks(inside, self._end, len(ticks))
        if closing is not None:
            return self._pieces.put(start, closing, harmless(self._text[start:closing]), whole=True)
        if not self._opens_code(inside, len(ticks)):
            return inside
        self._hold(start)
        return self._code(start, inside, self._end, ticks)

    def _reopened_code(self, ticks: str) -> int:
        """Go on with code of which the beginning is on an earlier page."""
        closing = self._closing_ticks(self._start, self._end, len(ticks))
        if closing is None:
            return self._code(self._start, self._start, self._end, ticks)
        if not self._text[self._start : closing].strip("` "):
            return self._pieces.put(self._start, closing, "", whole=True)
        self._pieces.put(self._start, self._start, ticks)
        return self._harmless(self._start, closing)

    def _code(self, start: int, inside: int, end: int, ticks: str) -> int:
        """Go on past code that is open at the end."""
        bare = not self._text[inside:end].strip()
        self._ticks = "" if bare and self._around.ending is not TextEnd.CUT else ticks
        self._pieces.put(start, inside, "" if bare else ticks)
        return self._harmless(inside, end)

    def _harmless(self, start: int, end: int) -> int:
        """Write what stays as it is, but for pings."""
        for ping in PING.finditer(self._text, start, end):
            self._pieces.put(ping.end(), ping.end(), ZERO_WIDTH_SPACE)
        self._pieces.keep(end)
        return end

    def _closing_ticks(self, position: int, end: int, count: int) -> int | None:
        if count in self._unpaired:
            return None
        found = re.compile(rf"(?<!`)`{{{count}}}(?!`)").search(self._text, position, end)
        if not found:
            self._unpaired.add(count)
        return found.end() if found else None

    def _opens_code(self, inside: int, count: int) -> bool:
        """Whether code begins here that goes on behind the end, as far as is known."""
        if count > (LONGEST_TICKS if self._growing else CARRIED_TICKS) or self._around.ending is TextEnd.DONE:
            return False
        if self._growing or self._around.ahead <= self._end:
            return True
        self._unpaired.discard(count)
        blank = BLANK_LINE.search(self._text, self._end, self._around.ahead)
        if self._closing_ticks(inside, blank.start() if blank else self._around.ahead, count) is not None:
            return True
        return blank is None and self._around.ahead < len(self._text)

    def _bracket(self, found: re.Match[str], start: int) -> int:
        (link,) = TOLD["["]
        if (end := self._tell(link, start)) is not None:
            return end
        if self._growing and link.may_begin(self._text, start, self._end):
            return self._half_link(found, start)
        return found.end()

    def _half_link(self, found: re.Match[str], start: int) -> int:
        """Show the text of a link whose address is not known yet, but nothing of an image or a footnote."""
        self._hold(start)
        shown = found.end()
        middle = self._text.find("](", shown, self._end)
        if shown >= self._end or found[0][0] == "!" or self._text[shown] in "^!":
            self._end = start
        elif middle >= 0:
            self._end = middle
        elif self._text[self._end - 1] == "]":
            self._end -= 1
        return self._pieces.put(start, shown, "") if self._end > start else start

    def _run(self, found: re.Match[str], start: int) -> int:
        run, end = found[0], found.end()
        last = self._emphasis.openings[-1] if self._emphasis.openings else None
        if last and last.must_close and run.startswith(last.char * last.count) and self._is_bare(last, start):
            self._withdraw(last)
            return self._pieces.put(start, end, run[last.count :])
        before, after = self._around_run(start, end)
        if run[0] == "_" and self._is_starred(start, end):
            run = "*" * len(run)
        props = self._emphasis.props(run, before, after, self._beyond(start, end))
        opens = self._emphasis.meet(run, props.before or before, props.behind or after, self._pieces.number(start))
        if any(props):
            return self._pieces.put(start, end, f"{props.before}{run}{props.behind}", whole=True)
        return self._pieces.put(start, end, run) if opens or run != found[0] else end

    def _around_run(self, start: int, end: int) -> tuple[str, str]:
        """The characters before and behind a run of marks, empty at an end."""
        before = self._text[start - 1] if start > self._start else ""
        after = self._text[end] if end < len(self._text) and (not self._growing or end < self._end) else ""
        return before, after

    def _beyond(self, start: int, end: int) -> str:
        """The character behind the one behind a run of marks; nothing of the run is certain before it is there."""
        if end + 1 < self._end or not self._growing:
            return self._text[end + 1 : end + 2]
        self._hold(start)
        return ""

    def _is_starred(self, start: int, end: int) -> bool:
        """Whether underscores have to become stars, since they would not work where they are."""
        if start in self._starred:
            return True
        before, first = self._around_run(start, end)
        if first.isascii() and (not before.strip() or before.isascii()):
            return False
        closing = SAME_RUN[min(end - start, 3)].match(self._text, end, min(end + FAR, self._known))
        if closing is None:
            if self._growing and self._end - end < FAR and self._text.find("\n", end, self._end) < 0:
                self._hold(start)
            return False
        _, behind = self._around_run(closing.start(1), closing.end())
        inner = self._text[end], self._text[closing.start(1) - 1]
        if not in_stars((before, behind), inner):
            return False
        self._starred.add(closing.start(1))
        return True

    def _is_bare(self, opening: Opening, end: int) -> bool:
        """Whether nothing stands between an opening and there."""
        self._pieces.keep(end)
        return self._pieces.is_bare(opening.piece)

    def _withdraw(self, opening: Opening) -> None:
        self._emphasis.leave(opening)
        self._pieces.shorten(opening.piece, opening.count)

    def _cell(self, found: re.Match[str], _: int) -> int:
        self._emphasis.separate()
        return found.end()

    def _entity(self, _: re.Match[str], start: int) -> int:
        entity = ENTITY.match(self._text, start, self._end)
        if entity and names_a_blank(self._text, start, entity[0]):
            return self._pieces.put(start, start + 1, AMPERSAND, whole=True)
        return self._pieces.whole(start, entity.end()) if entity else start + 1

    def _url(self, found: re.Match[str], start: int) -> int:
        url = URL.match(self._text, start, self._end)
        return self._pieces.whole(start, url.end()) if url else found.end()

    def _angle(self, _: re.Match[str], start: int) -> int:
        self._pieces.keep(start)
        if mention := MENTION.match(self._text, start, self._end):
            return self._pieces.put(start, mention.end(), harmless(mention[0], self._around.members), whole=True)
        if self._growing and HALF_ANGLE.match(self._text, start, self._end):
            self._end = self._hold(start)
            return start
        if PING.match(self._text, start, self._end):
            return self._pieces.put(start, start + 1, HARMLESS)
        if not MARKUP.match(self._text, start, self._end):
            return start + 1
        if kept := KEPT.match(self._text, start, self._end):
            return self._pieces.whole(start, kept.end())
        if self._growing and self._is_half(start):
            self._end = self._hold(start)
            return start
        if line_break := breaks(self._text, start, self._end):
            return self._pieces.put(start, line_break.end(), self._line_break(line_break.end()), whole=True)
        return self._pieces.put(start, start + 1, LESS, whole=True)

    def _is_half(self, start: int) -> bool:
        """Whether an address may go on behind the end, or a line break of which is not known what follows."""
        line_break = BREAK.match(self._text, start, self._end)
        return HALF_KEPT.match(self._text, start, self._end) is not None or (
            line_break is not None and line_break.end() == self._end
        )

    def _line_break(self, end: int) -> str:
        if self._around.row:
            return " "
        if AT_LINE_END.match(self._text, end, self._end):
            return "  "
        return " " if NO_BREAK.match(self._text, end, self._end) else "  \n"

    def _close(self) -> tuple[str, ...]:
        """Close what is open at the end, if it goes on, or if it is ours; what goes on behind the end."""
        self._pieces.keep(self._end)
        standing = self._emphasis.standing()
        goes_on = self._around.ending is not TextEnd.DONE
        closed = [(marks, opening) for marks, opening in standing if goes_on or opening.must_close]
        self._pieces.drop_loose_end({opening.piece: opening.count for _, opening in closed})
        closing = [marks for marks, opening in reversed(closed) if opening.piece < len(self._pieces.found)]
        self._pieces.put(self._end, self._end, self._ticks + "".join(closing))
        spans = tuple(marks for marks, _ in standing) + ((self._ticks,) if self._ticks else ())
        return spans if self._around.ending is TextEnd.CUT else ()

    STEPS: ClassVar = {
        "\\": _escape,
        "`": _backticks,
        "<": _angle,
        "[": _bracket,
        "!": _bracket,
        "*": _run,
        "_": _run,
        "~": _run,
        "$": _dollars,
        "&": _entity,
        "h": _url,
        "|": _cell,
    }
    """How to go on past what begins with a character."""
