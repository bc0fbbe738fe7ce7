"""Opens the models, with what is known of them."""

import asyncio
from contextlib import AsyncExitStack

from chathakase.config import Settings
from chathakase.core.errors import StartError
from chathakase.core.ports import LanguageModel
from chathakase.engine.model.models import ModelPorts, longest_summary
from chathakase.models.catalogue import Catalogue, read_models
from chathakase.models.openai import OpenAIModel, open_model
from chathakase.models.token_counter import is_exact, open_counter

OFF = "off"
"""In the place of a background model's name: there is none."""


async def open_models(stack: AsyncExitStack, settings: Settings) -> ModelPorts:
    """Open the models. Raises StartError when what is told of models cannot be read."""
    try:
        catalogue = read_models(settings.chathakase_models)
    except ValueError as error:
        raise StartError(f"CHATHAKASE_MODELS {error}.") from error
    counter = await asyncio.to_thread(open_counter, settings.chathakase_model)
    model = await stack.enter_async_context(
        open_model(
            api_key=settings.openai_api_key.get_secret_value() or "none",
            base_url=settings.openai_base_url,
            name=settings.chathakase_model,
            temperature=settings.chathakase_temperature,
            max_tokens=settings.chathakase_max_tokens,
            first_token=settings.chathakase_first_token_timeout,
        )
    )
    return ModelPorts(
        model=model,
        background=_background(settings, catalogue, model),
        facts=catalogue.facts,
        counter=counter,
        is_exact=is_exact(counter),
        reserve=settings.chathakase_max_tokens,
    )


def _background(settings: Settings, catalogue: Catalogue, model: OpenAIModel) -> LanguageModel | None:
    if settings.chathakase_background_model == OFF:
        return None
    name = settings.chathakase_background_model or settings.chathakase_model
    return model.named(name, max_tokens=longest_summary(catalogue.facts(name)))
