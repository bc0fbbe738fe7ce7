"""Measures the bot beside a plain Bolt bot, in one run, on the local workspace: ``python -m benchmarks``."""
