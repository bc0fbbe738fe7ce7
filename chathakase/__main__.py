"""``python -m chathakase``, and the ``chathakase`` command."""

import sys

from chathakase.unexpected import plainly


def main() -> None:
    """Run the command line; whatever happens, also while it is loaded, is told plainly."""
    sys.exit(plainly(_carry_out))


def _carry_out() -> int:
    # Loading takes a second, in which Ctrl-C is pressed as well.
    from chathakase.cli.commands import carry_out

    return carry_out()


if __name__ == "__main__":
    main()
