"""The Web API: who we are there, every call within the rate that Slack allows, and why one fails."""
