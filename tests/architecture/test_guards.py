"""The guards of tests/conftest.py hold: no way out of the machine, private files, a configuration folder of our own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

OUTSIDE = ("192.0.2.1", 443)  # an address kept for documentation: nobody answers there


def is_blocked(error: pytest.ExceptionInfo[RuntimeError]) -> bool:
    return type(error.value).__name__ == "NetworkBlocked"


def test_a_connection_outside_is_refused() -> None:
    with socket.socket() as own, pytest.raises(RuntimeError) as error:
        own.connect(OUTSIDE)
    assert is_blocked(error)


def test_a_datagram_outside_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as own, pytest.raises(RuntimeError) as error:
        own.sendto(b"", OUTSIDE)
    assert is_blocked(error)


def test_a_name_outside_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError) as error:
        socket.create_connection(("example.com", 443), timeout=1)
    assert is_blocked(error)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as own:
        assert own.getpeername() == server.getsockname()


def test_a_file_is_private(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.touch()
    assert made.stat().st_mode & 0o777 == 0o600


def test_keys_are_made_in_a_folder_of_the_session(own_settings: Path) -> None:
    assert os.environ["XDG_CONFIG_HOME"] == str(own_settings)
    assert Path.home() not in own_settings.parents
