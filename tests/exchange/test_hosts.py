from __future__ import annotations

import dataclasses
import getpass
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from skiptrace.errors import ConfigError, StoreUnavailable
from skiptrace.exchange import hosts, sftp
from skiptrace.exchange.hosts import Host, host_of, pinned_in, private_key
from tests.sftp_server import SftpServer


def host(server: SftpServer, folder: Path, **more: Any) -> Host:
    key = private_key(server.key.read_bytes(), None, "outbox[1]")
    return dataclasses.replace(host_of(server.address(folder), "outbox[1]", frozenset({server.pin}), key), **more)


def test_an_address_names_user_host_port_and_folder() -> None:
    found = host_of("sftp://us@sftp.example.com:2222/in/daily", "outbox[1]", frozenset())
    assert (found.user, found.host, found.port, found.folder) == ("us", "sftp.example.com", 2222, "/in/daily")
    assert found.shown == "sftp.example.com:2222"
    assert host_of("sftp://us@[::1]/~/in", "outbox[1]", frozenset()).folder == "in"
    assert host_of("sftp://us@example.com", "outbox[1]", frozenset()).folder == "."
    assert host_of("sftp://us@example.com", "outbox[1]", frozenset()).port == 22


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_server_with_the_pinned_key_of_any_kind_lets_us_in(server: SftpServer, tmp_path: Path, kind: str) -> None:
    with sftp.opened(host(server, tmp_path, pins=frozenset({server.pins[kind]}))) as box:
        assert box.sizes() == {}


def test_a_changed_host_key_is_told_with_both_fingerprints_and_nothing_is_sent(
    server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(hosts, "_let_in", lambda *given: asked.append(given))
    other = "SHA256:" + "A" * 43
    with pytest.raises(ConfigError) as refused:
        hosts.connect(host(server, tmp_path, pins=frozenset({other}), password="hidden-word"))
    text = str(refused.value)
    assert refused.value.exit_code == 2
    assert other in text
    assert server.pin in text
    assert "by phone" in text
    assert "hidden-word" not in text
    assert asked == []


def test_pins_come_from_a_known_hosts_file(server: SftpServer, tmp_path: Path) -> None:
    assert pinned_in(server.known_hosts, "127.0.0.1", server.port, "inbox[1]") == {server.pin}
    with pytest.raises(ConfigError, match="knows no key"):
        pinned_in(server.known_hosts, "127.0.0.2", server.port, "inbox[1]")
    with pytest.raises(ConfigError, match="cannot be read"):
        pinned_in(tmp_path / "none", "127.0.0.1", server.port, "inbox[1]")


def test_credentials_that_are_refused_end_with_a_mend(server: SftpServer, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True, timeout=20)
    other = private_key((tmp_path / "other").read_bytes(), None, "outbox[1]")
    for wrong in ({"key": other}, {"key": None, "password": "hidden-word"}):
        with pytest.raises(ConfigError, match="does not let this user in") as refused:
            hosts.connect(host(server, tmp_path, **wrong))
        assert "hidden-word" not in str(refused.value)


def test_a_server_that_is_not_there_or_is_none_is_unavailable(server: SftpServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(StoreUnavailable) as told:
        hosts.connect(host(server, tmp_path, port=port))
    assert told.value.exit_code == 69
    assert f"127.0.0.1:{port}: the server does not answer" in str(told.value)


def test_a_server_that_is_silent_is_given_up(server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StoreUnavailable, match="does not answer"):
        hosts.connect(host(server, tmp_path, port=silent.getsockname()[1]))


def test_a_private_key_is_read_with_its_passphrase_and_refused_without(tmp_path: Path) -> None:
    pytest.importorskip("paramiko")
    file = tmp_path / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", str(file)], check=True, timeout=20)
    assert private_key(file.read_bytes(), "open sesame", "outbox[1]").get_name() == "ssh-ed25519"
    for word in (None, "wrong"):
        with pytest.raises(ConfigError, match="passphrase"):
            private_key(file.read_bytes(), word, "outbox[1]")
    with pytest.raises(ConfigError, match="is not a private key"):
        private_key(b"hello", None, "outbox[1]")


def test_nothing_secret_is_in_the_words_of_a_host() -> None:
    shown = repr(host_of("sftp://us@example.com/in", "outbox[1]", frozenset(), "a key", "hidden-word"))
    assert "hidden-word" not in shown
    assert "a key" not in shown
    assert getpass.getuser()
