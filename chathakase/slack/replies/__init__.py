"""What goes out: every message, until it is there."""
