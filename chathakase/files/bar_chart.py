"""A chart of bars drawn as a PNG; run as a process of its own by ``chathakase.files.chart_painter``.

It is twice as wide as Slack shows pictures in a conversation (``thumb_360`` of
https://docs.slack.dev/reference/objects/file-object), and on a ground of its own, which no theme changes.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, count, pairwise

from PIL import Image, ImageDraw, ImageFont

from chathakase.core.charts import BarChart, Layer
from chathakase.files.child import Answer, answer

WIDTH, MARGIN = 720, 28
TITLE_TOP, SUBTITLE_TOP, LEGEND_TOP = 24, 66, 108
TITLE_SIZE, SIZE = 32, 22
LEGEND_ROW, LEGEND_COLUMNS, SQUARE = 34, 2, 18
PLOT_HEIGHT, SCALE_WIDTH, BELOW = 270, 72, 78
"""Pixels of the bars, of the numbers left of them, and of what stands below them."""
TICKS = 4
"""How many lines there are above that of zero at most."""
BAR = 0.7
"""What a bar takes of its place."""
LEAST = 3
"""Pixels of a bar that is hardly more than nothing."""

GROUND, INK, QUIET, LINE = "#ffffff", "#1d1c1d", "#5f6368", "#e2e5e9"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c8c8c")
"""Of the layers, the lowest first; told apart by all eyes (https://jfly.uni-koeln.de/color)."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the bars stand."""

    top: int
    bars: int
    """How many."""
    most: int
    """The amount at the top."""

    @property
    def bottom(self) -> int:
        """Where nothing is."""
        return self.top + PLOT_HEIGHT

    def y(self, amount: int) -> int:
        """How high an amount reaches."""
        return self.bottom - round(PLOT_HEIGHT * amount / self.most)

    def sides(self, bar: int) -> tuple[int, int]:
        """The left and the right side of a bar, the latter no longer in it."""
        place = (WIDTH - 2 * MARGIN - SCALE_WIDTH) / self.bars
        middle, half = MARGIN + SCALE_WIDTH + place * (bar + 0.5), place * BAR / 2
        return round(middle - half), round(middle + half)


def read(data: bytes) -> Answer:
    """The picture of a chart that is told as JSON."""
    told = json.loads(data)
    chart = BarChart(told["title"], told["subtitle"], told["bars"], [Layer(**each) for each in told["layers"]])
    output = BytesIO()
    drawn(chart).save(output, "PNG", optimize=True)
    return {"kind": "image/png", "data": b64encode(output.getvalue()).decode()}


def drawn(chart: BarChart) -> Image.Image:
    """The picture of a chart with some amount in it."""
    rows = -(-len(chart.layers) // LEGEND_COLUMNS)
    most = max(map(sum, zip(*(layer.amounts for layer in chart.layers), strict=True)))
    ticks = scale(most)
    plot = Plot(LEGEND_TOP + rows * LEGEND_ROW + SIZE, len(chart.bars), ticks[-1])
    image = Image.new("RGB", (WIDTH, plot.bottom + BELOW), GROUND)
    draw = ImageDraw.Draw(image)
    _write(draw, (MARGIN, TITLE_TOP), chart.title, size=TITLE_SIZE, colour=INK)
    _write(draw, (MARGIN, SUBTITLE_TOP), chart.subtitle, size=SIZE, colour=QUIET)
    _draw_legend(draw, chart.layers)
    _draw_scale(draw, plot, ticks)
    for bar, label in enumerate(chart.bars):
        _draw_bar(draw, plot, bar, [layer.amounts[bar] for layer in chart.layers])
        draw.multiline_text(
            (sum(plot.sides(bar)) / 2, plot.bottom + 10), label, QUIET, _font(SIZE), anchor="ma", align="center"
        )
    return image


def scale(most: int) -> Sequence[int]:
    """Round amounts at the same distance, from 0 to one that is not below the greatest of a chart."""
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if step * TICKS >= most)
    return range(0, most + step, step)


def short(amount: int) -> str:
    """An amount in few letters: ``500``, ``20k``, ``1.5M``."""
    for unit, name in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if amount >= unit:
            return f"{amount / unit:.1f}".removesuffix(".0") + name
    return str(amount)


def _draw_legend(draw: ImageDraw.ImageDraw, layers: Sequence[Layer]) -> None:
    """The name of each layer beside its colour, and what share of everything it is."""
    everything = sum(sum(layer.amounts) for layer in layers)
    width = (WIDTH - 2 * MARGIN) // LEGEND_COLUMNS
    for number, (layer, colour) in enumerate(zip(layers, COLOURS, strict=False)):
        row, column = divmod(number, LEGEND_COLUMNS)
        left, top = MARGIN + column * width, LEGEND_TOP + row * LEGEND_ROW
        draw.rectangle((left, top + 4, left + SQUARE - 1, top + SQUARE + 3), colour)
        told = f"  {_share(sum(layer.amounts), everything)}"
        room = width - SQUARE - MARGIN - _font(SIZE).getlength(told)
        _write(draw, (left + SQUARE + 10, top), _cut(layer.name, room) + told, size=SIZE, colour=INK)


def _draw_scale(draw: ImageDraw.ImageDraw, plot: Plot, ticks: Sequence[int]) -> None:
    for amount in ticks:
        y = plot.y(amount)
        draw.rectangle((MARGIN + SCALE_WIDTH, y, WIDTH - MARGIN, y + 1), LINE)
        draw.text((MARGIN + SCALE_WIDTH - 10, y), short(amount), QUIET, _font(SIZE), anchor="rm")


def _draw_bar(draw: ImageDraw.ImageDraw, plot: Plot, bar: int, amounts: Sequence[int]) -> None:
    left, right = plot.sides(bar)
    for (top, bottom), colour in zip(_edges(plot, amounts), COLOURS, strict=False):
        if top < bottom:
            draw.rectangle((left, top, right - 1, bottom - 1), colour)


def _edges(plot: Plot, amounts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each layer of a bar begins and ends, seen from above."""
    heights = [plot.y(amount) for amount in accumulate(amounts, initial=0)]
    if any(amounts) and plot.bottom - heights[-1] < LEAST:
        # All of it is that of the layer that has most.
        lowest = amounts.index(max(amounts)) + 1
        heights[lowest:] = [plot.bottom - LEAST] * (len(heights) - lowest)
        heights[:lowest] = [plot.bottom] * lowest
    return ((top, bottom) for bottom, top in pairwise(heights))


def _share(part: int, whole: int) -> str:
    percent = round(100 * part / whole)
    return f"{percent}%" if percent or not part else "<1%"


def _cut(text: str, width: float) -> str:
    """A text that is no wider than it may be."""
    font, kept = _font(SIZE), text
    while kept and font.getlength(kept if kept == text else f"{kept}...") > width:
        kept = kept[:-1]
    return kept if kept == text else f"{kept}..."


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, *, size: int, colour: str) -> None:
    draw.text(at, text, colour, _font(size))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that Pillow brings with it."""
    return ImageFont.load_default(size)


if __name__ == "__main__":
    answer(read)
