"""Text to canonical value or None: names, dates, identity numbers, phones, e-mails, addresses.

Each module has a function for one value and one for columns that gives the same answers, called once per distinct
value. Nothing here guesses: what cannot be read is None with a reason. Nothing here raises on a text.
"""
