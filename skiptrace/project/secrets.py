"""Secrets that the project file refers to; the key of the SSN tokens: from where [security] says, else a private file made once
outside the project.

The tokens of one project must stay comparable for years, so a key that was made is never replaced. The key is derived
from the secret by hashing, so a secret of any form gives 32 bytes; the secret is never shown, logged or stored by us.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from skiptrace.errors import ConfigError, Problem, UnsafePermissions
from skiptrace.project.model import Project
from skiptrace.store.commit import put_bytes
from skiptrace.store.permissions import private_folder, secret_file

_SHORTEST = 16
_TITLE = "no key for the SSN tokens"


def token_key(project: Project, environ: Mapping[str, str]) -> bytes:
    """The 32-byte key of the project's SSN tokens.

    Raises ConfigError (exit 2) where the secret is absent or shorter than 16 bytes, and UnsafePermissions (exit 78)
    where other users could read or replace the key file."""
    place = "security.token_key"
    reference = project.security.token_key
    if reference is None:
        return _derived(_own_key(own_key_file(environ)), project, place)
    return _derived(secret_of(project, reference, place, environ, _TITLE), project, place)


def secret_of(project: Project, reference: str, place: str, environ: Mapping[str, str], title: str) -> bytes:
    """The bytes that a `${env:NAME}` or `${file:PATH}` at the key `place` of the project file means; `title` is the first line of what
    is said where there are none.

    Raises ConfigError (exit 2) where the secret is absent or cannot be read, UnsafePermissions (exit 78) where other users could read
    or replace its file."""
    kind, _, name = reference[2:-1].partition(":")
    if kind == "env":
        secret = environ.get(name, "").encode()
        if not secret:
            raise _refused(
                project, place, f"the environment variable {name} is not set", f"export {name}, or use ${{file:…}}", title
            )
        return secret
    return _given(project, project.folder / name, place, title)


def own_key_file(environ: Mapping[str, str]) -> Path:
    """Where the key is kept that we make ourselves: under $XDG_CONFIG_HOME, else ~/.config."""
    config = environ.get("XDG_CONFIG_HOME", "")
    home = environ.get("HOME", "")
    if os.path.isabs(config):
        return Path(config) / "skiptrace" / "token.key"
    if os.path.isabs(home):
        return Path(home) / ".config" / "skiptrace" / "token.key"
    problem = Problem(
        "environment", "HOME", "is not set, so there is no place for a key", 'set [security] token_key = "${file:…}"'
    )
    raise ConfigError(_TITLE, (problem,))


def _own_key(file: Path) -> bytes:
    private_folder(file.parent)
    if not file.is_symlink() and not file.exists():
        put_bytes(file, secrets.token_hex(32).encode() + b"\n")  # first writer wins: whoever came second reads that key
    state = file.lstat()
    if stat.S_ISLNK(state.st_mode) or state.st_mode & 0o077 or state.st_uid not in (os.geteuid(), 0):
        raise UnsafePermissions(
            "token.key: other users could read or replace the key of the SSN tokens — chmod 600 it, and no link"
        )
    return file.read_bytes()


def _given(project: Project, file: Path, place: str, title: str) -> bytes:
    try:
        return secret_file(file, f"{place}: the key file")
    except ValueError:
        raise _refused(project, place, "does not name a key file", "a file that holds the secret alone", title) from None
    except FileNotFoundError:
        raise _refused(project, place, "the key file is not there", "make it, or correct the path", title) from None
    except OSError:
        raise _refused(project, place, "the key file cannot be read by this user", "check its owner and mode", title) from None


def _derived(secret: bytes, project: Project, place: str) -> bytes:
    secret = secret.strip()
    if len(secret) < _SHORTEST:
        raise _refused(
            project,
            place,
            f"the secret is shorter than {_SHORTEST} bytes",
            "use 32 random bytes, for example `openssl rand -hex 32`",
        )
    return hashlib.blake2b(secret, digest_size=32, person=b"skiptrace ssn").digest()


def _refused(project: Project, place: str, what: str, mend: str, title: str = _TITLE) -> ConfigError:
    return ConfigError(title, (Problem(project.file.name, place, what, mend),))
