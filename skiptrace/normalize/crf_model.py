"""The CRF of the installed address library, read from its model file into vectors per class of token.

The library scores a label at a token by the features of that token, copies of its two neighbours' features ("previous:…",
"next:…") and marks of the line's ends. A token's features depend on the token alone. So each token contributes three
fixed vectors of one weight per label, one for its own position and one for either neighbour's, and tokens whose features
differ only in what the model has no weight for share them: they are one class. All tokens there are fall into some
hundreds of classes.

The model file is read as it is (CRFsuite's format, little-endian: a table of features of 20 bytes each, and two string
tables), because the weights that the library prints are rounded to six decimals, and because its `info()` fails on an
attribute that holds a line end. For which files of the library that is right, `library_version` says.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import usaddress

from skiptrace.kernels.viterbi import Weights

_FILLED_TO = 32
_NEVER = -1e6
_MOST_CLASSES = 32_000
_POSITIONS = ("", "previous:", "next:")
_EDGES = ("address.start", "address.end", "previous:address.start", "next:address.end")


def _names(data: bytes, chunk: int) -> list[str]:
    """The strings of one string table (a "CQDB" chunk) by number."""
    count, index = struct.unpack_from("<II", data, chunk + 16)
    names = []
    for at in range(count):
        (place,) = struct.unpack_from("<I", data, chunk + index + 4 * at)
        _, size = struct.unpack_from("<II", data, chunk + place)
        names.append(data[chunk + place + 8 : chunk + place + 8 + size - 1].decode())
    return names


def _attribute(key: str, value: object) -> str:
    """The name under which the library gives a feature to its model; empty for one that weighs nothing."""
    return key if value is True else f"{key}:{value}" if value else f"{key}:" if value == "" else ""


class CrfModel:
    """Labels, classes and weights. Classes are added as tokens are met; everything else is fixed.

    labels: names in the model's order. words: spellings that the model weighs as whole words.
    """

    def __init__(self, path: str | Path) -> None:
        data = Path(path).read_bytes()
        features, label_chunk, attribute_chunk = struct.unpack_from("<III", data, 28)
        self.labels = _names(data, label_chunk)
        attributes = _names(data, attribute_chunk)
        (count,) = struct.unpack_from("<I", data, features + 8)
        self._transitions = np.zeros((_FILLED_TO, _FILLED_TO))
        self._weights: dict[str, npt.NDArray[np.float64]] = {}
        for at in range(count):
            kind, source, label, weight = struct.unpack_from("<IIId", data, features + 12 + 20 * at)
            if kind == 1:
                self._transitions[source, label] = weight
            else:
                self._weights.setdefault(attributes[source], np.zeros(_FILLED_TO))[label] += weight
        self.words = sorted({name.rpartition("word:")[2] for name in attributes if "word:" in name})
        self._edges = np.array([self._weight(name) for name in _EDGES])
        self._weighed = {name.removeprefix(before) for name in self._weights for before in _POSITIONS}
        self._classes: dict[str, int] = {}
        self._vectors: list[npt.NDArray[np.float64]] = []

    def _weight(self, attribute: str) -> npt.NDArray[np.float64]:
        return self._weights.get(attribute, np.zeros(_FILLED_TO))

    def class_of(self, token: str) -> int:
        """The class of an ASCII token, by the library's own features of it; -1 where the library fails on it."""
        try:
            features = usaddress.tokenFeatures(token)
        except Exception:  # it does not say how it fails; the line is left to it, whatever it does then
            return -1
        weighed = self._weighed
        names = [name for name in (_attribute(key, value) for key, value in features.items()) if name in weighed]
        key_of_class = "\0".join(names)
        found = self._classes.get(key_of_class)
        if found is None:
            found = self._add_class(key_of_class, names)
        return found

    def _add_class(self, key: str, names: list[str]) -> int:
        if len(self._vectors) > _MOST_CLASSES:
            return -1
        sums = np.zeros((3, _FILLED_TO))
        for vector, before in zip(sums, _POSITIONS, strict=True):
            for name in names:
                vector += self._weight(before + name)
        sums[0, len(self.labels) :] = _NEVER
        self._vectors.append(sums)
        return self._classes.setdefault(key, len(self._vectors) - 1)

    def weights(self) -> Weights:
        """The weights of all classes met so far."""
        vectors = np.array(self._vectors).reshape(-1, 3, _FILLED_TO)
        own, after, before = (np.ascontiguousarray(vectors[:, at]) for at in range(3))
        return Weights(own, after, before, self._edges, self._transitions)

    def hyphenated_numbers(self) -> list[str]:
        """Words of the model made of digits and hyphens: tokens that must not be taken for just any number."""
        return [word for word in self.words if re.fullmatch(r"\d[\d-]*-[\d-]*", word)]
