"""A tape that nobody has seen before: which column is what, what it is worth, and what must go back to the seller."""
