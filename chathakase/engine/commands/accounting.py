"""How much was used, and by whom."""

import logging
from collections.abc import Mapping
from functools import partial

from chathakase.core.errors import DeliveryError
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Handler, Order, Said, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.usage.usage_chart import chart, description
from chathakase.engine.usage.usage_reports import DAYS, NOTHING_AT_ALL, UsageReport

PICTURE = "usage.png"
COMMENT = f"What everybody used in the last {DAYS} days, as a picture."

log = logging.getLogger(__name__)


class Accounting:
    """Tells how much was used, for the eyes of whoever asks only."""

    def __init__(self, context: CommandContext) -> None:
        self._reports = context.usage_reports
        self._surface = context.surface
        self._charts = context.charts

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.USAGE: self._own, parsing.ALL_USAGE: self._all}

    async def _own(self, order: Order) -> Said:
        return privately("\n\n".join(await self._reports.own(order.where, order.by)))

    async def _all(self, order: Order) -> Said:
        if (report := await self._reports.everybodys(order.where)) is None:
            return privately(NOTHING_AT_ALL)
        return privately("\n\n".join(report.paragraphs), then=partial(self._send_picture, order, report))

    async def _send_picture(self, order: Order, report: UsageReport) -> None:
        """Send the same as a picture; whoever gets none has been told all in words."""
        if not any(total.tokens for total in report.used.daily.values()):
            return
        if not (picture := await self._charts.draw(chart(report.used, report.days))):
            return
        share, shown = self._surface.share_privately, description(report.used, report.days)
        try:
            await share(order.where, order.by, order.job, PICTURE, picture, comment=COMMENT, description=shown)
        except DeliveryError as error:
            log.warning("The picture of what everybody used could not be sent: %s", error)
