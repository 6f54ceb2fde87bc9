"""Running tasks on a Dask cluster that was started elsewhere: joined with certificates, examined, watched.

The graph holds no code and no table: a task is the name of a function, paths and plain values, and its result a receipt. No more
tasks are out than there are workers, so that a worker's death is laid to the one task it had.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
import warnings
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

import dask

from jobs.examine import compare, look, same_versions
from jobs.knock import CONNECT_SECONDS, Papers, knock, papers_of
from jobs.runner import Receipt, Task, perform, set_aside
from jobs.serving import SETTINGS
from jobs.spilling import leave
from skiptrace.errors import ConfigError, OutOfMemory, SafeToRerun, SkiptraceError
from skiptrace.ids import digest
from skiptrace.project import Project
from skiptrace.store.commit import put_bytes, read_json
from skiptrace.store.places import Place

TICK = 1.0
"""Seconds to wait for a task to end before looking up."""
LOOK_SECONDS = 5.0
"""Seconds between two looks at the cluster."""
WORKER_SECONDS = 30.0
"""How long the first worker may take to appear."""
_LOST = "the cluster was lost on the way ({}) — run the same command again: it goes on where it stopped"


@contextmanager
def joined(address: str, project: Project, private: Place) -> Iterator[_Remote]:
    """The cluster at `address`, for as long as the context lasts. `private`: the project's private folder.

    Raises ConfigError (2) where the address, the certificates or a worker's program are wrong, StoreUnavailable (69) where a worker
    does not see the project, SafeToRerun (75) where no scheduler or no worker answers."""
    papers = papers_of(project, address)
    try:
        knock(address, papers)
    except SafeToRerun:  # a scheduler hangs up on a certificate without a role, which looks like one that is too busy
        if papers is not None:
            papers.require("client")
        raise
    if papers is not None:
        papers.require("client")
    with dask.config.set({**SETTINGS, "distributed.comm.require-encryption": papers is not None}):
        client = _client(address, papers)
        try:
            _examined(client, private)
            yield _Remote(client, project.runtime.stall_seconds)
        finally:
            if project.encryption is not None:
                _left(client, private)
            client.close(timeout=CONNECT_SECONDS)


def _client(address: str, papers: Papers | None) -> Any:
    from distributed import Client
    from distributed.versions import VersionMismatchWarning

    security = None if papers is None else papers.security()
    warnings.simplefilter("ignore", VersionMismatchWarning)  # a difference is an error, and told as one below
    try:
        return Client(address, timeout=CONNECT_SECONDS, security=security, set_as_default=False)  # type: ignore[no-untyped-call]
    except ImportError:  # what it raises where scheduler and client cannot understand each other
        raise ConfigError(f"the scheduler at {address} is of another version — install the same one everywhere") from None
    except (OSError, TimeoutError):
        raise SafeToRerun(f"the scheduler at {address} does not answer — run the same command again") from None


def _examined(client: Any, private: Place) -> None:
    token = f"token-{uuid.uuid4().hex}"
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
        put_bytes(private / token, token.encode())
        versions = client.sync(client._get_versions, callback_timeout=WORKER_SECONDS)
        same_versions(versions["scheduler"])
        compare(client.run(look, str(private), token, on_error="return", callback_timeout=WORKER_SECONDS), private)
    except SkiptraceError:
        raise
    except Exception as error:  # time-outs, lost connections: whatever the library names them
        raise SafeToRerun(f"the cluster has no worker that answers ({type(error).__name__}) — start workers, then run again") from None
    finally:
        for file in private.glob(f"{token}*"):
            file.unlink(missing_ok=True)


def _left(client: Any, private: Place) -> None:
    """Let nothing of an encrypted project lie open on the workers' machines. What one that does not answer has goes with its next run."""
    try:
        client.run(leave, str(private), on_error="return", callback_timeout=CONNECT_SECONDS)
    except (Exception, asyncio.CancelledError):
        logging.getLogger(__name__).debug("the workers could not be told that the run has ended")


class _Remote:
    """Runs tasks on a cluster: as `jobs.workers.Workers`, with workers of other machines."""

    def __init__(self, client: Any, stall_seconds: float) -> None:
        self._client, self._stall = client, stall_seconds
        self._seen: dict[str, float] = {}
        self._still: dict[str, float] = {}
        self._stalled_before = False
        self._threads, self._looked = 1, 0.0
        self._ended: Queue[Any] = Queue()
        self.repeated = 0
        """Tasks that were begun again because their worker was lost."""

    def __call__(self, tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
        waiting, suspects, deaths = deque(tasks), deque[Task](), Counter[str]()
        lost: list[tuple[Task, str]] = []
        out: dict[Any, Task] = {}
        self._ended = Queue()
        self._still, self._looked = {}, time.monotonic()
        self._heard()
        try:
            while waiting or suspects or out:
                if not waiting and suspects and not out:  # a suspect runs when all others are done, and alone
                    self._submit(suspects.popleft(), out)
                while waiting and len(out) < self._threads:
                    self._submit(waiting.popleft(), out)
                if time.monotonic() - self._looked > LOOK_SECONDS:
                    self._watch()
                try:
                    future = self._ended.get(timeout=TICK)
                except Empty:
                    continue
                task = out.pop(future)
                receipt = _receipt(future, task)
                del future  # the cluster keeps, and makes again, what somebody holds
                if receipt is not None:
                    self._still, self._stalled_before = {}, False
                    yield task.key, receipt
                    continue
                deaths[task.key] += 1
                if deaths[task.key] == 1:
                    self.repeated += 1
                    suspects.append(task)
                else:
                    lost.append((task, "died each time, most likely for want of memory"))
        finally:
            if out:
                self._abandon(list(out))
        if lost:
            raise set_aside(lost)

    def _submit(self, task: Task, out: dict[Any, Task]) -> None:
        """A key of its own each time: copies of one project on one scheduler, and second attempts, share none."""
        key = f"{task.key}-{digest(str(task.receipt.absolute()), size=4)}-{uuid.uuid4().hex[:8]}"
        future = self._client.submit(perform, task.function, str(task.receipt), task.arguments, key=key, pure=False, retries=0)
        out[future] = task
        future.add_done_callback(self._ended.put)

    def _abandon(self, futures: list[Any]) -> None:
        try:
            self._client.sync(self._client._cancel, futures, force=True, callback_timeout=CONNECT_SECONDS)
        except (Exception, asyncio.CancelledError):
            logging.getLogger(__name__).debug("the scheduler could not be told that nobody waits any more")

    def _heard(self) -> dict[str, float]:
        """When the scheduler last heard of each worker that has work (its own clock); nothing where it does not answer."""

        async def ask() -> tuple[dict[str, Any], dict[str, Any]]:
            return await self._client.scheduler.identity(n_workers=-1), await self._client.scheduler.processing(workers=None)

        try:
            told, working = self._client.sync(ask, callback_timeout=LOOK_SECONDS)
        except (Exception, asyncio.CancelledError):
            return {}
        self._threads = max(1, sum(worker["nthreads"] for worker in told["workers"].values()))
        return {address: worker["last_seen"] for address, worker in told["workers"].items() if working.get(address)}

    def _watch(self) -> None:
        """Count the seconds since each worker that has work was heard of, or since the scheduler last knew of any. Workers that stay
        silent are restarted once; when that does not help, the run ends."""
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, 4 * LOOK_SECONDS), now
        heard = self._heard() or {"": 0.0}
        self._still = {
            address: 0.0 if address and seen != self._seen.get(address) else self._still.get(address, 0.0) + passed
            for address, seen in heard.items()
        }
        self._seen = heard
        silent = sorted(address for address, seconds in self._still.items() if seconds > self._stall)
        if not silent:
            return
        if self._stalled_before or silent == [""]:
            raise SafeToRerun(
                f"no task has ended and no worker was heard of for {self._stall:.0f} seconds — see whether the cluster's machines "
                "answer, then run the same command again"
            )
        self._stalled_before, self._still = True, {}
        restart = self._client.scheduler.restart_workers
        try:
            self._client.sync(restart, workers=silent, timeout=CONNECT_SECONDS, wait_for_workers=False, on_error="return",
                              stimulus_id=f"silent-{uuid.uuid4().hex}", callback_timeout=2 * CONNECT_SECONDS)  # fmt: skip
        except (Exception, asyncio.CancelledError) as error:  # they cannot be restarted: whatever the library names it
            raise SafeToRerun(_LOST.format(type(error).__name__)) from None


def _receipt(future: Any, task: Task) -> Receipt | None:
    """The receipt of a task that has ended; None where its workers died or had too little memory. Raises the task's error."""
    from distributed.scheduler import KilledWorker

    if future.status == "finished":
        with contextlib.suppress(OSError, ValueError):  # where it is not seen here yet, the worker sends it
            return read_json(task.receipt)
    try:
        found: Receipt = future.result(CONNECT_SECONDS)
    except (KilledWorker, OutOfMemory, TimeoutError):
        return None
    except SkiptraceError as error:
        raise error from None
    except (Exception, asyncio.CancelledError) as error:
        raise SafeToRerun(_LOST.format(type(error).__name__)) from None
    return found
