"""Makes `rules/linkage/model.json`, the match model for projects too small to learn their own: `make shipped-model`.

It is trained on the generated demo population, on nobody's data, so that anyone can make it again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from jobs import models
from jobs.demo.project import make
from jobs.pipeline import Options, run
from skiptrace.store.commit import encode_json, read_json

ACCOUNTS, SEED = 20_000, 7


def ship(target: Path, accounts: int = ACCOUNTS, seed: int = SEED) -> dict[str, object]:
    """Generate a population, run it as far as links, and write the model it trained to `target`. Returns the provenance."""
    with tempfile.TemporaryDirectory(prefix="skiptrace-model-") as scratch:
        folder = Path(scratch) / "project"
        make(folder, accounts=accounts, seed=seed)
        run(folder, Options(to_step="link", unaided=True), lambda step, done, total: None)
        private = folder / ".skiptrace"
        key = models.current_key(private)
        if key is None:
            raise RuntimeError("the run left no model")
        content = read_json(models.model_file(private, key))
    for part in ("records", "reference", "persons"):
        content[part]["provenance"]["trained_on"] = f"generated demo population, {accounts} accounts, seed {seed}"
    target.write_bytes(encode_json(content))
    provenance: dict[str, object] = content["records"]["provenance"]
    return provenance


if __name__ == "__main__":
    sys.stdout.write(f"{ship(Path(sys.argv[1]))}\n")
