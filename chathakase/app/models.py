"""Opens the models, and what is known of them."""

import asyncio
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass

from chathakase.config import Settings
from chathakase.core.errors import StartError
from chathakase.core.ports import LanguageModel, TokenCounter
from chathakase.engine.calibration import Calibration
from chathakase.engine.lens import Lens
from chathakase.models.catalogue import Catalogue, read_models
from chathakase.models.openai import open_model
from chathakase.models.tokens import is_exact, open_counter

OFF = "off"
"""In the place of a background model's name: there is none."""
SHORT = 4_000
"""Tokens of the longest summary, with what a model thinks before it; no more than a quarter of its window."""


@dataclass(frozen=True, slots=True)
class Mind:
    """The models, and through what they see."""

    model: LanguageModel
    background: LanguageModel | None
    """Writes summaries and titles; None when there are to be none."""
    lens: Lens
    writer: Lens
    """Through what whoever writes summaries sees."""
    counter: TokenCounter
    calibration: Calibration
    catalogue: Catalogue


async def open_mind(stack: AsyncExitStack, settings: Settings) -> Mind:
    """Open the models. Raises StartError when what is told of models cannot be read."""
    try:
        catalogue = read_models(settings.chathakase_models)
    except ValueError as error:
        raise StartError(f"CHATHAKASE_MODELS {error}.") from error
    name = settings.chathakase_model
    counter = await asyncio.to_thread(open_counter, name)
    calibration = Calibration(exact=is_exact(counter))
    model = await stack.enter_async_context(
        open_model(
            api_key=settings.openai_api_key.get_secret_value() or "none",
            base_url=settings.openai_base_url,
            name=name,
            temperature=settings.chathakase_temperature,
            max_tokens=settings.chathakase_max_tokens,
            first_token=settings.chathakase_first_token_timeout,
        )
    )
    other = settings.chathakase_background_model
    reserve = settings.chathakase_max_tokens
    lens = Lens(name, catalogue.facts(name), reserve=reserve, counter=counter, calibration=calibration)
    if other == OFF:
        return Mind(model, None, lens, lens, counter, calibration, catalogue)
    facts = catalogue.facts(other or name)
    short = min(SHORT, facts.window // 4)
    writer = Lens(other or name, facts, reserve=short, counter=counter, calibration=calibration)
    background = model.named(other or name, max_tokens=short)
    return Mind(model, background, lens, writer, counter, calibration, catalogue)


def is_version_of(name: str, answered: str) -> bool:
    """Whether a model that answered is the one that was asked for: servers name its date or version besides."""
    return re.fullmatch(re.escape(name) + r"([-@:]v?\d[\d.-]*)?", answered) is not None
