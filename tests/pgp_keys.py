"""Keys of gpg for tests: people of their own with a home each, made once."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Person:
    """Somebody with a key: its fingerprint, and files of the public and the secret part."""

    fingerprint: str
    public: Path
    secret: Path


class Keys:
    """Our key, the vendor's and a stranger's, in one home of gpg, with which messages are made."""

    def __init__(self, home: Path, folder: Path) -> None:
        self._home = home
        self.ours, self.vendor, self.stranger = (self._person(name, folder) for name in ("ours", "vendor", "stranger"))
        self.both = folder / "both.asc"
        self.both.write_text(self.vendor.public.read_text() + self.stranger.public.read_text())

    def gpg(self, *arguments: str) -> str:
        command = ["gpg", "--homedir", str(self._home), "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
                   "--trust-model", "always", *arguments]  # fmt: skip
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def message(self, content: bytes, target: Path, to: Person, by: Person | None, *more: str) -> Path:
        """A message encrypted to somebody and signed by somebody, or by nobody."""
        plain = target.with_name(f"{target.name}.plain")
        plain.write_bytes(content)
        signed = [] if by is None else ["--sign", "--local-user", by.fingerprint]
        self.gpg(*more, "--output", str(target), "--recipient", to.fingerprint, *signed, "--encrypt", str(plain))
        plain.unlink()
        return target

    def opened(self, file: Path) -> bytes:
        """What is in a message; it must be signed well."""
        target = file.with_name(f"{file.name}.opened")
        self.gpg("--output", str(target), "--decrypt", str(file))
        content = target.read_bytes()
        target.unlink()
        return content

    def _person(self, name: str, folder: Path) -> Person:
        self.gpg("--quick-generate-key", f"{name} <{name}@example.com>", "ed25519", "default", "never")
        listed = self.gpg("--with-colons", "--list-keys", f"{name}@example.com").splitlines()
        fingerprint = next(line.split(":")[9] for line in listed if line.startswith("fpr:"))
        self.gpg("--quick-add-key", fingerprint, "cv25519", "encr", "never")
        public, secret = folder / f"{name}.asc", folder / f"{name}.secret.asc"
        public.write_text(self.gpg("--armor", "--export", fingerprint))
        secret.write_text(self.gpg("--armor", "--export-secret-keys", fingerprint))
        return Person(fingerprint, public, secret)


@contextmanager
def pgp_keys(folder: Path) -> Iterator[Keys]:
    """The keys, in `folder`, while gpg's home of them lasts; its agent has ended when this ends."""
    home = Path(tempfile.mkdtemp(prefix="gpg-test-"))  # a short path, for the agent's sockets
    try:
        yield Keys(home, folder)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], capture_output=True, timeout=20, check=False)
        shutil.rmtree(home, ignore_errors=True)
