"""A place of a project with a keyring, made without a run; and masters in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import keys
from skiptrace.project import Project
from skiptrace.project.encryption import Encryption
from skiptrace.store import keyring

MASTER, SECOND, THIRD = "env:SKIPTRACE_TEST_MASTER", "env:SKIPTRACE_TEST_SECOND", "env:SKIPTRACE_TEST_THIRD"
SECRETS = {"SKIPTRACE_TEST_MASTER": "ab" * 16, "SKIPTRACE_TEST_SECOND": "cd" * 16, "SKIPTRACE_TEST_THIRD": "ef" * 16}
SECTION = f'[encryption]\nkms = "{MASTER}"\nidentity = "{SECOND}"\n'


def give_masters(patch: pytest.MonkeyPatch) -> None:
    """Put the masters where their names say."""
    for name, secret in SECRETS.items():
        patch.setenv(name, secret)
    keyring.refresh()


def project_with(kms: str = MASTER, identity: str | None = SECOND, folder: Path = Path(".")) -> Project:
    """A project file that says little more than who holds the masters."""
    plain = {
        "version": 1, "project": {"name": "sealed", "purposes": ("other",)},
        "portfolio": {"path": "p.csv", "columns": {"account_id": ("account_id",)}},
    }  # fmt: skip
    project = Project.model_validate(plain).at(folder / "skiptrace.toml")
    return project.model_copy(update={"encryption": Encryption(kms=kms, identity=identity)}).at(folder / "skiptrace.toml")


def make_home(home: Path, *files: str) -> Path:
    """A home with a keyring that has a key for each of these files of the portfolio."""
    home.mkdir(mode=0o700)
    keys.make(project_with(), home, files)
    return home


def without_identity(patch: pytest.MonkeyPatch) -> None:
    """Take the master of the identity role from this process, and what it had unwrapped."""
    patch.delenv(SECOND.partition(":")[2])
    keyring.refresh()
