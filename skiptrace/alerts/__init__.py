"""Alerts: what changed for an account since the last published run, ranked, each told once, and no storms."""
