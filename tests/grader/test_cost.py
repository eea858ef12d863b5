"""What a grading costs: the same everywhere, in parts that add up, with changes that really fit."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.config import NetworkConfig, validate
from grader.cost import (
    MEMORY_BUDGET,
    changes_that_fit,
    compiled,
    drive_seconds,
    duration,
    estimate,
    iteration_seconds,
    refusal,
    stacked,
    training_bytes,
)
from grader.cost.estimating import items
from grader.engines import COMPILED, ENGINES, STACKED
from grader.protocol import Protocol

STANDARD = Protocol()
GREEDY = validate(
    {
        "layers": [{"units": 1024}, {"units": 500}],
        "trainer": {"batch_size": 1024},
        "training_iterations": 500_000,
        "replay_size": 100_000,
        "lanes_side": 3,
        "patches_ahead": 40,
        "temporal_window": 2,
    }
)
AGENTS = validate({"other_agents": 10, "training_iterations": 400_000})


def test_the_figures_are_a_function_of_configuration_and_protocol_alone():
    # chosen figures, so that a change of the formula is seen: budgets depend on them
    assert estimate(NetworkConfig(), STANDARD).seconds == pytest.approx(2.78, abs=0.01)
    assert estimate(GREEDY, STANDARD).seconds == pytest.approx(168_500, rel=0.01)
    assert estimate(GREEDY, STANDARD, engine=STACKED).seconds == pytest.approx(250_000, rel=0.01)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("config", [NetworkConfig(), GREEDY, AGENTS])
def test_parts_add_up_and_come_with_the_largest_first(config, engine):
    cost = estimate(config, STANDARD, engine=engine)
    for parts, whole in ((cost.parts, cost.seconds), (cost.memory, cost.bytes)):
        amounts = [part.amount for part in parts]
        assert sum(amounts) == pytest.approx(whole, rel=1e-6)
        assert sum(part.share for part in parts) == pytest.approx(1)
        assert amounts == sorted(amounts, reverse=True)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"trainer": {"batch_size": 1024}}, "learning from experiences"),
        ({"other_agents": 10, "trainer": {"batch_size": 1}}, "other agents"),
        ({"training_iterations": 1}, "starting"),
        (
            {
                "layers": [{"units": 1024}],
                "lanes_side": 3,
                "patches_ahead": 50,
                "trainer": {"batch_size": 1},
            },
            "changing the weights",
        ),
    ],
)
def test_the_largest_part_is_the_one_that_was_made_large(changes, part):
    config = validate({"training_iterations": 100_000, "start_learn_threshold": 0, **changes})
    assert estimate(config, STANDARD).parts[0].part == part


def test_every_price_is_used_and_none_is_negative():
    config = validate(
        {
            "other_agents": 2,
            "temporal_window": 2,
            "target_update_interval": 10,
            "layers": [{"units": 20, "activation": "tanh"}] * 2,
            "trainer": {"clip_gradient": 1},
        }
    )
    for module, engine in ((compiled, COMPILED), (stacked, STACKED)):
        assert {it.price for it in items(config, STANDARD, engine)} == set(module.PRICES)
        assert min(module.PRICES.values()) >= 0


def test_a_trained_network_costs_its_start_and_its_runs():
    cost = estimate(GREEDY, STANDARD, trained=True)
    training = {"the road", "deciding", "learning from experiences", "changing the weights"}
    assert all(it.amount == 0 for it in cost.parts if it.part in training)
    runs = 5 * drive_seconds(GREEDY, STANDARD)
    assert cost.seconds == pytest.approx(compiled.START_SECONDS + runs)


def test_what_is_never_learned_costs_no_learning():
    config = validate({"training_iterations": 400, "start_learn_threshold": 500})
    parts = {it.part: it.amount for it in estimate(config, STANDARD).parts}
    assert parts["learning from experiences"] == parts["changing the weights"] == 0


def test_trainings_take_turns_where_there_are_fewer_cores():
    alone = duration(NetworkConfig(), STANDARD, cores=1, speed=1.0)
    assert alone == pytest.approx(estimate(NetworkConfig(), STANDARD).seconds)
    at_once = duration(NetworkConfig(), STANDARD, cores=8, speed=1.0)
    one = iteration_seconds(NetworkConfig()) * 30_000
    assert compiled.START_SECONDS < at_once < compiled.START_SECONDS + 1.5 * one
    assert duration(NetworkConfig(), STANDARD, cores=8, speed=0.5) == pytest.approx(2 * at_once)


def test_what_fits_is_not_refused():
    cost = estimate(GREEDY, STANDARD)
    assert refusal(GREEDY, STANDARD, seconds=cost.seconds, memory=cost.bytes) is None


@pytest.mark.parametrize("config", [GREEDY, AGENTS, NetworkConfig()])
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("share", [0.9, 0.5, 0.03])
def test_every_change_that_a_refusal_proposes_is_valid_and_fits(config, engine, share):
    whole = estimate(config, STANDARD, engine=engine).seconds
    least = estimate(config, STANDARD, engine=engine, trained=True).seconds
    seconds = least + 0.05 + share * (whole - least)
    refused = refusal(config, STANDARD, seconds=seconds, memory=1e12, engine=engine)
    assert refused.changes
    for change in refused.changes:
        changed = change.made_in(config)
        assert estimate(changed, STANDARD, engine=engine).seconds <= seconds
        assert str(change) in str(refused)


@given(
    batch=st.integers(1, 1024),
    iterations=st.integers(1, 5_000_000),
    replay=st.integers(2, 100_000),
    units=st.lists(st.integers(1, 1024), max_size=2),
    share=st.floats(0.05, 0.95),
)
@settings(max_examples=40, deadline=None)
def test_changes_fit_whatever_the_configuration(batch, iterations, replay, units, share):
    config = validate(
        {
            "trainer": {"batch_size": batch},
            "training_iterations": iterations,
            "replay_size": replay,
            "start_learn_threshold": replay // 2,
            "layers": [{"units": count} for count in units],
        }
    )
    seconds = share * estimate(config, STANDARD).seconds

    def fits(changed: NetworkConfig) -> bool:
        return estimate(changed, STANDARD).seconds <= seconds

    assert all(fits(change.made_in(config)) for change in changes_that_fit(config, fits))


def test_no_change_helps_where_the_start_alone_is_too_much():
    refused = refusal(NetworkConfig(), STANDARD, seconds=0.5, memory=1e12)
    assert refused.changes == ()
    assert "No lower number in it would make it fit." in str(refused)


def test_a_refusal_for_seconds_reads_as_it_should():
    refused = str(refusal(AGENTS, STANDARD, seconds=20, memory=MEMORY_BUDGET))
    assert refused.replace("\N{NO-BREAK SPACE}", " ") == (
        "Grading this takes an estimated 34.8 reference core-seconds; the budget is 20. "
        "Most of it: learning from 64 experiences a decision: 48 %; 10 other agents: 29 %; "
        "the road of 400,000 decisions: 18 %. It fits with training_iterations 220,000."
    )


def test_too_much_memory_is_refused_with_what_fits():
    wide = validate(
        {"lanes_side": 6, "patches_ahead": 70, "replay_size": 100_000, "layers": [{"units": 8}]}
    )
    memory = 1_000_000_000
    assert refusal(wide, STANDARD, seconds=1e12, memory=memory) is None  # features are remembered
    refused = refusal(wide, STANDARD, seconds=1e12, memory=memory, engine=STACKED)
    assert "MB of memory; the most is 1,000 MB" in refused.reason
    assert refused.largest[0].startswith("experiences remembered: ")
    for change in refused.changes:
        changed = change.made_in(wide)
        assert estimate(changed, STANDARD, engine=STACKED).bytes <= memory
    assert any("replay_size" in str(change) for change in refused.changes)


def test_a_trained_network_is_refused_without_a_change_since_its_weights_are_of_its_sizes():
    refused = refusal(GREEDY, STANDARD, seconds=1, memory=1e12, trained=True)
    assert refused.changes == ()


def test_the_replay_of_an_engine_is_what_it_really_allocates():
    small, large = (validate({"replay_size": size}) for size in (3_000, 100_000))
    for engine, observation in ((COMPILED, 2 * 264), (STACKED, 2 * (4 * 32 + 8))):
        grown = training_bytes(large, engine) - training_bytes(small, engine)
        assert grown == 97_000 * observation


def test_the_formula_loads_neither_numba_nor_torch():
    code = (
        "import sys; from grader.cost import estimate, refusal; "
        "print({'numba', 'torch'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
