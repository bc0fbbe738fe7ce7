"""``python -m chathakase``."""

from chathakase.cli import main

main()
