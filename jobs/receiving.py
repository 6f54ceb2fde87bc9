"""Files of others fetched into the project before a run. What is fetched or decrypted lies in a private folder until it was verified, and
only then gets a name in the project; whatever a killed attempt left there is removed by the next one.

A receipt for each file that was taken lies under `.skiptrace/received/`, put if absent, so that nothing is taken twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.locking import locked
from jobs.partners import Partners, Unseal, all_of
from skiptrace.errors import DataRefused, SkiptraceError
from skiptrace.exchange import control, fetching, pgp
from skiptrace.exchange.age import SUFFIX as AGE
from skiptrace.exchange.control import Announced
from skiptrace.ids import digest, file_digest
from skiptrace.project import PRIVATE, Project, home_of, load
from skiptrace.project.exchange import Inbox
from skiptrace.store import points
from skiptrace.store.commit import is_temporary, put, put_json, read_json
from skiptrace.store.disk import storing, temporary_in
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, digest_of, place_of, scratch_in

FOLDER = "received"
SCRATCH = "receiving"
"""The private folder, on this machine, of what was not yet verified."""


@dataclass(frozen=True)
class Received:
    """The receipts of what this call took, and what was odd or refused and is only told."""

    taken: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()


def receive(folder: Path, environ: Mapping[str, str] = os.environ) -> Received:
    """Fetch what lies in the inboxes of a project and was not taken before. Each inbox and file is tried, whatever became of another.

    Raises ConfigError (exit 2) as the project file and the partners do, DataRefused (exit 3) for files that cannot be trusted where the
    inbox says "refuse", StoreUnavailable (exit 69) where a partner does not answer or a disk is full, SafeToRerun (exit 75) after a cut
    or where another command holds the project's lock. Nothing that was not verified is left on disk."""
    project = load(folder, environ)
    if not project.inbox:
        return Received()
    home, partners = home_of(folder, environ).resolve(), Partners(project, environ)
    partners.require_ready()
    taken, warnings, errors = list[dict[str, Any]](), list[str](), list[SkiptraceError]()
    with locked(private_folder(home / PRIVATE)):
        place = private_folder(project.folder / PRIVATE) / SCRATCH
        shutil.rmtree(place, ignore_errors=True)  # of an attempt that was killed: nobody else is at work
        try:
            for inbox in project.inbox:
                try:
                    sweep(_folder(project, inbox))
                    _receive(inbox, partners, project, home, private_folder(place), taken, warnings)
                except SkiptraceError as error:
                    errors.append(error)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    all_of(errors)
    return Received(tuple(taken), tuple(warnings))


def _receive(
    inbox: Inbox, partners: Partners, project: Project, home: Place, scratch: Path, taken: list[dict[str, Any]], warnings: list[str]
) -> None:  # fmt: skip
    with ExitStack() as stack:
        unseal = stack.enter_context(partners.unseal(inbox, project.limits.file_bytes))
        box = stack.enter_context(partners.box(inbox))
        found, odd, wrong = fetching.announced(box, inbox.files, inbox.most_files, scratch)
        warnings += [f"inbox {inbox.name}: {problem}" for problem in odd]
        for file in found:
            if _is_taken(home, project, inbox, file):
                continue
            with scratch_in(scratch) as private:
                try:
                    fetched = fetching.fetch(box, file, private, project.limits.file_bytes)
                    points.passed("verified")
                    content, known = _opened(fetched, file, unseal, private)
                except DataRefused as error:
                    wrong.append(error)
                    continue
                taken.append(_take(content, known, file, inbox, project, home))
    if wrong and inbox.unverified == "refuse":
        raise DataRefused(wrong[0].message, tuple(problem for error in wrong for problem in error.problems))
    warnings += [f"inbox {inbox.name}: {problem}" for error in wrong for problem in error.problems]


def _opened(fetched: Path, file: Announced, unseal: Unseal | None, private: Path) -> tuple[Path, str]:
    """The file's content, decrypted and verified, and what is known of it."""
    if unseal is None:
        return fetched, "what its control file says"
    content = private / "opened"
    known = unseal(fetched, content, file.name)
    points.passed("opened")
    return content, known


def _is_taken(home: Place, project: Project, inbox: Inbox, file: Announced) -> bool:
    receipt = _receipt(home, inbox, file)
    if not receipt.is_file():
        return False
    if not inbox.replace:
        return True
    try:  # an earlier content that comes back is news again
        return digest_of(_folder(project, inbox) / _plain_name(file.name, inbox)) == str(read_json(receipt)["content_sha256"])
    except OSError:
        return False


def _take(content: Path, known: str, file: Announced, inbox: Inbox, project: Project, home: Place) -> dict[str, Any]:
    folder, sha256 = private_folder(_folder(project, inbox)), file_digest(content)
    name = _plain_name(file.name, inbox)
    final = _put(folder, content, name)
    if digest_of(final) != sha256:
        if inbox.replace:
            _replace(final, content)
        else:
            final = _put(folder, content, _beside(name, sha256))
    points.passed("taken")
    receipt = _receipt(home, inbox, file)
    private_folder(receipt.parent)
    return put_json(receipt, {
        "inbox": inbox.name, "delivered": file.name, "bytes": file.bytes, "sha256": file.sha256, "rows": file.rows,
        "file": final.name, "content_sha256": sha256, "known": known,
    })  # fmt: skip


def _put(folder: Place, content: Path, name: str) -> Place:
    def copy(target: Path) -> None:
        shutil.copyfile(content, target)

    return put(folder, copy, lambda _: name)[0]


def _replace(final: Place, content: Path) -> None:
    if isinstance(final, ObjectPath):
        final.replace(content)
        return
    with storing(final.parent):
        temporary = temporary_in(final.parent)
        try:
            shutil.copyfile(content, temporary)
            temporary.replace(final)
        finally:
            temporary.unlink(missing_ok=True)


def _receipt(home: Place, inbox: Inbox, file: Announced) -> Place:
    key = digest("received", inbox.name, inbox.place, file.name, file.sha256)
    return home / PRIVATE / FOLDER / inbox.name / f"{key}.json"


def sweep(folder: Place) -> None:
    """Remove the unfinished files of an attempt that was killed."""
    for left in list(folder.iterdir()) if isinstance(folder, Path) and folder.is_dir() else ():
        if is_temporary(left):
            left.unlink(missing_ok=True)


def _folder(project: Project, inbox: Inbox) -> Place:
    place = place_of(inbox.folder)
    return project.folder / place if isinstance(place, Path) else place


def _plain_name(name: str, inbox: Inbox) -> str:
    """The name without the suffix of what sealed it."""
    suffixes = pgp.SUFFIXES if inbox.pgp is not None else (AGE,) if inbox.age is not None else ()
    plain = next((name.removesuffix(suffix) for suffix in suffixes if name.lower().endswith(suffix)), name)
    return plain if control.is_safe(plain) else name


def _beside(name: str, sha256: str) -> str:
    """Another name, for a file that came under the name of one that is kept."""
    stem, dot, rest = name.partition(".")
    return f"{stem}-{sha256[:8]}{dot}{rest}"

