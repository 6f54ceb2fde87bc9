"""What goes wrong when a value is typed, scanned or copied. Only the rows that are hit are touched, one by one.

Slips of letters: a neighbouring key, a misread letter, a doubled, a dropped or two transposed letters. Slips of digits:
a wrong digit or two swapped. Slips of dates: day and month swapped, a wrong day, month or year, 1 January.
"""

from __future__ import annotations

import numpy as np

from jobs.demo import shares
from jobs.demo.words import Days, Random, Text, Whole

_KEYS = {
    "a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hku", "k": "jli", "l": "ko", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf",
    "s": "adw", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
}  # fmt: skip
_MISREAD = {
    "o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "z": "2", "g": "9", "e": "c", "c": "e", "u": "v", "v": "u",
    "n": "h", "h": "n", "m": "rn", "w": "vv", "d": "cl", "q": "o", "t": "f", "f": "t",
    "a": "o", "r": "n", "k": "lc", "y": "v",
}  # fmt: skip


def hit(count: int, share: float, rng: Random) -> Whole:
    """The rows, of `count`, that a mistake of this share hits; sorted."""
    return np.flatnonzero(rng.random(count) < share)


def letters(values: Text, share: float, rng: Random) -> Text:
    """A copy in which a share of the values has one slip of letters. None and values of two letters or less stay."""
    return letters_at(values, hit(len(values), share, rng), rng)


def letters_at(values: Text, rows: Whole, rng: Random) -> Text:
    """A copy with one slip of letters in each of the given rows."""
    out = values.copy()
    kinds, places = rng.integers(0, 5, len(rows)).tolist(), rng.random(len(rows)).tolist()
    for row, kind, place in zip(rows.tolist(), kinds, places, strict=True):
        if out[row] is not None and len(out[row]) > 2:
            out[row] = _slip(out[row], kind, place)
    return out


def digits(values: Text, share: float, rng: Random, last: int = 0) -> Text:
    """A copy in which a share of the values has one wrong digit or two swapped: of the `last` digits only, if given."""
    out = values.copy()
    rows = hit(len(values), share, rng)
    swaps, places, steps = rng.random(len(rows)) < 0.5, rng.random(len(rows)), rng.integers(1, 10, len(rows))
    for row, swap, place, step in zip(rows.tolist(), swaps.tolist(), places.tolist(), steps.tolist(), strict=True):
        text = out[row]
        if text is None or len(text) < 2:
            continue
        head = len(text) - last if last else 0
        body = text[head:]
        at = min(int(place * (len(body) - 1)), len(body) - 2)
        if swap and body[at] != body[at + 1]:
            body = body[:at] + body[at + 1] + body[at] + body[at + 2 :]
        elif body[at + 1].isdigit():
            body = body[: at + 1] + str((int(body[at + 1]) + step) % 10) + body[at + 2 :]
        out[row] = text[:head] + body
    return out


def dates(values: Days, noise: float, rng: Random) -> Days:
    """A copy with the mistakes that birth dates meet, at the shares of `shares` times `noise`."""
    out = values.copy()
    rows = hit(len(out), shares.DOB_SWAPPED * noise, rng)
    out[rows] = swapped(out[rows])
    rows = hit(len(out), shares.DOB_SLIP * noise, rng)
    months = out[rows].astype("datetime64[M]")
    day = (out[rows] - months.astype("datetime64[D]")).astype(np.int64)
    kind, step = rng.integers(0, 3, len(rows)), rng.choice(np.array([-10, -3, -1, 1, 2, 7, 10]), len(rows))
    months = months + np.select([kind == 1, kind == 2], [np.clip(step, -3, 3), 12 * step], 0)
    day = np.clip(np.where(kind == 0, day + step, day), 0, 27)
    out[rows] = months.astype("datetime64[D]") + day
    rows = hit(len(out), shares.DOB_FIRST_OF_YEAR * noise, rng)
    out[rows] = out[rows].astype("datetime64[Y]").astype("datetime64[D]")
    return out


def swapped(values: Days) -> Days:
    """Day and month in each other's place where the day is at most 12; other dates as they are."""
    years, months = values.astype("datetime64[Y]"), values.astype("datetime64[M]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    day = (values - months.astype("datetime64[D]")).astype(np.int64)
    turned = (years.astype("datetime64[M]") + np.minimum(day, 11)).astype("datetime64[D]") + month
    return np.where(day < 12, turned, values)


def _slip(text: str, kind: int, place: float) -> str:
    at = 1 + int(place * (len(text) - 1))  # the first letter is seldom the wrong one
    letter = text[at]
    if kind == 0:
        return text[:at] + _like(_KEYS.get(letter.lower(), letter)[int(place * 997) % 2 - 1], letter) + text[at + 1 :]
    if kind == 1:
        return text[:at] + _like(_MISREAD.get(letter.lower(), letter), letter) + text[at + 1 :]
    if kind == 2:
        return text[:at] + letter.lower() + text[at:]
    if kind == 3:
        return text[:at] + text[at + 1 :]
    return text[: at - 1] + _like(letter, text[at - 1]) + _like(text[at - 1], letter) + text[at + 1 :]


def _like(text: str, model: str) -> str:
    return text.upper() if model.isupper() else text.lower()
