"""Every profile out and back: written, worked by a simulated platform, its result file delivered to a run and read exactly."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pytest

from jobs import exports
from jobs.lists import lists_now
from jobs.prepare import PRIVATE
from skiptrace.export.model import Profile
from skiptrace.export.profiles import load_profiles
from skiptrace.export.write import write_export
from skiptrace.project import load
from skiptrace.results import latest
from tests.jobs.platforms import Said, answer, rows_of
from tests.jobs.projects import AS_OF, Finished, copy_of, run_project
from tests.report import sample

PROFILES = load_profiles()
NO_USES = {"twilio", "salesforce_mobile", "onesignal", "portal_invitations"}
"""Profiles of channels that the sample project may have no exportable use of; their platforms then work the export of a made-up run."""


def _made_up(profile: Profile, folder: Path) -> list[dict[str, str]]:
    """The export of a made-up run; where it has no use of the profile's channel, its e-mails stand for one."""
    run = sample.tables(40)
    (channel,) = profile.channels
    for name in ("channels", "decisions"):
        words = run[name]["channel"]
        if not pc.any(pc.equal(words, channel)).as_py():
            place = run[name].column_names.index("channel")
            run[name] = run[name].set_column(place, run[name].schema.field(place), pc.if_else(pc.equal(words, "email"), channel, words))
    receipt = write_export(profile, run, folder, profile.name, sample.AS_OF)
    return rows_of([folder / one.file for one in receipt.files], profile)


@pytest.mark.slow
def test_what_every_platform_answers_is_accepted_by_a_run_and_means_what_it_said(finished: Finished, tmp_path: Path) -> None:
    place = copy_of(finished.folder, tmp_path / "project", "work")
    file = place / "skiptrace.toml"
    text = file.read_text(encoding="utf-8")
    blocks = "".join(f'\n[[export]]\nname = "{name}"\nprofile = "{name}"\n' for name in PROFILES)
    file.write_text(text + blocks, encoding="utf-8")
    written = exports.write_exports(latest(place), load(place, {}), AS_OF, sorted(PROFILES))
    (place / "results").mkdir()
    said: list[Said] = []
    sources = ""
    for receipt in written:
        profile = PROFILES[receipt["profile"]]
        rows = rows_of([Path(receipt["folder"]) / one["file"] for one in receipt["files"]], profile)
        if not rows and profile.name in NO_USES:
            rows = _made_up(profile, tmp_path / "made_up")
        assert rows, f"{profile.name} exports nothing of the sample project"
        said += answer(profile, rows, place / "results" / f"{profile.name}.csv")
        sources += "\n" + exports.result_mapping(load(place, {}), profile.name, f"results/{profile.name}.csv")
    file.write_text(text + blocks + sources, encoding="utf-8")
    outcome = run_project(place, exports=False)
    project = load(place, {})
    ours = [source.name for source in project.source if "_results" in source.name]
    counts = outcome.ledger["counts"]
    assert {name: counts[name]["rejected"] for name in ours} == {name: {} for name in ours}
    assert sum(counts[name]["rows_out"] for name in ours) == len(said)
    rejects = latest(place).table("rejects").to_pylist()
    assert [row for row in rejects if row["source"] in ours] == []
    events = lists_now(project, place.resolve() / PRIVATE, AS_OF).events
    assert events is not None
    systems = {profile.result.system for profile in PROFILES.values() if profile.result is not None}
    found = Counter(
        Said(row["account_id"], row["channel"], row["outcome"], row["value"])
        for row in events.to_pylist()
        if row["system"] in systems and (row["event_id"].split("-")[0] in PROFILES or row["system"] == "collect")
    )
    assert found == Counter(said)
    manifest = json.loads((Path(written[0]["folder"]) / written[0]["manifest"]).read_text())
    assert manifest["profile"] == written[0]["profile"]
