"""What people see in a chart."""

import logging
from collections.abc import Sequence
from io import BytesIO

import pytest
from PIL import Image

from chathakase.core.charts import BarChart, Layer
from chathakase.files import bar_chart, chart_painter, child
from chathakase.files.bar_chart import COLOURS, GROUND, LEAST, PLOT_HEIGHT, WIDTH, drawn, scale, short
from chathakase.files.chart_painter import ChildPainter
from tests.files.test_pictures import is_near

BARS = [str(day) for day in range(14)]
BUSY = [Layer("one", [*range(0, 1_300, 100), 4_000]), Layer("two", [2_000] * 13 + [0])]
LONG = "a name that is much too long for half a line of a picture"


def chart(*layers: Layer) -> BarChart:
    return BarChart("Tokens", "10 tokens", BARS, layers)


def heights(image: Image.Image, colour: str, bars: int = 14) -> list[int]:
    """How many pixels of a colour each bar has, in the middle of it and below the legend."""
    wanted = tuple(bytes.fromhex(colour.removeprefix("#")))
    plot = bar_chart.Plot(0, bars, 1)
    middles = [sum(plot.sides(bar)) // 2 for bar in range(bars)]
    top = image.height - bar_chart.BELOW - PLOT_HEIGHT
    return [sum(image.getpixel((x, y)) == wanted for y in range(top, image.height - bar_chart.BELOW)) for x in middles]


@pytest.mark.usefixtures("outside")
async def test_it_is_a_png_that_a_process_of_its_own_draws() -> None:
    picture = await ChildPainter().draw(chart(*BUSY))
    image = Image.open(BytesIO(picture))
    assert (image.format, image.mode, image.width) == ("PNG", "RGB", WIDTH)
    assert len(picture) < 100_000
    assert is_near(image, (0.001, 0.5), (255, 255, 255)), "dark mode has no part in it"
    assert image.tobytes() == drawn(chart(*BUSY)).tobytes()


def test_bars_are_as_high_as_their_amounts() -> None:
    image = drawn(chart(*BUSY))
    # 4,000 is the highest line.
    assert heights(image, COLOURS[0]) == pytest.approx([n * PLOT_HEIGHT / 4_000 for n in BUSY[0].amounts], abs=1)
    assert heights(image, COLOURS[1]) == pytest.approx([n * PLOT_HEIGHT / 4_000 for n in BUSY[1].amounts], abs=1)


@pytest.mark.parametrize(
    ("layers", "seen"),
    [
        ([[0] * 13 + [1]], [[0] * 13 + [PLOT_HEIGHT]]),
        ([[1, 0] + [0] * 11 + [10**9]], [[LEAST, 0] + [0] * 11 + [PLOT_HEIGHT]]),
        ([[1] + [0] * 13, [2] + [0] * 12 + [10**9]], [[0] * 14, [LEAST] + [0] * 12 + [PLOT_HEIGHT]]),
    ],
    ids=["one day", "next to nothing", "next to nothing of two"],
)
def test_little_is_seen_and_nothing_is_not(layers: Sequence[Sequence[int]], seen: Sequence[Sequence[int]]) -> None:
    image = drawn(chart(*(Layer(f"m{n}", amounts) for n, amounts in enumerate(layers))))
    assert [heights(image, colour) for colour in COLOURS[: len(layers)]] == seen


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_legend_has_each_layer(count: int) -> None:
    image = drawn(chart(*(Layer(f"{n} {LONG}", [n + 1] * 14) for n in range(count))))
    plot_top = image.height - bar_chart.BELOW - PLOT_HEIGHT
    legend = image.crop((0, bar_chart.LEGEND_TOP, WIDTH, plot_top - bar_chart.SIZE))
    seen = {colour for _, colour in legend.getcolors(WIDTH * legend.height) or ()}
    wanted = {tuple(bytes.fromhex(colour.removeprefix("#"))) for colour in COLOURS}
    assert len(seen & wanted) == count
    ground = tuple(bytes.fromhex(GROUND.removeprefix("#")))
    edge = {legend.getpixel((x, y)) for x in range(WIDTH - bar_chart.MARGIN, WIDTH) for y in range(legend.height)}
    assert edge == {ground}, "nothing is wider than there is room"


@pytest.mark.parametrize("most", [1, 3, 4, 5, 999, 1_000, 1_001, 123_456, 10**12])
def test_the_scale_is_round_and_reaches_the_greatest(most: int) -> None:
    ticks = scale(most)
    assert ticks[0] == 0
    assert ticks[-2] < most <= ticks[-1]
    assert len(ticks) <= bar_chart.TICKS + 1
    assert str(ticks[1]).strip("0") in ("1", "2", "5")


@pytest.mark.parametrize(
    ("amount", "told"),
    [(0, "0"), (999, "999"), (1_000, "1k"), (1_500, "1.5k"), (20_000, "20k"), (2_500_000, "2.5M"), (10**9, "1B")],
)
def test_amounts_are_told_in_few_letters(amount: int, told: str) -> None:
    assert short(amount) == told


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"refusal": child.TOO_LONG}, "it took too long"),
        ({"refusal": child.BROKEN}, "its process failed"),
        ({}, "its process failed"),
    ],
)
async def test_what_cannot_be_drawn_is_told_in_the_log(
    answer: child.Answer, cause: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(module: str, data: bytes) -> child.Answer:
        return answer

    monkeypatch.setattr(child, "ask", ask)
    with caplog.at_level(logging.WARNING):
        assert await ChildPainter().draw(chart(*BUSY)) == b""
    assert [record.getMessage() for record in caplog.records] == [f"A chart was not drawn: {cause}"]


@pytest.mark.usefixtures("outside")
async def test_without_its_library_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_painter, "BAR_CHART", "tests.files.child_without_pillow")
    assert await ChildPainter().draw(chart(*BUSY)) == b""
