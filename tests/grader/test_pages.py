"""The pages docs/training.md and docs/scoring.md say what the code does."""

import re
from pathlib import Path

from grader import scoring, seeds
from grader.config import NetworkConfig
from grader.fields import fields
from grader.joint_bootstrap import resampled

DOCS = Path(__file__).parents[2] / "docs"


def test_every_field_stands_in_the_table_with_its_default_bounds_and_effect():
    rows = (DOCS / "training.md").read_text().splitlines()
    for note in fields():
        (row,) = [row for row in rows if row.startswith(f"| `{note.name}` |")]
        default, bounds, _, effect = [cell.strip() for cell in row.split("|")[2:-1]]
        if note.choices:
            assert bounds == ", ".join(note.choices)
        else:
            least, most = bounds.replace(",", "").split(" to ")
            assert (float(least), float(most)) == (note.ge, note.le)
        if note.default is None:
            assert default == "required"
        elif not note.choices:
            assert float(default.replace(",", "")) == note.default
        assert effect == note.help


def test_the_worked_example_works():
    page = (DOCS / "scoring.md").read_text()
    runs = [[66.1, 68.2, 61.5, 70.0], [65.0, 67.4, 66.9, 59.8], [69.1, 63.3, 66.5, 71.2]]
    seed = seeds.bootstrap_seed("0", NetworkConfig().config_hash)
    assert f"# {scoring.score(runs, seed=seed)}" in page
    for speed in [speed for row in runs for speed in row]:
        assert f"{speed:.2f}" in page
    assert seeds.to_hex(seeds.run_seed("0", 0, 0)) in page


def test_the_board_of_the_worked_example_stands_as_it_says(capsys):
    page = (DOCS / "scoring.md").read_text()
    (code,) = re.findall(r"```python\n(from grader.joint_bootstrap.*?)```", page, re.DOTALL)
    shared: dict = {}
    exec(code, shared)
    said = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    assert capsys.readouterr().out.splitlines() == said
    drawn = resampled(shared["entrants"], seed=0, replicates=1000) / 200
    for median in drawn[:, 0]:
        assert f"**{median:.2f}**" in page
    for other, words in ((1, "1.32"), (2, "1.27")):
        assert f"standard error of {words}" in page or f"standard errors of {words}" in page
        assert f"{(drawn[0] - drawn[other]).std(ddof=1):.2f}" == words


def test_the_hash_on_the_page_is_that_of_the_text_above_it():
    page = (DOCS / "scoring.md").read_text()
    text, digest = re.search(r"```\n(\{.*\})\n([0-9a-f]{64})\n```", page).groups()
    config = NetworkConfig.model_validate_json(text)
    assert (config.canonical(), config.config_hash) == (text, digest)
