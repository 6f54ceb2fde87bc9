"""Table files of an encrypted project: Parquet's own encryption, every column of it, so that nothing in them changes unseen.

Columns that say who or where somebody is are encrypted with the `identity` half of the project's or portfolio's key, the others and the
footer with the `facts` half (see `skiptrace.store.keyring`). Each file has keys of its own, wrapped by these.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from skiptrace.errors import DamagedFile, KeyRefused, Problem
from skiptrace.schema import Table
from skiptrace.schema.roles import is_identity
from skiptrace.store.keyring import SHARED, Ring, ring_of
from skiptrace.store.places import Place, place_of

if TYPE_CHECKING:
    from pyarrow.parquet.encryption import CryptoFactory

_MAGIC = b"PARE"
_KEY = re.compile(rb"(k-[0-9a-f]{16})/facts")
_factories: dict[int, tuple[Ring, CryptoFactory]] = {}


def writing(folder: Place, spec: Table) -> dict[str, Any]:
    """Further options for writing one table file in `folder`; none where the project is not encrypted. They are good for one file.

    Raises KeyRefused where a key cannot be had."""
    ring = ring_of(folder)
    if ring is None:
        return {}
    from pyarrow.parquet.encryption import EncryptionConfiguration, KmsConnectionConfig

    key = ring.current()
    facts, identity = f"{key}/facts", f"{key}/identity"
    columns: dict[str, list[str]] = {facts: [], identity: []}
    for column in spec.columns:
        columns[identity if is_identity(column) else facts].extend(leaves(column.name, column.type))
    how: dict[str, Any] = {"column_keys": {name: found for name, found in columns.items() if found}}
    if not columns[identity]:
        how = {"uniform_encryption": True}
    config = EncryptionConfiguration(footer_key=facts, plaintext_footer=False, double_wrapping=True, data_key_length_bits=256, **how)
    return {"encryption_properties": _factory(ring).file_encryption_properties(KmsConnectionConfig(), config)}


def reading(place: str, path: Path) -> dict[str, Any]:
    """Further options for reading the table file that is at `path` on this machine and at `place` in its project; none where the file is
    in clear. They are good for one reading.

    Raises KeyRefused where the file is encrypted and its project has no keyring."""
    if not is_encrypted(path):
        return {}
    ring = ring_of(place_of(place))
    if ring is None:
        problem = Problem(path.name, "", "is encrypted, and its project has no keyring", "restore .skiptrace/keys from a backup")
        raise KeyRefused("a key is missing", (problem,))
    from pyarrow.parquet.encryption import DecryptionConfiguration, KmsConnectionConfig

    return {"decryption_properties": _factory(ring).file_decryption_properties(KmsConnectionConfig(), DecryptionConfiguration())}


def is_encrypted(path: Path) -> bool:
    """Whether a table file is encrypted. Raises FileNotFoundError where it is gone."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def label_of(place: str, path: Path) -> str | None:
    """The label of the key of the table file that is at `path` on this machine and at `place` in its project; None for the shared key, for
    one that the keyring does not have, and for a file in clear. Needs no key."""
    ring = ring_of(place_of(place)) if is_encrypted(path) else None
    if ring is None:
        return None
    with path.open("rb") as file:  # the names of a file's keys stand in clear before its footer
        file.seek(-8, os.SEEK_END)
        size = int.from_bytes(file.read(4), "little")
        file.seek(-8 - size, os.SEEK_END)
        found = _KEY.search(file.read(min(size, 1 << 14)))
    labels = {key: label for label, key in ring.labels.items() if label != SHARED}
    return labels.get(found[1].decode()) if found else None


def leaves(name: str, kind: pa.DataType) -> Iterator[str]:
    """The paths of a column's values in a Parquet file: of a nested one those of its innermost parts."""
    if pa.types.is_struct(kind):
        for field in kind:
            yield from leaves(f"{name}.{field.name}", field.type)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from leaves(f"{name}.list.element", kind.value_type)
    else:
        yield name


def _factory(ring: Ring) -> CryptoFactory:
    """One for each ring: a factory keeps the keys that it unwrapped."""
    from pyarrow.parquet.encryption import CryptoFactory, KmsClient

    from skiptrace.store.sealed import opened, sealed

    class Local(KmsClient):  # type: ignore[misc] # pyarrow has no types
        """Wraps the keys of files with a key of the ring: no server is asked."""

        def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
            key, role = master_key_identifier.split("/")
            return base64.b64encode(sealed(ring.key(key, role), bytes(key_bytes), master_key_identifier))

        def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
            key, role = master_key_identifier.split("/")
            secret = ring.key(key, role)
            try:
                return opened(secret, base64.b64decode(wrapped_key), master_key_identifier)
            except ValueError:
                problem = Problem("table file", "", "was changed", "run again where a run makes it; else `skiptrace restore FILE`")
                raise DamagedFile("a file of this project cannot be trusted", (problem,)) from None

    found = _factories.get(id(ring))
    if found is None:
        found = _factories.setdefault(id(ring), (ring, CryptoFactory(lambda _: Local())))
    return found[1]


def _forget_in_child() -> None:
    _factories.clear()


os.register_at_fork(after_in_child=_forget_in_child)
