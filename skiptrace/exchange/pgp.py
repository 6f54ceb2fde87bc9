"""PGP, by the gpg program in a private home that lives as long as the call. Only keys that the project names are in it.

gpg writes plaintext before it knows that it is authentic. So it writes into a private file of its own, which is removed unless gpg ended
well, said that all was decrypted, and named exactly one valid signature, of a pinned key. Any exception is a refusal.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from skiptrace.errors import ConfigError, Problem, StoreUnavailable
from skiptrace.exchange.boxes import library, refused
from skiptrace.store.inputs import safe_name

SUFFIX = ".pgp"
SUFFIXES = (".pgp", ".gpg", ".asc")
_HOME = "skiptrace-gpg-"
_ROOM = 1 << 20
"""Bytes that are free on every disk that is not full."""
_TOO_LARGE = "exceeded --max-output limit"
_LOCKED = ("BAD_PASSPHRASE", "MISSING_PASSPHRASE", "NEED_PASSPHRASE", "Bad passphrase")
_FULL = ("no space left on device", "disk quota exceeded", "file too large")


@contextmanager
def keyring(keys: Sequence[bytes], wanted: Sequence[str], place: str) -> Iterator[Any]:
    """gpg with these keys and no others; `wanted` are fingerprints that must be among them.

    Its home is in the system's temporary folder, as the sockets of gpg's agent want a short path; it is removed at the end with the
    agent, and one that a killed process left is removed by the next call. Raises ConfigError (exit 2) where gpg or a key is missing."""
    gnupg = library("gnupg", "pgp")
    logging.getLogger("gnupg").setLevel(logging.CRITICAL + 1)  # it would tell file names and key owners
    if shutil.which("gpg") is None:
        raise _wrong("gpg", "the program is not installed", "install GnuPG, for example `apt-get install gnupg`")
    _sweep()
    home = Path(tempfile.mkdtemp(prefix=f"{_HOME}{os.getpid()}-"))
    try:
        gpg = gnupg.GPG(gnupghome=str(home), options=["--no-auto-key-retrieve", "--no-auto-check-trustdb"])
        for key in keys:
            gpg.import_keys(key)
        known = {entry["fingerprint"] for secret in (False, True) for entry in gpg.list_keys(secret)}
        if missing := [one for one in wanted if one not in known]:
            what = f"the key {missing[0]} is not in the key files it names"
            raise _wrong(place, what, "export that key there, or correct the fingerprint")
        yield gpg
    finally:
        _end(home)


def seal(gpg: Any, source: Path, target: Path, recipients: Sequence[str], signer: str, passphrase: str | None) -> None:
    """Sign a file and encrypt it into a file that is there. Raises ConfigError (exit 2) where gpg refuses the keys or the passphrase,
    StoreUnavailable (exit 69) where the disk refuses."""
    result = gpg.encrypt_file(
        str(source), list(recipients), sign=signer, always_trust=True, passphrase=passphrase or None, armor=False, output=str(target),
        extra_args=["--set-filename", "", "--pinentry-mode", "loopback"],
    )  # fmt: skip
    if result.returncode == 0 and result.ok:
        return
    _refuse_full(str(result.stderr), target)
    what = "gpg does not accept the passphrase of signer_key" if _locked(result) else "gpg cannot sign and encrypt with these keys"
    raise _wrong("pgp", what, "see that the recipients' keys can encrypt and have not expired, and that signer_key can sign")


def unseal(
    gpg: Any, source: Path, target: Path, signers: Sequence[str], passphrase: str | None, most: int, name: str
) -> str:
    """Decrypt a file into a new private file; returns the fingerprint of the pinned key that signed it. Nothing is left of a file that is
    refused. `most`: bytes that it may have.

    Raises DataRefused (exit 3) where it was changed, cut, is not for us, is not signed, or is signed by somebody else; ConfigError
    (exit 2) where our key needs another passphrase; StoreUnavailable (exit 69) where the disk refuses."""
    done = False
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    os.close(handle)
    try:
        options = ["--max-output", str(most), "--pinentry-mode", "loopback"]
        try:
            result = gpg.decrypt_file(str(source), passphrase=passphrase or None, output=str(target), extra_args=options)
        except Exception:  # the library breaks in its own ways on what was tampered with
            _refuse_full("", target)
            raise _refusal(name, "cannot be decrypted: it was changed or cut") from None
        _refuse_full(str(result.stderr), target)
        if _TOO_LARGE in str(result.stderr):
            raise refused(safe_name(name), f"unpacks to more than {most:,} bytes", "raise limits.file_bytes if that is right")
        if _locked(result):
            raise _wrong("pgp.passphrase", "gpg does not accept it for our key", "correct the passphrase")
        if result.returncode != 0 and not result.ok:
            raise _refusal(name, "cannot be decrypted: it was changed, it was cut, or it is not encrypted to our key")
        if not result.ok:
            raise _refusal(name, "is not encrypted")
        whose = {one for one in (result.fingerprint, result.pubkey_fingerprint) if one} & set(signers)
        if not result.valid or result.problems or result.returncode != 0 or not whose:
            what = "is signed by no key that this project trusts" if result.fingerprint or result.problems else "is not signed"
            raise _refusal(name, what)
        done = True
        return str(sorted(whose)[0])
    finally:
        if not done:
            target.unlink(missing_ok=True)


def _locked(result: Any) -> bool:
    return result.returncode != 0 and any(text in str(result.stderr) for text in _LOCKED)


def _refuse_full(said: str, target: Path) -> None:
    """Tell a disk that is full from a message that is bad: gpg ends the same way, and may take its words along."""
    if any(text in said.lower() for text in _FULL) or shutil.disk_usage(target.parent).free < _ROOM:
        target.unlink(missing_ok=True)
        raise StoreUnavailable(f"{target.parent.name}: no space left on device — free some space and run again")


def _refusal(name: str, what: str) -> Exception:
    return refused(safe_name(name), what, "have it delivered again, encrypted to our key and signed by the vendor's")


def _wrong(place: str, what: str, mend: str) -> ConfigError:
    return ConfigError("PGP cannot be used", (Problem(place, "", what, mend),))


def _end(home: Path) -> None:
    """Remove a home with its keys, and end the agent that served it."""
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(  # noqa: S603 # nosec B603 B607 # a fixed command of gpg's own
            ["gpgconf", "--homedir", str(home), "--kill", "all"],  # noqa: S607 # found on the path, as gpg itself is
            capture_output=True, timeout=10, check=False,
        )  # fmt: skip
    shutil.rmtree(home, ignore_errors=True)


def _sweep() -> None:
    """Remove the homes that killed processes of this user left: they hold keys."""
    for home in Path(tempfile.gettempdir()).glob(f"{_HOME}*"):
        with suppress(OSError, ValueError):
            state, pid = home.lstat(), int(home.name.removeprefix(_HOME).partition("-")[0])
            if state.st_uid == os.geteuid() and not home.is_symlink() and not _lives(pid):
                _end(home)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
