"""What models cost a session."""

from chathakase.core.types import SessionId, Usage
from chathakase.storage.database import Statement, Transaction

SPEND = Statement("""
INSERT INTO usage (session, model, prompt_tokens, completion_tokens) SELECT id, $2, $3, $4 FROM sessions WHERE id = $1
ON CONFLICT (session, model) DO UPDATE SET
    prompt_tokens = usage.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = usage.completion_tokens + excluded.completion_tokens
""")


async def spend(transaction: Transaction, session: SessionId, model: str, usage: Usage) -> None:
    """Add what a call of a model cost to what its session did."""
    await transaction.execute(SPEND, session, model, usage.prompt_tokens, usage.completion_tokens)
