"""Master keys: who wraps the keys that a project's files are encrypted with, and unwraps them again.

A master is named by a text: `file:/path` or `env:NAME`, a secret that this program derives a key from, or `aws:KEY`, a key of AWS KMS that
never leaves it. What is wrapped is bound to what it is for (project, key, role), so that no wrapped key can stand in for another.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from skiptrace.errors import KeyRefused, Problem, StoreUnavailable
from skiptrace.store.permissions import secret_file

_SHORTEST, _NONCE = 16, 12
KINDS = ("file", "env", "aws")
_TITLE = "a master key cannot be used"
_AWS_NO = (
    "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "DisabledException",
    "NotFoundException", "KMSInvalidStateException", "InvalidKeyUsageException", "InvalidArnException",
)  # fmt: skip
Context = Mapping[str, str]


class Kms(Protocol):
    """A master key. `context` says what a key is for; another one does not unwrap it."""

    def wrap(self, key: bytes, context: Context) -> bytes:
        """The key, wrapped. Raises KeyRefused where the master may not be used, StoreUnavailable where it does not answer."""
        ...

    def unwrap(self, wrapped: bytes, context: Context) -> bytes:
        """The key. Raises as `wrap`, and KeyRefused where another master wrapped it or it is for something else."""
        ...


def master(name: str) -> Kms:
    """The master key that a text names. Raises KeyRefused (exit 2) where there is none or it cannot be read, UnsafePermissions (78) where
    other users could read or replace its file."""
    kind, _, rest = name.partition(":")
    if kind == "file":
        path = Path(rest)
        try:
            return _Secret(name, secret_file(path, "the file of a master key"))
        except FileNotFoundError:
            raise refused(name, "the key file is not there", "put it where it was, or name another in [encryption]") from None
        except (OSError, ValueError):
            raise refused(name, "the key file cannot be read", "a file of this user that holds the secret alone") from None
    if kind == "env":
        return _Secret(name, os.environ.get(rest, "").encode())
    if kind == "aws" and rest:
        return _Aws(name, rest)
    raise refused(name, "is not a master key", f"write {', '.join(f'{kind}:…' for kind in KINDS)}")


def refused(name: str, what: str, mend: str) -> KeyRefused:
    """The error of ours for a master that cannot be used."""
    return KeyRefused(_TITLE, (Problem("[encryption]", name, what, mend),))


class _Secret:
    """A secret of this machine."""

    def __init__(self, name: str, secret: bytes) -> None:
        secret = secret.strip()
        if not secret:
            raise refused(name, "holds no secret", "set it for the user that runs this, for example to `openssl rand -hex 32`")
        if len(secret) < _SHORTEST:
            raise refused(name, f"the secret is shorter than {_SHORTEST} bytes", "use 32 random bytes, for example `openssl rand -hex 32`")
        self._name, self._box = name, AESGCM(hashlib.blake2b(secret, digest_size=32, person=b"skiptrace master").digest())

    def wrap(self, key: bytes, context: Context) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._box.encrypt(nonce, key, _told(context))

    def unwrap(self, wrapped: bytes, context: Context) -> bytes:
        try:
            return self._box.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _told(context))
        except (InvalidTag, ValueError):
            mend = "give this process the key that the keyring was wrapped with"
            raise refused(self._name, "is another key, or the keyring was changed", mend) from None


class _Aws:
    """A symmetric key of AWS KMS; region, credentials and, for a test, the address are those of AWS's own configuration."""

    def __init__(self, name: str, key: str) -> None:
        self._name, self._key = name, key
        try:
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
            from botocore.session import get_session
        except ImportError:
            raise refused(name, "needs botocore, which is not installed", 'pip install "skiptrace[aws-kms]"') from None
        self._errors: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        region = key.split(":")[3] if key.startswith("arn:") and key.count(":") >= 5 else None
        config = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 3, "mode": "standard"})
        try:
            self._client = get_session().create_client("kms", region_name=region, config=config)
        except self._errors as error:
            raise self._told(error) from None

    def wrap(self, key: bytes, context: Context) -> bytes:
        return self._asked("encrypt", "CiphertextBlob", Plaintext=key, EncryptionContext=dict(context))

    def unwrap(self, wrapped: bytes, context: Context) -> bytes:
        return self._asked("decrypt", "Plaintext", CiphertextBlob=wrapped, EncryptionContext=dict(context))

    def _asked(self, what: str, answer: str, **given: object) -> bytes:
        try:
            return bytes(getattr(self._client, what)(KeyId=self._key, **given)[answer])
        except self._errors as error:
            raise self._told(error) from None

    def _told(self, error: Exception) -> Exception:
        """The error of ours; the library's text may hold what was sent."""
        response = getattr(error, "response", {})
        code = str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
        if code in ("InvalidCiphertextException", "IncorrectKeyException"):
            return refused(self._name, "is another key, or the keyring was changed", "name the key that the keyring was wrapped with")
        if code in _AWS_NO or type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError", "NoRegionError"):
            mend = "check region, credentials, the key's state and its policy (kms:Encrypt, kms:Decrypt)"
            return refused(self._name, f"the KMS refuses ({code or type(error).__name__})", mend)
        kind = code or type(error).__name__
        return StoreUnavailable(f"{self._name}: the KMS does not answer ({kind}) — see that it is up, then run again")


def packed(wrapped: bytes) -> str:
    """Wrapped bytes as they stand in a keyring."""
    return base64.b64encode(wrapped).decode()


def unpacked(text: str) -> bytes:
    """The reverse. Raises ValueError where it is no such text."""
    return base64.b64decode(text, validate=True)


def _told(context: Context) -> bytes:
    return json.dumps(dict(context), sort_keys=True).encode()
