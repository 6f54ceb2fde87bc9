"""A night: the run on today's inputs, made from the last published one by computing anew only the accounts that could differ.

Accounts are linked anew, all of them: it costs little beside the rest, and says whom a record that came or went touches. An account
whose own rows, links, records, attempts or consumer are those of the last run keeps its contact points and scores; the others, and
those of one consumer with them, go through the same steps as in a full run, as a small portfolio of their own. The tables are those
of a full run, cell for cell.
"""
