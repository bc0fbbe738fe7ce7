"""Runs the fault matrix and prints it as a Markdown table; exit status 1 if anything in it went wrong."""

import asyncio
import sys

from tests.end_to_end.faults.matrix import run, table
from tests.end_to_end.faults.steps import STEPS
from tests.isolation import clean_place


def main() -> int:
    """Run the steps whose names hold one of the arguments, or all of them."""
    with clean_place():
        steps = [step for family in STEPS.values() for step in family]
        wanted = [step for step in steps if not sys.argv[1:] or any(word in step.name for word in sys.argv[1:])]
        results = asyncio.run(run(wanted))
    sys.stdout.writelines(f"{line}\n" for line in table(results))
    wrong = [result for result in results if result.wrong]
    sys.stderr.writelines(f"{result}\n" for result in wrong)
    slowest = max(results, key=lambda result: result.seconds)
    sys.stderr.write(f"{len(wrong)} of {len(results)} cases went wrong; the slowest took {slowest.seconds:.1f} s\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
