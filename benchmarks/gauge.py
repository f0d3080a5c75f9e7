"""Run one command and write its cost as JSON: gauge.py RESULT PATIENCE COMMAND...

A separate and very small process, because the peak memory of a program is never reported below that of its parent.
The command runs in a process group of its own. Sampling its memory takes at most a fortieth of one core. A command
that takes longer than PATIENCE seconds is ended.

- wall: seconds from start to end
- cpu: user and system seconds of the command and of every process it waited for
- largest: MiB of the largest process, as counted by the system
- together: MiB of all processes at the highest sample, shared memory counted once (PSS); null if the system does not
  report it
- other: cores kept busy by all other processes meanwhile; null if the system does not report it
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time

SHARE = 40
"""Least pause after a sample of the memory, as a multiple of the time that the sample took."""
PAUSE = 0.02
"""Least pause after a sample, in seconds."""
TICK = os.sysconf("SC_CLK_TCK")
MIB = 1 << (20 if sys.platform == "darwin" else 10)
"""Units of `ru_maxrss` in one MiB on this system."""


def busy() -> float | None:
    """Core seconds of all work since the machine started; None if the system does not report it."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _, _, interrupts, soft = map(int, file.readline().split()[1:8])
    except (OSError, ValueError):
        return None
    return (user + nice + system + interrupts + soft) / TICK


def together(group: int) -> float:
    """MiB of all processes of a group at this moment."""
    total = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                if int(file.read().rpartition(")")[2].split()[2]) != group:
                    continue
            total += proportional(name)
    return total / 1024


def proportional(process: str) -> int:
    """KiB of one process, shared pages divided among their users; undivided if the system does not report that."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/smaps_rollup", encoding="utf-8") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1])
    with open(f"/proc/{process}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


class Watch(threading.Thread):
    """Sample the memory of a process group until it has ended, and end one that takes too long."""

    def __init__(self, group: int, patience: float) -> None:
        super().__init__(daemon=True)
        self.group = group
        self.until = time.monotonic() + patience
        self.ended = threading.Event()
        self.most: float | None = None
        self.stopped = False

    def run(self) -> None:
        pause = PAUSE
        while not self.ended.wait(pause):
            started = time.thread_time()
            if os.path.isdir("/proc/self"):
                self.most = max(self.most or 0.0, together(self.group))
            if time.monotonic() > self.until:
                self.stopped = True
                end(self.group)
            pause = max(PAUSE, SHARE * (time.thread_time() - started))


def end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def main() -> None:
    result, patience, *command = sys.argv[1:]
    before = busy()
    started = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, setpgroup=0)
    watch = Watch(child, float(patience))
    watch.start()
    try:
        _, status, used = os.wait4(child, 0)
    except BaseException:
        end(child)
        raise
    wall = time.perf_counter() - started
    watch.ended.set()
    watch.join()
    after = busy()
    cpu = used.ru_utime + used.ru_stime
    others = None if before is None or after is None else max(0.0, after - before - cpu - time.process_time()) / wall
    largest = used.ru_maxrss / MIB
    cost = {
        "wall": wall,
        "cpu": cpu,
        "largest": largest,
        "together": None if watch.most is None else max(watch.most, largest),
        "other": others,
        "status": os.waitstatus_to_exitcode(status),
        "stopped": watch.stopped,
    }
    with open(result, "w", encoding="utf-8") as file:
        json.dump(cost, file)


if __name__ == "__main__":
    main()
