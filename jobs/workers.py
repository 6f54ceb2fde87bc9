"""Worker processes of this machine: each runs one task at a time, is watched, and is replaced when it dies or stands still.

They open no port and are sent nothing but a function's name, paths and plain values. A task whose worker died is given to
another; the third time it runs alone with all the memory there is, and if that worker dies as well the task is set aside. A
worker that shows no sign of life is killed. Workers end with the process that started them, however that ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

import psutil

from jobs.exposure import guard
from jobs.memory import give_back
from jobs.runner import Receipt, Task, done, perform, set_aside
from skiptrace.errors import OutOfMemory, SafeToRerun, SkiptraceError

TICK = 0.5
"""Seconds between two looks at the workers."""
MOST_DEATHS = 3
"""Workers that one task may cost before it is set aside."""
ENDING_SECONDS = 5.0
"""How long a killed process may take to be gone; one that waits for a dead disk cannot even be killed."""
_SPAWN = multiprocessing.get_context("spawn")


class Workers:
    """Up to `count` worker processes that serve every step of a run.

    `memory`: bytes that a worker may hold beside mapped files (None: no limit); `stall_seconds`: how long one may show no sign of
    life. Raises SetAside (exit 3) when all other tasks are done, SafeToRerun (75) when nothing moves any more, and the first error
    that a task raised."""

    def __init__(self, count: int, memory: int | None, stall_seconds: float) -> None:
        self._count, self._memory, self._stall = count, memory, stall_seconds
        self._workers: list[_Worker] = []
        self._stalled_before = False
        self.repeated = 0
        """Tasks that were begun again because their worker had died."""

    def __call__(self, tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
        waiting, suspects, deaths = deque(tasks), deque[Task](), Counter[str]()
        lost: list[tuple[Task, str]] = []
        try:
            while waiting or suspects or self._busy():
                self._hand_out(waiting, suspects)
                for worker in self._look(wait_for=TICK):
                    task, answer, why = worker.finish()
                    if why is None:
                        self._stalled_before = False
                        yield task.key, _opened(answer)
                    elif (receipt := done(task.receipt)) is not None:  # it died after its work was done
                        yield task.key, receipt
                    else:
                        deaths[task.key] += 1
                        if deaths[task.key] >= MOST_DEATHS:
                            lost.append((task, why))
                        else:
                            self.repeated += 1
                            (suspects if deaths[task.key] == MOST_DEATHS - 1 else waiting).append(task)
        finally:
            for worker in self._busy():  # an error, or nobody asks for the rest
                worker.kill()
                worker.task = None
        if lost:
            raise set_aside(lost)

    def close(self) -> None:
        """End every worker at once. What they have finished is on disk."""
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def _busy(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.task is not None]

    def _hand_out(self, waiting: deque[Task], suspects: deque[Task]) -> None:
        """Give tasks to idle workers. A suspect runs when all others are done and alone: idle workers hold memory too."""
        self._workers = [worker for worker in self._workers if worker.task is not None or not worker.gone()]
        if not waiting and suspects and not self._busy():
            self.close()
            whole = None if self._memory is None else self._memory * self._count
            self._workers.append(_Worker(whole))
            self._workers[0].give(suspects.popleft())
            return
        if len(self._workers) == 1 and self._workers[0].task is None and self._workers[0].memory != self._memory:
            self.close()  # it was given all the memory for a suspect
        while waiting:
            idle = next((worker for worker in self._workers if worker.task is None), None)
            if idle is None:
                if len(self._workers) >= self._count:
                    return
                idle = _Worker(self._memory)
                self._workers.append(idle)
            idle.give(waiting.popleft())

    def _look(self, wait_for: float) -> list[_Worker]:
        """Workers that have answered or are gone. Kills those that need too much memory or stand still."""
        busy = self._busy()
        ready = set(wait([part for worker in busy for part in worker.signs()], wait_for))
        ended = [worker for worker in busy if ready & set(worker.signs())]
        stalled = []
        for worker in busy:
            if worker in ended:
                continue
            if worker.holds_too_much():
                ended.append(worker)
            elif worker.still_for() > self._stall:
                stalled.append(worker)
        if stalled and self._stalled_before:
            raise SafeToRerun(
                f"no task has ended and no worker has shown a sign of life for {self._stall:.0f} seconds, twice — "
                "see whether disks and file servers answer, then run the same command again"
            )
        for worker in stalled:
            self._stalled_before = True
            worker.end("showed no sign of life and was stopped")
        return ended + stalled


class _Worker:
    """One process, the task it has, and why it was ended, if it was."""

    def __init__(self, memory: int | None) -> None:
        self.memory = memory
        self.task: Task | None = None
        self.why: str | None = None
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        self._seen = psutil.Process(self._process.pid)  # made once: to find a process takes ten times what a look at it takes
        theirs.close()
        self._sign: tuple[float, ...] = ()
        self._still, self._looked = 0.0, 0.0

    def give(self, task: Task) -> None:
        self.task, self._sign, self._still, self._looked = task, (), 0.0, time.monotonic()
        with contextlib.suppress(OSError):  # it died while it was idle: its sentinel tells
            self._pipe.send((task.function, str(task.receipt), task.arguments))

    def signs(self) -> list[Any]:
        return [self._pipe, self._process.sentinel]

    def gone(self) -> bool:
        return not self._process.is_alive()

    def finish(self) -> tuple[Task, Any, str | None]:
        """The task it had, and its answer or why there is none."""
        task, self.task = self.task, None
        assert task is not None  # noqa: S101  only busy workers are looked at
        if self.why is None:
            try:
                answer = self._pipe.recv() if self._pipe.poll() else None
            except (EOFError, OSError):
                answer = None
            if answer is not None and not isinstance(answer, OutOfMemory):
                return task, answer, None
            self.why = "did not get the memory it asked for" if answer is not None else self._ended_by()
        self.kill()
        return task, None, self.why

    def holds_too_much(self) -> bool:
        """Whether it holds more memory than it may; it is killed then. Mapped files do not count: they are given back."""
        if self.memory is None:
            return False
        try:
            found = self._seen.memory_info()
        except psutil.Error:
            return False
        if found.rss - getattr(found, "shared", 0) <= self.memory:
            return False
        self.end(f"held more than its {self.memory / 1e9:.1f} GB of memory")
        return True

    def still_for(self) -> float:
        """Seconds without a sign of life: processor time, or bytes read or written. Time in which this process itself stood
        still (a suspended machine, a clock that jumps) does not count."""
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, 4 * TICK), now
        sign = _signs_of_life(self._seen)
        self._still = 0.0 if sign != self._sign else self._still + passed
        self._sign = sign
        return self._still

    def end(self, why: str) -> None:
        self.why = why
        self.kill()

    def kill(self) -> None:
        """End the process. Raises SafeToRerun where it cannot be ended."""
        if self._process.is_alive():
            self._process.kill()
            self._process.join(ENDING_SECONDS)
            if self._process.is_alive():
                raise SafeToRerun("a worker process cannot be ended: it waits for a disk that does not answer — run again when it does")
        self._pipe.close()

    def _ended_by(self) -> str:
        self._process.join(ENDING_SECONDS)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}, most likely for want of memory" if code == -9 else (
                f"was ended by {signal.Signals(-code).name}"
            )  # fmt: skip
        return f"ended with code {code}"


def _opened(answer: Any) -> Receipt:
    if isinstance(answer, SkiptraceError):
        raise answer from None
    receipt: Receipt = answer
    return receipt


def _signs_of_life(process: psutil.Process) -> tuple[float, ...]:
    """Processor seconds in tenths, and bytes read and written where the system tells."""
    try:
        times = process.cpu_times()
        moved = process.io_counters() if hasattr(process, "io_counters") else ()
    except (psutil.Error, OSError):
        return ()
    return (round(times.user + times.system, 1), *moved)


def _serve(pipe: Connection) -> None:
    """A worker's life: tasks come, receipts or errors of ours go back."""
    guard()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it decides when it ends
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            function, receipt, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer: Receipt | SkiptraceError = perform(function, receipt, arguments)
        except SkiptraceError as error:
            answer = error
        give_back()
        pipe.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(75)
