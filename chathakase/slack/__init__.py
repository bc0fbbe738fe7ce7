"""One surface, Slack: Socket Mode inwards, the Web API outwards. Only this package imports Bolt and slack_sdk."""
