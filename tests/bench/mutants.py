"""The kill rate: of all slips that could be made in a rule file, how many its own cases notice.

    python -m tests.bench.mutants
"""

from __future__ import annotations

from skiptrace.check.mutations import mutants
from skiptrace.rulebook.loading import load
from tests.bench.report import Figure, print_bench


def main() -> list[Figure]:
    """Count and print; survivors are listed first."""
    book = load()
    found = mutants(book)
    for one in found:
        if not one.killed:
            print(f"survives: {one.rule}: {one.change}")
    killed = sum(one.killed for one in found)
    figures = [
        Figure("rules", len(book.rules), "rules"),
        Figure("mutants", len(found), "changed rules"),
        Figure("kill_rate", round(killed / len(found), 4), "of mutants", 1.0),
    ]
    print_bench("mutants", figures)
    return figures


if __name__ == "__main__":
    main()
