"""A child that does what a file may make it do; its input says what."""

import json
import os
import sys
from pathlib import Path

from chathakase.files import child


def read(data: bytes) -> child.Answer:
    deed = data.decode()
    if deed == "tell":
        return {"text": " ".join(sorted(os.environ))}
    if deed == "write":
        Path("written").write_text("something")
    if deed == "swell":
        return {"text": "x" * 2**31}
    if deed == "raise":
        raise RecursionError
    if deed == "abort":
        os.abort()
    if deed == "rave":
        sys.stdout.write("[1, 2")
        sys.stdout.flush()
    if deed == "flood":
        while True:
            sys.stdout.write("x" * 2**16)
    if deed == "number":
        return json.loads("7")  # type: ignore[no-any-return]
    return {}


if __name__ == "__main__":
    child.answer(read)
