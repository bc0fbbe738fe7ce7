"""A bot that does not pace itself, for a workspace without limits: what is left is what the bot itself can do."""

METHODS = (
    "chat.postMessage",
    "chat.postMessage/workspace",
    "chat.update",
    "chat.postEphemeral",
    "assistant.threads.setStatus",
)
UNPACED = {"CHATHAKASE_RATE_LIMITS": " ".join(f"{method}=600000/100000" for method in METHODS)}
"""To be in its environment."""
