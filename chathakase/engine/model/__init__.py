"""The model: its window, the slots for calls of it, and short texts that it writes."""
