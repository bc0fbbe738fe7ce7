"""What the machine's own books say of a process, of its memory and of its disks; the only door to psutil."""

from pathlib import Path

# Typed only where types-psutil happens to be installed, and there at all only with the group `bench`.
import psutil  # type: ignore[import-not-found, import-untyped, unused-ignore]


class ProcessUsage:
    """What one process uses."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = psutil.Process(pid)

    def cpu(self) -> float:
        """Seconds of CPU so far, user and system together."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """MiB of memory that are resident now."""
        return float(self._process.memory_info().rss / 2**20)

    def files(self) -> int:
        """Open files, sockets and the like."""
        return int(self._process.num_fds())

    def threads(self) -> int:
        """Threads of the system's."""
        return int(self._process.num_threads())


def memory_of_machine() -> float:
    """GiB of memory that there are."""
    return float(psutil.virtual_memory().total / 2**30)


def file_system(folder: Path) -> str:
    """The kind of the file system that holds a folder."""
    parts = [part for part in psutil.disk_partitions(all=True) if folder.is_relative_to(part.mountpoint)]
    return str(max(parts, key=lambda part: len(part.mountpoint)).fstype) if parts else "an unknown file system"
