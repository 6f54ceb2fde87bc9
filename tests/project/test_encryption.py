from __future__ import annotations

import pytest
from pydantic import ValidationError

from skiptrace.project.encryption import Encryption


@pytest.mark.parametrize("name", ["file:/etc/skiptrace/master.key", "env:MASTER", "aws:arn:aws:kms:us-east-1:111122223333:key/1a-2b"])
def test_masters_are_named(name: str) -> None:
    assert Encryption(kms=name).masters() == {"facts": name, "identity": name}


def test_the_identity_role_may_have_another_master() -> None:
    assert Encryption(kms="env:A", identity="env:B").masters() == {"facts": "env:A", "identity": "env:B"}


@pytest.mark.parametrize("name", ["", "abcd" * 16, "file:relative.key", "env:not a name", "vault:x", "aws:"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Encryption(kms=name)
