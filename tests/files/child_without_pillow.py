"""The child that draws charts, where Pillow is not installed."""

import runpy
import sys

if __name__ == "__main__":
    sys.modules["PIL"] = None  # type: ignore[assignment]
    runpy.run_module("chathakase.files.bar_chart", run_name="__main__")
