"""What happens: sessions, turns, drafts and commands. Knows only the core."""
