"""One surface: Slack, through Socket Mode inwards and the Web API outwards. The only door to Bolt and slack_sdk."""
