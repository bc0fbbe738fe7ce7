"""A local Slack workspace and a stand-in model: everything the real bot needs, without an account.

Nothing here imports the bot; any Slack client can be pointed at it.
"""
