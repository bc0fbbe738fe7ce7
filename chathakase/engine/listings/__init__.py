"""The threads of one person: how a list is asked for, what is in it, and how it reads."""
