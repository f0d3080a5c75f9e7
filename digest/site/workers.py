"""Work that grows with the site, spread over processes: each takes a share and gives back one answer.

A task is a function of (number of the worker, its share, `tell`), which says how many items are done. Where processes
can be forked a task shares everything its parent knows; elsewhere it and its share must be picklable. Who does what
changes nothing in the output.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from digest.problems import N_, DigestError, Problem, mistake

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess, SpawnProcess

Tell = Callable[[int], None]
Item = TypeVar("Item")
Answer = TypeVar("Answer")

PAYS_FROM = 400
"""Items from which a second process earns its start."""
FORKS = sys.platform.startswith("linux")
"""Fork shares what is already known; elsewhere (macOS, Windows) it is not safe or not there."""
TOLD_EVERY = 50
"""Items between two words of a worker to its parent."""


def spread(
    task: Callable[[int, Sequence[Item], Tell], Answer],
    items: Sequence[Item],
    jobs: int,
    tell: Tell,
    meanwhile: Callable[[], None] | None = None,
) -> list[Answer]:
    """The answers of `jobs` workers, each with every n-th item. `meanwhile`: what this process does before it listens
    to them. Raises what a worker raised.
    """
    if jobs < 2:
        return [task(0, items, tell)]
    workers: list[Worker] = []
    try:
        with stops_later():
            for number in range(jobs):
                workers.append(Worker(task, number, items[number::jobs], [worker.connection for worker in workers]))
        if meanwhile:
            meanwhile()
        found = answers(workers, tell)
    except BaseException:
        end_all()
        raise
    for worker in workers:
        worker.close()
    return found


def alongside(task: Callable[[], Answer], own: Callable[[], Item], *, jobs: int | None = None) -> tuple[Answer, Item]:
    """The answers of a task and of what this process does meanwhile; one after the other where there is one core, or
    processes cannot be forked. Raises what either raised.
    """
    if not can_begin(jobs):
        return task(), own()
    try:
        begun = Begun(lambda _: task())
        made = own()
    except BaseException:
        end_all()
        raise
    return begun.answer(), made


def can_begin(jobs: int | None) -> bool:
    """Whether another process could do a task while this one goes on."""
    return FORKS and cores(jobs) > 1


class Begun(Generic[Answer]):
    """A task that another process does, with all that this one knew when it began, until its answer is wanted."""

    def __init__(self, task: Callable[[Tell], Answer]) -> None:
        def serve_task(_: int, __: object, tell: Tell) -> Answer:
            return task(tell)

        with stops_later():
            self.worker = Worker(serve_task, 0, (), ())

    def answer(self) -> Answer:
        """What it found. Raises what it raised."""
        try:
            (found,) = answers([self.worker], lambda _: None)
        except BaseException:
            end_all()
            raise
        self.worker.close()
        return found  # type: ignore[no-any-return]

    def stop(self) -> None:
        """Nobody wants the answer."""
        self.worker.process.terminate()
        self.worker.close()


def aside(task: Callable[[], None], jobs: int | None = None) -> None:
    """Do something that nobody waits for: in another process that ends with this one; here and now where there is one
    core, or processes cannot be forked.
    """
    if not FORKS or cores(jobs) < 2:
        task()
        return
    with stops_later():
        Worker(lambda *_: task(), 0, (), ()).connection.close()


STOPS = {signal.SIGINT, signal.SIGTERM}


@contextlib.contextmanager
def stops_later() -> Iterator[None]:
    """A stop waits: one that came while a process is being started would leave it without anybody who knows of it."""
    if sys.platform == "win32":
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def end_all() -> None:
    """No worker goes on when a build is given up."""
    import multiprocessing  # noqa: PLC0415 - only where there are several processes

    for process in multiprocessing.active_children():
        process.terminate()
        process.join()


def answers(workers: Sequence[Worker], tell: Tell) -> list[Any]:
    """Listen to all workers until each has answered."""
    from multiprocessing.connection import wait  # noqa: PLC0415 - only where there are several processes

    waiting = {worker.connection: number for number, worker in enumerate(workers)}
    found: list[Any] = [None] * len(workers)
    while waiting:
        for ready in wait(list(waiting)):
            number = waiting[ready]  # type: ignore[index]
            kind, value = workers[number].receive()
            if kind == "done":
                tell(value)
            elif kind == "answer":
                found[number] = value
                del waiting[ready]  # type: ignore[arg-type]
            else:
                raise value
    return found


class Worker:
    """A process with its share."""

    def __init__(self, task: Any, number: int, share: Sequence[Any], siblings: Sequence[Connection]) -> None:  # noqa: ANN401
        import multiprocessing  # noqa: PLC0415 - only where there are several processes

        start: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
        self.connection: Connection
        self.connection, theirs = start.Pipe()
        # a forked child holds the parent's ends too, its own and its elder siblings': they must close there, or
        # hanging up would not be heard
        inherited = (self.connection, *siblings) if FORKS else ()
        self.process: ForkProcess | SpawnProcess = start.Process(
            target=serve, args=(task, number, share, theirs, inherited, os.getpid()), daemon=True
        )
        self.process.start()
        theirs.close()

    def receive(self) -> tuple[str, Any]:
        """What the worker says next. Raises `DigestError` where it says nothing any more."""
        try:
            kind, value = self.connection.recv()
        except EOFError:
            self.process.join(1)
            ended = mistake(
                "worker-ended", "a worker process ended (status {status})", status=str(self.process.exitcode)
            )
            raise DigestError([Problem("", 0, 0, ended, N_("try again with --jobs 1"))]) from None
        return kind, value

    def close(self) -> None:
        """End the process: it hears that nobody listens any more."""
        self.connection.close()
        self.process.join(2)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


def serve(  # noqa: PLR0917 - one call, from `Worker`
    task: Any,  # noqa: ANN401
    number: int,
    share: Sequence[Any],
    connection: Connection,
    inherited: Sequence[Connection],
    parent: int,
) -> None:
    """A worker process: does its share and ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    for end in inherited:
        end.close()
    gc.disable()
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if done < TOLD_EVERY:
            return
        if os.getppid() != parent:  # an orphan must not go on writing, nor hold the build's lock
            os._exit(1)
        connection.send(("done", done))
        done = 0

    try:
        answer = "answer", task(number, share, tell)
    except BaseException as error:  # noqa: BLE001 - every fault belongs to the parent
        answer = "fault", error
    try:
        connection.send(("done", done))
        connection.send(answer)
    except (BrokenPipeError, OSError):
        return


def worker_count(asked: int | None, items: int) -> int:
    """How many processes so many items are worth."""
    return min(cores(asked), max(items, 1)) if asked is not None or items >= PAYS_FROM else 1


def cores(asked: int | None) -> int:
    """As many as asked for, else all this process may use."""
    if asked is not None:
        return max(asked, 1)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
