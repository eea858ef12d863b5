"""The rules that `make test-deep` changes one at a time are still there to be changed."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MUTANTS = tomllib.loads((ROOT / "scripts" / "mutants.toml").read_text())["mutants"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant["rule"])
def test_the_line_that_a_mutant_changes_stands_in_its_module_once(mutant: dict[str, str]) -> None:
    source = (ROOT / "simulator" / f"{mutant['module']}.py").read_text()
    assert source.count(mutant["old"]) == 1
    assert mutant["new"] != mutant["old"]


def test_there_are_twenty_rules_at_least_and_each_has_a_name_of_its_own() -> None:
    assert len({mutant["rule"] for mutant in MUTANTS}) == len(MUTANTS) >= 20
