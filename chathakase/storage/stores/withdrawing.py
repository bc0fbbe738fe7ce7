"""What becomes of the turns of a session in which questions were forgotten."""

from chathakase.core.types import Lease, SessionId
from chathakase.storage.database import Statement, Transaction
from chathakase.storage.stores.waiting import KEPT, NO_TURN, WAITS

LEFT = "FROM messages m WHERE m.session = $1 AND m.role = 'user' AND m.asks = 1 AND m.seq > sessions.answered"

# Whatever asks and is not forgotten still waits, and nothing else does once the turn that is under way has ended.
QUESTIONS = Statement(f"""
UPDATE sessions SET
    asked = coalesce((SELECT max(m.seq) {LEFT}), answered), answered = coalesce((SELECT min(m.seq) - 1 {LEFT}), seq)
WHERE id = $1 AND asked > answered
""")

# A turn whose question is forgotten is not taken up again.
ACTIONS = Statement(f"UPDATE turns SET action = NULL WHERE session = $1 AND action IS NOT NULL AND NOT {KEPT}")

# A turn that has nothing to answer any more must not lend its name and its messages to the next one.
TURN = Statement(f"""
UPDATE sessions SET {NO_TURN} WHERE id = $1 AND turn IS NOT NULL AND NOT {WAITS}
""")


PUT_DOWN = Statement(f"UPDATE sessions SET {NO_TURN} WHERE id = $1")

REFUSE = Statement("""
UPDATE messages SET asks = 0
WHERE session = $1 AND role = 'user' AND asks = 1 AND author = $2 AND seq > $3 AND seq <= $4
""")


async def decline(transaction: Transaction, lease: Lease) -> None:
    """End a turn that is taken and has not begun: whoever asked first waits no more, what others asked still does."""
    await transaction.execute(PUT_DOWN, lease.session)
    await transaction.execute(REFUSE, lease.session, lease.by, lease.since, lease.upto)
    await withdraw(transaction, lease.session)


async def withdraw(transaction: Transaction, session: SessionId) -> None:
    """Have nothing answered that is forgotten; what else waits still does, and a turn that answers that goes on."""
    await transaction.execute(QUESTIONS, session)
    await transaction.execute(ACTIONS, session)
    await transaction.execute(TURN, session)
