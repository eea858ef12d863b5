"""Draws, stages and prices: what is judged is what is graded."""

import numpy as np
import pytest

from bench import cost, drawn, fit
from bench.stages import Stages, measured, steady, whole
from grader.config import validate
from grader.cost.items import LEARNING, Item
from grader.engines import COMPILED, STACKED
from grader.protocol import Protocol
from grader.schedule import epsilon_at, mean_epsilon

SMALL = validate({"training_iterations": 3_000, "start_learn_threshold": 200})
PROTOCOL = Protocol(trainings=2, runs=16, frames=300)


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    def some(seed: int) -> list[str]:
        generator = np.random.default_rng(seed)
        return [drawn.draw(generator)[0].canonical() for _ in range(5)]

    assert some(1) == some(1)
    assert not set(some(1)) & set(some(2))


def test_draws_reach_over_the_bounds_evenly_in_their_logarithms() -> None:
    generator = np.random.default_rng(0)
    configs = [drawn.draw(generator)[0] for _ in range(300)]
    batches = np.log([config.trainer.batch_size for config in configs])
    # the middle of 1 to 1,024 is 32; wide networks are refused a little more often than small ones
    assert abs(np.median(batches) - np.log(32)) < 0.8
    assert {config.lanes_side for config in configs} == set(range(7))
    assert max(config.training_iterations for config in configs) > 1_000_000
    assert {layer.activation for config in configs for layer in config.layers} == {
        "relu", "tanh", "sigmoid", "linear", "maxout",
    }  # fmt: skip


def test_seeds_that_fit_do_not_judge() -> None:
    assert fit.SEED != cost.SEED


def test_a_steady_training_has_the_mean_share_of_random_decisions_from_the_start() -> None:
    share = mean_epsilon(SMALL)
    ages = range(1, SMALL.training_iterations + 1)
    exact = sum(epsilon_at(SMALL, age) for age in ages) / len(ages)
    assert share == pytest.approx(exact, abs=0.01)
    assert epsilon_at(steady(SMALL), 1) == epsilon_at(steady(SMALL), 3_000) == share


@pytest.mark.parametrize("engine", [COMPILED, STACKED])
def test_stages_are_positive_and_add_up_to_the_whole(engine: str) -> None:
    stages = measured(SMALL, PROTOCOL, engine, patience=0.05)
    assert min(stages) >= 0
    assert stages.learning > 0
    assert stages.driving > 0
    ones = Stages(once=1, filling=0, learning=0, driving=0)
    assert whole(SMALL, PROTOCOL, engine, ones) == (2 if engine == COMPILED else 1)
    counted = Stages(once=0, filling=1, learning=1, driving=0)
    assert whole(SMALL, PROTOCOL, engine, counted) in {3_000, 6_000}
    driven = Stages(once=0, filling=0, learning=0, driving=1)
    assert whole(SMALL, PROTOCOL, engine, driven) == 2 * 16 * 300


def test_prices_are_found_again_and_none_becomes_negative() -> None:
    generator = np.random.default_rng(3)
    counts = generator.uniform(1, 100, size=(60, 3))
    items = [
        [Item(LEARNING, name, count) for name, count in zip("abc", row, strict=True)]
        for row in counts
    ]
    known = np.full(60, 5.0)
    taken = known + counts @ [2.0, 0.0, 3.0]
    taken[:3] *= 4  # others slowed these down
    prices, ratios = fit.fit_stage(items, taken, known)
    assert prices == pytest.approx({"a": 2.0, "b": 0.0, "c": 3.0}, abs=0.05)
    assert np.median(ratios) == pytest.approx(1, abs=0.02)


def test_what_is_judged_is_worth_judging_and_within_memory() -> None:
    found = cost.candidates(5, STACKED)
    for _ in range(10):
        config, protocol = next(found)
        estimated = cost.estimate(config, protocol, engine=STACKED)
        assert estimated.seconds > cost.LEAST_SECONDS
        assert estimated.bytes <= cost.MEMORY_BUDGET
