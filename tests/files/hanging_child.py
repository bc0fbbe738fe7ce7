"""A child that reads one line, the path of a file, tells its id there, and never reads on or ends."""

import os
import time
from pathlib import Path

if __name__ == "__main__":
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    Path(line.decode().strip()).write_text(str(os.getpid()))
    time.sleep(600)
