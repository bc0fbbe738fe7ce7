"""What goes out: every write at the pace that Slack allows, until it is there."""
