from __future__ import annotations

import sys

import pytest

from skiptrace.errors import ConfigError
from skiptrace.exchange import age, hosts, pgp
from skiptrace.exchange.boxes import library, refused


@pytest.mark.parametrize(("module", "extra"), [("paramiko", "sftp"), ("gnupg", "pgp"), ("pyrage", "age")])
def test_an_extra_that_is_not_installed_is_told_with_its_name(module: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"pip install 'skiptrace\[{extra}\]'") as told:
        library(module, extra)
    assert told.value.exit_code == 2
    asks = {
        "sftp": lambda: hosts.private_key(b"", None, "outbox[1]"),
        "pgp": lambda: pgp.keyring([], [], "outbox[1].pgp").__enter__(),
        "age": lambda: age.recipients_of([], "outbox[1].age"),
    }
    with pytest.raises(ConfigError, match=rf"skiptrace\[{extra}\]"):
        asks[extra]()


def test_a_refusal_says_that_nothing_is_kept() -> None:
    error = refused("a.csv", "was changed", "again")
    assert (error.exit_code, "nothing of it is kept" in str(error), "a.csv: was changed — again" in str(error)) == (3, True, True)
