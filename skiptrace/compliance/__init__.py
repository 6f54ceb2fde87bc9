"""Compliance: the fact sheet of every use, calling hours, and the decision that the rules make of them."""
