"""A person at the terminal who talks with the bot in the local workspace."""
