"""Master keys in AWS KMS, through its own protocol: a server of it on this machine, and the client that a project uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs import keys
from skiptrace.errors import KeyRefused, StoreUnavailable
from skiptrace.store import keyring, kms
from tests.encrypted_home import project_with

moto = pytest.importorskip("moto.server", reason="needs moto: `make .venv/.dev-installed` brings it")
KEY, FOR = bytes(range(32)), {"project": "p", "key": "k", "label": "project", "role": "facts"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = moto.ThreadedMotoServer("127.0.0.1", port=0)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def arn(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new key of the server."""
    for name, value in {
        "AWS_ENDPOINT_URL_KMS": server, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return new_key()


def new_key() -> str:
    from botocore.session import get_session

    return str(get_session().create_client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["Arn"])


def test_the_kms_wraps_and_unwraps(arn: str) -> None:
    wrapped = kms.master(f"aws:{arn}").wrap(KEY, FOR)
    assert KEY not in wrapped
    assert kms.master(f"aws:{arn}").unwrap(wrapped, FOR) == KEY


def test_what_a_key_is_for_is_part_of_it(arn: str) -> None:
    wrapped = kms.master(f"aws:{arn}").wrap(KEY, FOR)
    with pytest.raises(KeyRefused, match="another key, or the keyring was changed"):
        kms.master(f"aws:{arn}").unwrap(wrapped, {**FOR, "role": "identity"})


def test_another_key_and_one_that_is_not_there_are_refused(arn: str) -> None:
    wrapped = kms.master(f"aws:{arn}").wrap(KEY, FOR)
    for other in (new_key(), f"{arn[:-4]}0000"):
        with pytest.raises(KeyRefused):
            kms.master(f"aws:{other}").unwrap(wrapped, FOR)


def test_a_server_that_is_not_there_is_69(arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        kms.master(f"aws:{arn}").wrap(KEY, FOR)
    assert caught.value.exit_code == 69


def test_a_project_keeps_its_keys_by_it(arn: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    project = project_with(f"aws:{arn}", f"aws:{new_key()}")
    keys.make(project, home, ["spring.csv"])
    keys.require_ready(project, home)
    ring = keyring.ring_of(home / ".skiptrace")
    assert ring is not None
    before = {role: ring.key(ring.labels["project"], role) for role in keyring.ROLES}
    turned = project_with(f"aws:{new_key()}", None)
    assert keys.rotate(turned, home) == 2
    ring = keyring.ring_of(home / ".skiptrace")
    assert ring is not None
    assert {role: ring.key(ring.labels["project"], role) for role in keyring.ROLES} == before
