"""One prompt on its way to an answer, through all that its server refuses meanwhile."""

import logging
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

import openai

from chathakase.core.types import Finished, Piece, Prompt
from chathakase.models.completion import NothingCame
from chathakase.models.concessions import SHORTEST, at_most, concession
from chathakase.models.endpoint import CHAT, Endpoint, base_of, is_same_server
from chathakase.models.failures import translate
from chathakase.models.learning import Learning
from chathakase.models.refusals.saying import status_of
from chathakase.models.refusals.wrong_address import is_elsewhere, where_to
from chathakase.showing import shown

NOT_STREAMED = frozenset({"http_400", "http_404", "http_405", "http_422", "http_501"})
"""With what servers refuse to answer in one piece."""
MOST_REDIRECTS = 10

log = logging.getLogger(__name__)


class Attempt:
    """How a prompt is put the next time, and where."""

    def __init__(self, prompt: Prompt, learning: Learning, endpoint: Endpoint, *, until: float) -> None:
        """``until`` is when the answer must have begun, by the loop's clock."""
        self.prompt = prompt
        self.until = until
        self.shape = learning.shape()
        self.url = f"{endpoint.base}{CHAT}"
        self._learning = learning
        self._endpoint = endpoint
        self._others = [f"{base}{CHAT}" for base in endpoint.others()]
        self._been = {self.url}
        self._window = 0
        self._begun = False
        self._nothing: NothingCame | None = None
        """The server streamed nothing, so the answer is asked for in one piece."""

    def body(self, model: str) -> dict[str, Any]:
        """The body of the next request."""
        return self.shape.body(model, self.prompt, streamed=self._nothing is None)

    def heard(self, piece: Piece) -> Piece:
        """Note that the answer has begun; what was learned on the way to it stands in its end."""
        if not self._begun:
            self._begun = True
            self._learning.took(self.shape.asks_for(self.prompt))
            self._is_here()
        if not isinstance(piece, Finished):
            return piece
        return replace(piece, window=self._window, unseen=self.shape.unseen(self.prompt))

    def ask_in_one_piece(self, nothing: NothingCame, *, until: float) -> None:
        """Have the answer come otherwise, since nothing came streamed. Raises that where nothing came otherwise."""
        if self._nothing is not None:
            raise nothing
        log.info("The model's server streamed nothing; asking for the answer in one piece")
        self._nothing, self.until = nothing, until

    def give_way(self, error: openai.OpenAIError) -> None:
        """Change what the server refuses, so that it can be asked again. Raises ModelError where nothing helps."""
        if isinstance(error, openai.APIError) and not self._begun and self._changes(error):
            return
        refusal = translate(error)
        if self._nothing is not None and refusal.code in NOT_STREAMED:
            raise self._nothing from error
        self._make_room(refusal.limit)
        raise refusal from error

    def _changes(self, error: openai.APIError) -> bool:
        if isinstance(error, openai.APIConnectionError):
            return False
        return self._concedes(error) or self._goes_elsewhere(error)

    def _goes_elsewhere(self, error: openai.APIError) -> bool:
        location = where_to(error)
        if location is not None:
            return self._follows(location)
        if not is_elsewhere(error):
            if 400 <= status_of(error) < 500:
                self._is_here()
            return False
        if not self._others:
            return False
        self.url = self._others.pop(0)
        return True

    def _follows(self, location: str) -> bool:
        """Go where a server sends us, within that server."""
        url = urljoin(self.url, location)
        if is_same_server(url, self.url) and url not in self._been and len(self._been) < MOST_REDIRECTS:
            self._been.add(url)
            self.url = url
            return True
        self._endpoint.moved_to = base_of(url)
        log.warning("The model's server redirects to %s", shown(self._endpoint.moved_to))
        return False

    def _is_here(self) -> None:
        """Look here from now on: somebody is there who knows what is asked for."""
        base = base_of(self.url)
        if self.url.endswith(CHAT) and base != self._endpoint.base:
            log.warning("The model's server answers at %s; set OPENAI_BASE_URL to that", shown(base))
            self._endpoint.base = base

    def _concedes(self, error: openai.APIError) -> bool:
        found = concession(error, self.shape, self.prompt)
        if found is None:
            return False
        log.info("The model's server refused %s; reducing that to %d", found.subject, found.most)
        self._learning.refused(found)
        self.shape = found.change(self.shape)
        self._window = found.window or self._window
        return True

    def _make_room(self, window: int) -> None:
        """Ask from now on for no longer an answer than half of the window that a server names; 0 where it names none.

        Else no prompt would be short enough where the window is hardly longer than the answer that is asked for.
        """
        half = window // 2
        if SHORTEST <= half < self.shape.length:
            self._learning.insist(at_most(half))
