"""Has charts drawn in a process of its own, in which an image library may take its time."""

import asyncio
import json
import logging
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import asdict

from chathakase.core.charts import BarChart
from chathakase.files import child

BAR_CHART = "chathakase.files.bar_chart"
CAUSES: Mapping[str, str] = {child.BROKEN: "its process failed", child.TOO_LONG: "it took too long"}

log = logging.getLogger(__name__)


class ChildPainter:
    """Draws charts (a ChartPainter), one at a time, since each needs much memory for a moment."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def draw(self, chart: BarChart) -> bytes:
        """A picture of a chart, as a PNG; empty where it cannot be drawn. Never raises."""
        async with self._turn:
            answer = await child.ask(BAR_CHART, json.dumps(asdict(chart)).encode())
        if data := answer.get("data"):
            return b64decode(data)
        refusal = answer.get("refusal", child.BROKEN)
        log.warning("A chart was not drawn: %s", CAUSES.get(refusal, refusal))
        return b""
