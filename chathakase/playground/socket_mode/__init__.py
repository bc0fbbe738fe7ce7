"""Socket Mode: connections, envelopes, and the events that travel in them."""
