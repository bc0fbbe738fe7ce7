"""From the settings to how the engine is set up."""

from collections.abc import Callable

from chathakase.app.model_servers import OFF
from chathakase.config import Settings
from chathakase.core.access_rule import AccessRule
from chathakase.core.daily_limits import Measure
from chathakase.core.errors import StartError
from chathakase.core.moments import DAY
from chathakase.core.prompt import Persona
from chathakase.core.types import Expiry, Switch, Usage
from chathakase.core.usage import Price
from chathakase.core.window import ModelFacts
from chathakase.engine.access.admission import LoadLimits
from chathakase.engine.commands import Terms
from chathakase.engine.setup import Setup
from chathakase.slack.web.identity import SURFACE

MEGABYTE = 1_000_000


def setup_of(settings: Settings, *, agent: str, prices: Callable[[str], ModelFacts]) -> Setup:
    """How the engine is set up; ``agent`` is what the bot is called, and ``prices`` what is known of a model."""
    return Setup(
        terms=_terms(settings, agent, prices),
        persona=Persona(settings.chathakase_system_prompt, settings.chathakase_max_messages),
        load=_load(settings),
        concurrency=settings.chathakase_concurrency,
        admins={SURFACE: settings.chathakase_admins},
        access={SURFACE: access_of(settings)},
        young=settings.chathakase_catch_up * 1000,
        most_bytes=settings.chathakase_max_file_mb * MEGABYTE,
        grace=settings.chathakase_grace,
    )


def expiry_of(settings: Settings) -> Expiry:
    """When idle sessions expire, and what becomes of them."""
    return Expiry(settings.chathakase_session_timeout * 1000, settings.chathakase_expiry)


def check_prices(settings: Settings, facts: Callable[[str], ModelFacts]) -> None:
    """Refuse to limit what a model costs of which nobody knows that. Raises StartError."""
    background = settings.chathakase_background_model
    models = dict.fromkeys((settings.chathakase_model, *((background,) if background not in ("", OFF) else ())))
    unknown = [model for model in models if facts(model).cost(0, 0) is None]
    if unknown and any(limit.measure is Measure.COST for limit in settings.daily_limits):
        raise StartError(
            f"CHATHAKASE_DAILY_COST needs to know the price of {' and '.join(unknown)}: add it to CHATHAKASE_MODELS, "
            f"for instance {unknown[0]}={facts(unknown[0]).window} 0.25/2 for $0.25 and $2 a million tokens in and out."
        )


def price_of(facts: Callable[[str], ModelFacts], model: str) -> Price:
    """What calls cost, by what is known of models. What answers under a name that nobody knows costs as the ``model``.

    So a server's own name for it does not make it free.
    """

    def price(answered: str, usage: Usage) -> int:
        costs = (facts(each).cost(usage.prompt_tokens, usage.completion_tokens) for each in (answered, model))
        return round(next((cost for cost in costs if cost is not None), 0) * 1_000_000)

    return price


def access_of(settings: Settings) -> AccessRule:
    """Who may talk to the bot in Slack, and where."""
    return AccessRule(
        admins=settings.chathakase_admins,
        users=settings.chathakase_allowed_users,
        channels=settings.chathakase_allowed_channels,
        guests=settings.chathakase_guests is Switch.ON,
        external=settings.chathakase_external is Switch.ON,
    )


def _terms(settings: Settings, agent: str, prices: Callable[[str], ModelFacts]) -> Terms:
    return Terms(
        agent=agent,
        model=settings.chathakase_model,
        expiry=expiry_of(settings),
        retention=settings.chathakase_retention_days * DAY,
        follow_ups=settings.chathakase_follow_ups,
        prices=prices,
        daily_limits=settings.daily_limits,
    )


def _load(settings: Settings) -> LoadLimits:
    return LoadLimits(
        by_person=settings.chathakase_person_rate,
        by_channel=settings.chathakase_channel_rate,
        waiting=settings.chathakase_max_waiting,
    )
