"""The Web API: who we are there, every call at the pace that Slack allows, and why one fails."""
