"""Socket Mode: a socket that is kept open, and what comes in on it handed on."""
