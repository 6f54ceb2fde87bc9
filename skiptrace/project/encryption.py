"""[encryption]: that the project's files are encrypted, and who holds the master keys. Without the section nothing is.

A master is named, never written here: `file:/absolute/path`, `env:NAME`, or `aws:ARN` of a key of AWS KMS. `kms` wraps the keys of scores,
decisions and all else that says not who somebody is, `identity` those of names, addresses, numbers and the index; whoever reads without
the latter reads the former still.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from skiptrace.project.parts import Part, matching

_MASTER = re.compile(r"file:/[^\x00-\x1f]{1,1024}|env:[A-Za-z_][A-Za-z0-9_]{0,127}|aws:[A-Za-z0-9:/_-]{1,512}")
Master = Annotated[str, AfterValidator(matching(
    _MASTER, "is not the name of a master key", 'write "file:/absolute/path", "env:NAME" or "aws:KEY"; never the key itself'))]  # fmt: skip


class Encryption(Part):
    """The master keys. `identity`: None where one master wraps both halves of each key."""

    kms: Master
    identity: Master | None = None

    def masters(self) -> dict[str, str]:
        """The name of the master of each role."""
        return {"facts": self.kms, "identity": self.identity or self.kms}
