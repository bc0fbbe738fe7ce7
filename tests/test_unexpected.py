"""What nobody foresaw, in a process of its own: one line for each, without texts, locals and stack traces."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("outside")

SECRET = "tell-nobody"

MISHAPS = {
    "in the main thread": "raise ValueError(SECRET)",
    "in a group": "raise ExceptionGroup(SECRET, [ValueError(SECRET)])",
    "of the system": "open('/tell-nobody/x')",
    "of another pipe": "raise BrokenPipeError(32, 'Broken pipe')",
    "too deep": "def deep(n=SECRET): return deep(n)\n    deep()",
    "in a task": """
    async def fail(): raise ValueError(SECRET)
    async def main():
        watch_tasks()
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)
    asyncio.run(main())""",
    "in a thread": """
    def fail(): raise ValueError(SECRET)
    thread = threading.Thread(target=fail, name=SECRET)
    thread.start()
    thread.join()""",
    "in a destructor": """
    class Odd:
        def __del__(self): raise ValueError(SECRET)
    Odd()""",
    "at exit": """
    def fail(): raise ValueError(SECRET)
    atexit.register(fail)""",
    "in a warning": """
    warnings.simplefilter('always')
    warnings.warn(SECRET, ResourceWarning)
    open('/dev/null')
    gc.collect()""",
    "in the log": """
    logging.getLogger('x').warning('%d', SECRET)
    try: raise ValueError(SECRET)
    except ValueError: logging.getLogger('x').exception('it\\nfailed\\x1b[2J', stack_info=True)""",
    "after the hook of typer": "sys.excepthook(ValueError, ValueError(SECRET), None)",
}

PROGRAM = """
import asyncio, atexit, gc, logging, os, signal, sys, threading, warnings
from chathakase.unexpected import OneLine, plainly, watch_tasks

SECRET = 'tell-' + 'nobody'

def configure_logging():
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine('%(message)s'))
    logging.basicConfig(handlers=[handler])

def work():
    configure_logging()
    {}
    return 0

sys.exit(plainly(work))
"""


def _ran(program: str, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)  # type: ignore[call-overload, no-any-return]


def test_mishaps_are_told_in_a_line() -> None:
    forks = "\n".join(
        f"if not (pid := os.fork()): run(work_{number})\nos.waitpid(pid, 0)" for number in range(len(MISHAPS))
    )
    works = "".join(
        f"\ndef work_{number}():\n    print('=== {name}', file=sys.stderr, flush=True)\n    {mishap}\n    return 0\n"
        for number, (name, mishap) in enumerate(MISHAPS.items())
    )
    head, _, _ = PROGRAM.partition("def work")
    # A forked child ends as any process does, with what is to be done at exit.
    ending = "def run(work):\n    configure_logging()\n    sys.exit(plainly(work))\n"
    ended = _ran(f"{head}\n{works}\n{ending}\n{forks}")
    parts = ended.stderr.split("=== ")[1:]
    assert [part.splitlines()[0] for part in parts] == list(MISHAPS)
    for part in parts:
        name, *lines = part.splitlines()
        assert 1 <= len(lines) <= 3, part
        for word in (SECRET, "Traceback", "File ", "\x1b"):
            assert word not in part
        assert any(kind in part for kind in ("Error", "Warning")), name


@pytest.mark.parametrize("when", ["at work", "in the loop"])
def test_an_interruption_says_nothing(when: str) -> None:
    # What runs in the background of a shell ignores the signal.
    interruptible = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    works = {
        "at work": f"{interruptible}; os.kill(os.getpid(), signal.SIGINT)",
        "in the loop": f"""{interruptible}
    async def main(): os.kill(os.getpid(), signal.SIGINT)
    asyncio.run(main())""",
    }
    ended = _ran(PROGRAM.format(works[when]))
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_output_that_nobody_takes_ends_it_quietly() -> None:
    program = PROGRAM.format("for _ in range(100_000): print('x' * 100)")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_output_without_room_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM.format("print('x')")], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode == 1
    assert b"No space left" in ended.stderr
    assert b"Exception ignored" not in ended.stderr


def test_no_variable_of_a_library_has_prompts_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    ran = _ran(
        "import logging\nfrom chathakase.cli.process import configure_logging\nconfigure_logging()\n"
        f"logging.getLogger('openai._base_client').debug('%s', {SECRET!r})\n"
        "logging.getLogger('chathakase').info('xoxb-1-%s', 'secret')"
    )
    assert SECRET not in ran.stderr
    assert ran.stderr.endswith("INFO chathakase: xoxb-***\n")
