"""What the engine needs to show numbers in a picture."""

from typing import Protocol

from chathakase.core.charts import BarChart


class ChartPainter(Protocol):
    """Draws charts."""

    async def draw(self, chart: BarChart) -> bytes:
        """A picture of a chart, as a PNG; empty where it cannot be drawn, of which the log tells. Never raises."""
