"""Blocking keys by texts and sets alone: what two people must share to meet under a key."""

from __future__ import annotations

from itertools import product

from skiptrace.linkage.records import name_parts
from skiptrace.linkage.rules import Key
from skiptrace.normalize import nicknames, phonetics
from tests.linkage.people_tables import Person

PLACE = ("house", "street", "zip", "zip3", "city", "state")
Values = set[tuple[str, ...]]


def plain_values(person: Person, key: Key) -> Values:
    """Every combination of the texts that a person has for the parts of a key, each part told by its name."""
    return {value for swapped in ((False, True) if key.swap else (False,)) for value in _turn(person, key.parts, swapped)}


def _turn(person: Person, parts: tuple[str, ...], swapped: bool) -> Values:
    own = {part: _own(person, part, swapped) for part in parts if part not in PLACE}
    out: Values = set()
    places = _places(person) if any(part in PLACE for part in parts) else [{}]
    for place in places:  # house, street and the rest are those of one address
        choices = [own[part] if part in own else [place[part]] if place[part] else [] for part in parts]
        out |= set(product(*choices))
    return out


def _places(person: Person) -> list[dict[str, str]]:
    names = ("house", "street", "city", "state", "zip")
    every = [*person.get("addresses", ()), *person.get("localities", ())]
    found = [tuple((name, place[name] or "") for name in names) for place in every]
    kept = [dict(one) for one in dict.fromkeys(found) if any(text for _, text in one)][:2]
    return [{**one, "zip3": one["zip"][:3]} for one in kept]


def _own(person: Person, part: str, swapped: bool) -> list[str]:
    first, last = person.get("first") or "", person.get("last") or ""
    if swapped:
        first, last = last, first
    forms = {"group": nicknames.group, "sound": phonetics.code, "initial": lambda text: text[:1]}
    field, _, form = part.partition("_")
    if part == "last_part":
        halves = [] if swapped or not last else name_parts(last)
        whole = [last] if swapped else []
        former = [] if swapped else (person.get("former") or [])[:1]
        found = whole + halves + former
    elif field in ("first", "last"):
        name = first if field == "first" else last
        found = [forms[form](name) if form and name else name]
    elif part in ("phone", "email"):
        found = list(dict.fromkeys(person.get(f"{part}s", ())))[: 3 if part == "phone" else 2]
    elif part == "email_user":
        found = list(dict.fromkeys(text.partition("@")[0] for text in list(dict.fromkeys(person.get("emails", ())))[:2]))
    elif part == "middle_initial":
        found = [(person.get("middle") or "")[:1]]
    elif part == "ssn4":
        found = [(person.get("ssn") or "")[-4:] or person.get("ssn4") or ""]
    elif part == "ssn":
        found = [person.get("ssn") or ""]
    else:
        dob = person.get("dob") or ""
        found = [{"dob": dob, "dob_ym": dob[:7], "dob_md": dob[5:], "birth_year": dob[:4]}[part]]
    return [text for text in found if text]
