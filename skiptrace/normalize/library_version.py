"""Which address library is installed, and whether the exact evaluation was proven to equal that one.

The fast reading of addresses (`crf_model`, `address_model`, the tokeniser) rebuilds what the library does from its model
and its code. It is right for the files whose digests stand here. Where others are installed, `is_proven` is false and
every line goes to the library itself: slower, never wrong.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import usaddress

PROVEN_VERSION = "0.5.16"
PROVEN_FILES = {
    "usaddr.crfsuite": "37ea2e93ece3b9340b4da455839ded8bb11a6c6ecaccfc3c8f80ed922f5065d9",
    "__init__.py": "588aa69dae6a3ab5c53ae0b8130231737a504ac31469e25d2c2ccb263778dd3e",
}
"""SHA-256 of the library's files (the model; the tokeniser and the features) on which equality was proven."""


@lru_cache(maxsize=1)
def is_proven() -> bool:
    """Whether the installed library is the one that the fast evaluation was proven to equal."""
    return installed_files() == PROVEN_FILES


def installed_files() -> dict[str, str]:
    """SHA-256 of the installed library's files; empty for one that cannot be read."""
    folder = Path(usaddress.MODEL_PATH).parent
    found = {}
    for name in PROVEN_FILES:
        try:
            found[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            found[name] = ""
    return found
