"""A participant of the original hands in a file of 2018 and gets the score of then."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import open_competition
from tests.end_to_end.results import finished, verified

NETWORKS = Path(__file__).parents[1] / "grader" / "netjs" / "networks"
SCORES = json.loads((NETWORKS / "scores.json").read_text())


@pytest.fixture(scope="module")
def original(site):
    """The original's competition, shorter."""
    fields = {"rules": "deeptraffic-v2", "accepts": "both", "runs": 40, "frames": 2000}
    open_competition(site.organiser(), slug="original", title="The original", **fields)
    return "original"


def test_every_run_of_a_network_of_the_original_is_what_it_was_then(site, original, tmp_path):
    gustav = site.visitor()
    gustav.sign_up("Gustav")
    with site.worker():
        for name, speeds in SCORES.items():
            path = gustav.submit(original, file=NETWORKS / name, board="weights")
            assert finished(gustav, path)["status"] == "succeeded"
            assert [mph for _, _, mph in site.runs(path)] == speeds
            assert gustav.get(f"{path}weights").content == (NETWORKS / name).read_bytes()
    assert verified(gustav.get(f"{path}bundle.zip"), tmp_path, "--seed", "0") == (0, "identical")
    assert site.visitor().board(original) == []
    (row,) = site.visitor().board(f"{original}/weights")
    best = max(sorted(speeds)[19] + sorted(speeds)[20] for speeds in SCORES.values()) / 2
    assert row == ("1", "Gustav", pytest.approx(best))
