"""Uncertain pairs of a run, put to a person: which ones are asked, what was answered, and what the answers say of the run's links."""
