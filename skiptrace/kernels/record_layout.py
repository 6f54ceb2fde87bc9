"""Where each field stands in an encoded person: 32 words of 32 bits, two cache lines, so that comparing reads both at once.

0 means "missing" in every word. Codes are positions in a dictionary plus one. Hashes are the low half of a text's hash
where nothing else is said.
"""

from __future__ import annotations

WORDS = 32

FIRST, LAST = 0, 1
"""Codes of the names."""
PART, PARTS = 2, 3
"""Hashes of the halves of a double name, and of one former name."""
MIDDLE = 5
"""Hash of a full middle name; 0 where only its initial is known."""
MARKS = 6
"""Middle initial (8 bits), suffix (4 bits), last four digits of the SSN plus one (14 bits)."""
SUFFIX_SHIFT, SSN4_SHIFT = 8, 12
DOB = 7
"""yyyymmdd."""
SSN = 8
"""Two words: half of the token of nine digits."""
PHONE, PHONES = 10, 3
"""Two words each: what stands before the last seven digits, plus one; and these seven."""
EMAIL, EMAILS, EMAIL_WORDS = 16, 2, 3
"""Three words each, made by `letter_sketches`: letters of the host and its length; letters of the user, which is what stands
before the @; the user's length, then hashes of both."""
HOST, USER, REST = 0, 1, 2
ADDRESS, ADDRESSES, ADDRESS_WORDS = 22, 2, 5
"""Five words each: codes of house and street; ZIP (see ZIP_SHIFT); letters of the city and a hash; state."""
HOUSE, STREET, ZIP, CITY, STATE = 0, 1, 2, 3, 4
ZIP_SHIFT = 12
"""The ZIP word's bits above say the first three characters of the postal code, those below the rest."""
