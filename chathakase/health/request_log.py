"""What a server that is open to others logs of their requests: no traceback, and nothing of what they sent."""

import logging
from time import monotonic
from typing import Any

from aiohttp import web
from aiohttp.http import HttpProcessingError

from chathakase.core.errors import trace

EVERY = 60.0
"""Seconds between two lines about requests that nobody can understand."""
JUNK = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


class TerseLogger(logging.LoggerAdapter[logging.Logger]):
    """What aiohttp gets for a logger: it would tell of each broken request with a traceback and the request."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__(logger)
        self._last = -EVERY

    def exception(self, *_: object, exc_info: Any = None, **__: Any) -> None:
        """Tell that a request failed, in a line; of those that are no HTTP, once in a while."""
        if not isinstance(exc_info, JUNK):
            why = trace(exc_info) if isinstance(exc_info, BaseException) else "for no known reason"
            self.logger.error("A request to the health port failed: %s", why)
        elif monotonic() - self._last >= EVERY:
            self._last = monotonic()
            self.logger.info("The health port received something that is not HTTP")

    def debug(self, *_: object, **__: Any) -> None:
        """Tell nothing: it would be what was sent."""
