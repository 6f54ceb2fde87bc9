from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from skiptrace.errors import KeyRefused, StoreUnavailable, UnsafePermissions
from skiptrace.store import kms

KEY, FOR = bytes(range(32)), {"project": "p", "key": "k", "role": "facts"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    path.write_text("0123456789abcdef" * 4 + "\n")
    path.chmod(0o600)
    return path


def test_what_a_file_of_this_machine_wraps_it_unwraps(file: Path) -> None:
    wrapped = kms.master(f"file:{file}").wrap(KEY, FOR)
    assert KEY not in wrapped
    assert kms.master(f"file:{file}").unwrap(wrapped, FOR) == KEY
    assert kms.unpacked(kms.packed(wrapped)) == wrapped


def test_file_and_environment_are_the_same_secret(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER", file.read_text())
    assert kms.master("env:MASTER").unwrap(kms.master(f"file:{file}").wrap(KEY, FOR), FOR) == KEY


def test_a_wrapped_key_is_bound_to_what_it_is_for(file: Path) -> None:
    master = kms.master(f"file:{file}")
    wrapped = master.wrap(KEY, FOR)
    for other in ({**FOR, "role": "identity"}, {**FOR, "key": "k2"}, {**FOR, "project": "q"}, {}):
        with pytest.raises(KeyRefused, match="another key"):
            master.unwrap(wrapped, other)
    for broken in (wrapped[:-1], bytes([wrapped[0] ^ 1]) + wrapped[1:], b""):
        with pytest.raises(KeyRefused):
            master.unwrap(broken, FOR)


def test_another_secret_does_not_unwrap_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER", "f" * 64)
    with pytest.raises(KeyRefused, match="another key") as caught:
        kms.master("env:OTHER").unwrap(kms.master(f"file:{file}").wrap(KEY, FOR), FOR)
    assert caught.value.exit_code == 2
    assert "ffff" not in str(caught.value)


def test_a_file_that_others_may_read_is_refused(file: Path) -> None:
    file.chmod(0o644)
    with pytest.raises(UnsafePermissions, match="chmod 600"):
        kms.master(f"file:{file}")


@pytest.mark.parametrize(
    ("name", "said"),
    [("file:/nowhere/at.all", "is not there"), ("file:/", "cannot be read"), ("env:SURELY_NOT_SET", "holds no secret"),
     ("env:SHORT", "shorter than 16"), ("vault:x", "is not a master key")],
)  # fmt: skip
def test_a_master_that_cannot_be_used_is_told_with_its_mend(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT", "tiny-secret")
    with pytest.raises(KeyRefused, match=said) as caught:
        kms.master(name)
    assert caught.value.problems[0].mend
    assert "tiny-secret" not in str(caught.value)


class Answer(Exception):
    def __init__(self, code: str) -> None:
        super().__init__("the text holds a secret-value")
        self.response = {"Error": {"Code": code}}


class NoCredentialsError(Answer):
    pass


class Client:
    """AWS KMS as far as it is asked here; what it raises is what the library raises."""

    error: Answer | None = None

    def encrypt(self, KeyId: str, Plaintext: bytes, EncryptionContext: dict[str, str]) -> dict[str, Any]:
        if self.error is not None:
            raise self.error
        return {"CiphertextBlob": repr((KeyId, sorted(EncryptionContext.items()))).encode() + b"|" + Plaintext[::-1]}

    def decrypt(self, KeyId: str, CiphertextBlob: bytes, EncryptionContext: dict[str, str]) -> dict[str, Any]:
        said, _, blob = CiphertextBlob.partition(b"|")
        if said != repr((KeyId, sorted(EncryptionContext.items()))).encode():
            raise Answer("InvalidCiphertextException")
        return {"Plaintext": blob[::-1]}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    found = Client()
    asked: dict[str, Any] = {}

    class Session:
        def create_client(self, name: str, region_name: str | None, config: object) -> Client:
            asked.update(name=name, region=region_name)
            return found

    for name, content in {
        "botocore.config": {"Config": dict}, "botocore.exceptions": {"BotoCoreError": NoCredentialsError, "ClientError": Answer},
        "botocore.session": {"get_session": Session},
    }.items():  # fmt: skip
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return found


def test_a_key_of_aws_is_asked_with_what_it_is_for(client: Client) -> None:
    master = kms.master("aws:arn:aws:kms:eu-west-1:111122223333:key/one")
    wrapped = master.wrap(KEY, FOR)
    assert b"'role', 'facts'" in wrapped
    assert master.unwrap(wrapped, FOR) == KEY
    with pytest.raises(KeyRefused, match="another key"):
        master.unwrap(wrapped, {**FOR, "role": "identity"})


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDeniedException", KeyRefused), ("DisabledException", KeyRefused), ("NotFoundException", KeyRefused),
     ("KMSInternalException", StoreUnavailable), ("ThrottlingException", StoreUnavailable)],
)  # fmt: skip
def test_what_aws_refuses_is_told_without_its_text(client: Client, code: str, kind: type[Exception]) -> None:
    client.error = Answer(code)
    with pytest.raises(kind, match=code) as caught:
        kms.master("aws:alias/one").wrap(KEY, FOR)
    assert "secret-value" not in str(caught.value)


def test_no_credentials_are_no_outage(client: Client) -> None:
    client.error = NoCredentialsError("")
    with pytest.raises(KeyRefused, match="NoCredentialsError"):
        kms.master("aws:alias/one").wrap(KEY, FOR)


def test_without_the_library_aws_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.config", None)
    with pytest.raises(KeyRefused, match="needs botocore"):
        kms.master("aws:alias/one")
