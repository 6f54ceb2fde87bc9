"""`skiptrace migrate`: what earlier versions of the program wrote gets the present form."""

from __future__ import annotations

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table


@subcommand("migrate")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.pass_obj
def command(state: State, dry_run: bool) -> None:
    """Give runs and ledgers that an earlier version wrote the present form; what they say stays equal."""
    folder = project_folder(state)
    from jobs.migrate import migrate
    from jobs.models import of_earlier_form
    from skiptrace.project import PRIVATE, home_of

    learned_again = of_earlier_form(home_of(folder).resolve() / PRIVATE)
    done = migrate(folder, dry_run)
    if state.json:
        show_json({"migrated": not dry_run, "runs": done, "model_set_aside": learned_again})
        return
    if learned_again:
        paragraph("the match model has the form of an earlier version: it is set aside, and the next run learns another")
    if not done:
        show("everything has the present form")
    else:
        rows = [(one.run_id, one.before, one.after, ", ".join(f"{name}: {', '.join(added)}" for name, added in one.added.items()))
                for one in done]  # fmt: skip
        show_table(("would change" if dry_run else "changed", "from version", "to", "columns added"), rows)
