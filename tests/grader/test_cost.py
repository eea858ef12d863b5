"""The estimate of a grading: the same everywhere, of known parts, and a refusal that helps."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.config import validate
from grader.cost import MEMORY_BUDGET, estimate, refusal
from grader.engines import STACKED
from grader.protocol import Protocol

STANDARD = Protocol()
HEAVY = {
    "lanes_side": 3,
    "patches_ahead": 50,
    "patches_behind": 20,
    "temporal_window": 4,
    "layers": [{"units": 300}, {"units": 200, "activation": "tanh"}],
    "training_iterations": 2_000_000,
    "trainer": {"batch_size": 512},
    "learning_steps_total": 1_000_000,
}


@pytest.mark.parametrize("changes", [{}, HEAVY, {"layers": []}])
@pytest.mark.parametrize("engine", ["compiled", STACKED])
def test_the_parts_make_the_whole(changes, engine):
    cost = estimate(validate(changes), STANDARD, engine=engine)
    assert math.isclose(sum(part.amount for part in cost.parts), cost.seconds)
    assert math.isclose(sum(part.share for part in cost.parts), 1)
    assert [part.share for part in cost.parts] == sorted(
        (part.share for part in cost.parts), reverse=True
    )
    assert cost.parameters == validate(changes).parameters


def test_what_leads_the_parts_is_what_there_is_most_of():
    assert estimate(validate(HEAVY), STANDARD).parts[0].part == "learning from experiences"
    runs = Protocol(trainings=1, runs=1000, frames=20_000)
    short = validate({"training_iterations": 10})
    assert estimate(short, runs).parts[0].part == "driving the runs"


def test_a_network_that_is_only_driven_costs_no_training():
    config = validate(HEAVY)
    driven = estimate(config, Protocol(trainings=1), trained=True)
    assert driven.seconds < estimate(config, Protocol(trainings=1)).seconds / 100


def test_torch_takes_longer():
    config = validate({})
    compiled, stacked = estimate(config, STANDARD), estimate(config, STANDARD, engine=STACKED)
    assert stacked.seconds > 3 * compiled.seconds
    maxout = validate({"layers": [{"units": 10, "activation": "maxout"}]})
    assert estimate(maxout, STANDARD) == estimate(maxout, STANDARD, engine=STACKED)


def test_what_fits_is_not_refused():
    assert refusal(validate({}), STANDARD, seconds=100, memory=MEMORY_BUDGET) is None


def test_a_refusal_names_the_largest_and_changes_that_fit():
    config = validate(HEAVY)
    found = refusal(config, STANDARD, seconds=100_000, memory=MEMORY_BUDGET)
    assert found.largest[0].part == "learning from experiences"
    assert "the budget is 100,000" in str(found)
    assert f"learning from experiences {found.largest[0].share:.0%}" in str(found)
    assert "It fits with " in str(found)
    assert len(found.changes) == 3
    for change in found.changes:
        assert estimate(change.made_in(config), STANDARD).seconds <= 100_000


def test_a_refusal_for_memory_says_so():
    config = validate({"replay_size": 100_000, "temporal_window": 10})
    found = refusal(config, STANDARD, seconds=1e9, memory=300e6)
    assert found.largest[0].part == "experiences remembered"
    assert "MB of memory; the most is 300 MB" in str(found)
    for change in found.changes:
        assert estimate(change.made_in(config), STANDARD).bytes <= 300e6


def test_where_nothing_fits_it_says_so():
    found = refusal(validate({}), STANDARD, seconds=0.1, memory=MEMORY_BUDGET)
    assert "No change of its numbers would make it fit" in str(found)


@settings(max_examples=60, deadline=None)
@given(
    iterations=st.integers(1, 5_000_000),
    units=st.lists(st.integers(1, 1024), max_size=4),
    batch=st.integers(1, 1024),
    window=st.integers(0, 10),
    others=st.integers(0, 10),
    seconds=st.floats(2, 5000),
)
def test_whatever_is_proposed_was_tried(iterations, units, batch, window, others, seconds):
    config = validate(
        {
            "training_iterations": iterations,
            "layers": [{"units": count} for count in units],
            "trainer": {"batch_size": batch},
            "temporal_window": window,
            "other_agents": others,
        }
    )
    found = refusal(config, STANDARD, seconds=seconds, memory=MEMORY_BUDGET)
    cost = estimate(config, STANDARD)
    assert (found is None) == (cost.seconds <= seconds and cost.bytes <= MEMORY_BUDGET)
    for change in found.changes if found else ():
        changed = estimate(change.made_in(config), STANDARD)
        assert changed.seconds <= seconds
        assert changed.bytes <= MEMORY_BUDGET
