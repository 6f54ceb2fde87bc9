"""Which column is which where no header says so: by the shapes of the values and by who stands beside whom.

Only what values alone settle is taken: an e-mail address, a phone that is written as one, a social security number with its dashes,
names that are widespread. The rest is proposed with little confidence, so that a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from skiptrace.onboard.proposal import Proposal, add, quoted
from skiptrace.onboard.shapes import Shape

ASK = 0.5
"""Confidence of what a person must say."""
FIRST = 3
"""Columns at the beginning of a tape, among which its own id usually is."""
_UNIQUE, _MOST, _NAMES = 0.995, 0.95, 0.35
_ADULT, _GENERATION = 17, 25


def propose_unheaded(columns: Sequence[str], shapes: Mapping[str, Shape], known: frozenset[str], key: str, as_of: date) -> Proposal:
    """The mapping of a tape without a header; `columns` in their order, the rest as for `propose`."""
    proposal, left = Proposal(), [column for column in columns if shapes[column].filled]
    for name, shape, least in (("email", "email", 0.8), ("ssn", "dashed_ssn", 0.9), ("phone", "written_phone", 0.6)):
        found = [column for column in left if shapes[column].share(shape) >= least]
        if found and name in known:
            several = name != "ssn" and len(found) > 1
            kept = tuple(found) if several else (found[0],)
            add(proposal, f"{name}s" if several else name, kept, 0.9, "only such a column looks like this")
            left = [column for column in left if column not in kept]
    _names(proposal, left, columns, shapes)
    _place(proposal, left, columns, shapes)
    _birth(proposal, left, columns, shapes, as_of)
    _key(proposal, left, columns, shapes, key)
    used = {column for one in proposal.mapped.values() for column in one.columns}
    proposal.unused = [column for column in columns if column not in used]
    return proposal


def _names(proposal: Proposal, left: Sequence[str], columns: Sequence[str], shapes: Mapping[str, Shape]) -> None:
    """The column with the most widespread last names, and of those with widespread first names the nearest ones: the first name
    stands before the middle one."""
    able = [column for column in left if shapes[column].share("name") >= _MOST]
    last = max(able, key=lambda column: shapes[column].share("last") - shapes[column].share("first"), default=None)
    if last is None or shapes[last].share("last") < _NAMES:
        return
    at = {column: place for place, column in enumerate(columns)}
    near = sorted((abs(at[column] - at[last]), column) for column in able if column != last and shapes[column].share("first") >= _NAMES)
    given = sorted((column for distance, column in near if distance <= 4), key=at.__getitem__)[:2]
    told = f"{shapes[last].share('last'):.0%} of the values are widespread last names"
    add(proposal, "last_name", (last,), 0.85 if given else ASK, told)
    for name, column in zip(("first_name", "middle_name"), given, strict=False):
        add(proposal, name, (column,), 0.85, f"{shapes[column].share('first'):.0%} of the values are widespread first names")
    suffix = [column for column in left if shapes[column].share("suffix") >= 0.6 and abs(at[column] - at[last]) <= 4]
    if len(suffix) == 1:
        add(proposal, "suffix", (suffix[0],), 0.8, "the values are JR, SR and the like")


def _place(proposal: Proposal, left: Sequence[str], columns: Sequence[str], shapes: Mapping[str, Shape]) -> None:
    """A street line or a house with a street beside it, then words, a state and a ZIP near it, in this order."""
    at = {column: place for place, column in enumerate(columns)}
    line = next((column for column in left if shapes[column].share("street_line") >= 0.9 and shapes[column].filled > 0.6), None)
    if line is not None:
        add(proposal, "address_line1", (line,), 0.85, "the values are a number and words")
        start = at[line]
    else:
        pairs = [
            (one, two) for one in left for two in left
            if 0 < at[two] - at[one] <= 4 and shapes[one].share("house") >= _MOST
            and shapes[two].share("words") >= _MOST and shapes[two].share("two_words") >= 0.5 and shapes[two].filled > 0.9
        ]  # fmt: skip
        if not pairs:
            return
        house, street = min(pairs, key=lambda pair: (at[pair[1]], shapes[pair[0]].filled < 0.9, -at[pair[0]]))
        text = f"nullif(concat_ws(' ', {quoted(house)}, {quoted(street)}), '')"
        add(proposal, "address_line1", (house, street), ASK, "a number, and words beside it", (text,))
        start = at[street]
    used = {column for one in proposal.mapped.values() for column in one.columns}
    after = [column for column in left if start < at[column] <= start + 8 and column not in used]
    unit = [column for column in after if shapes[column].share("unit") >= 0.8]
    if unit:
        beside = line is not None and at[unit[0]] == start + 1
        add(proposal, "address_line2", (unit[0],), 0.85 if beside else ASK, "the values are APT, SUITE and the like")
    if run := _run(after, columns, shapes):
        for name, column in zip(("city", "state", "postal_code"), run, strict=True):
            add(proposal, name, (column,), 0.85, "words, states and five digits stand side by side behind a street")
        return
    code = next((column for column in after if shapes[column].share("five") >= _MOST and shapes[column].filled > 0.5), None)
    before = [column for column in after if code is None or at[column] < at[code]]
    state = next((column for column in before if shapes[column].share("state") >= 0.9 and shapes[column].filled > 0.5), None)
    town = [column for column in before if shapes[column].share("name") >= 0.9 and shapes[column].share("state") < 0.5]
    town = [column for column in town if shapes[column].filled > 0.7 and shapes[column].share("unit") < 0.5 and column not in unit]
    # a ZIP right behind a town or a state is nothing else
    firm = code is not None and left.index(code) > 0 and left[left.index(code) - 1] in (state, *town)
    sure = 0.85 if firm else ASK
    if firm and line is None and shapes[house].filled > 0.9:
        add(proposal, "address_line1", (house, street), 0.8, "a number with words beside it, before a town and a ZIP", (text,))
    if code is not None:
        add(proposal, "postal_code", (code,), sure, "five digits behind a street")
    if state is not None:
        add(proposal, "state", (state,), sure, "states between a street and a ZIP")
    if town:
        add(
            proposal, "city", (town[-1] if state is None else town[0],), sure if len(town) == 1 else ASK, "words between a street and a ZIP"
        )


def _run(after: Sequence[str], columns: Sequence[str], shapes: Mapping[str, Shape]) -> tuple[str, str, str] | None:
    """The first town, state and ZIP that stand side by side, however few rows have them."""
    for town, state, code in zip(columns, columns[1:], columns[2:], strict=False):
        wordy = shapes[town].share("name") >= 0.9 and shapes[town].share("state") < 0.5 and shapes[town].share("unit") < 0.5
        if wordy and shapes[state].share("state") >= 0.9 and shapes[code].share("five") >= _MOST and {town, state, code} <= set(after):
            return town, state, code
    return None


def _birth(proposal: Proposal, left: Sequence[str], columns: Sequence[str], shapes: Mapping[str, Shape], as_of: date) -> None:
    """Of the columns with dates the one with the earliest. Sure where its people are all grown up and other dates are not, and where
    it is the first of all dates, half of them are a generation old, and it is the only one or stands beside a column of sexes."""
    dates = {column: shapes[column].years for column in left if shapes[column].share("date") >= 0.9 and shapes[column].years}
    if not dates:
        return
    ranked = sorted(dates, key=lambda column: dates[column][len(dates[column]) // 2])
    first, years = ranked[0], dates[ranked[0]]
    grown = years[int(len(years) * 0.99)] <= as_of.year - _ADULT
    others = [dates[column][int(len(dates[column]) * 0.99)] > as_of.year - _ADULT for column in ranked[1:]]
    at = {column: place for place, column in enumerate(columns)}
    beside = any(abs(at[first] - at[column]) <= 2 and shapes[column].share("sex") >= _MOST for column in left)
    old = years[len(years) // 2] <= as_of.year - _GENERATION and first == min(dates, key=at.__getitem__)
    sure = (grown and all(others)) or (old and (beside or len(dates) == 1))
    add(proposal, "dob", (first,), 0.85 if sure else ASK, "the earliest dates" + (", beside the sex" if beside else ""))


def _key(proposal: Proposal, left: Sequence[str], columns: Sequence[str], shapes: Mapping[str, Shape], key: str) -> None:
    used = {column for one in proposal.mapped.values() for column in one.columns}
    able = [
        column for column in left
        if column not in used and shapes[column].filled >= _UNIQUE and shapes[column].distinct >= _UNIQUE
        and not any(shapes[column].share(name) > 0.5 for name in ("date", "name", "street_line"))
    ]  # fmt: skip
    if able:
        plain = [column for column in able if shapes[column].share("house") < 0.5] or able
        sure = len(plain) == 1 or plain[0] in columns[:FIRST]
        add(proposal, key, (plain[0],), 0.8 if sure else ASK, "every row has one, and no two share a value")
