"""The training loop: its schedule, choices, memory and windows, and what comes of it."""

import math

import numpy as np
import pytest
import torch

from grader.config import validate
from grader.dqn import choose, episode_lengths, epsilon_at, train
from grader.errors import DivergedError
from grader.grading import grade
from grader.progress import TRAINING
from grader.protocol import Protocol
from grader.replay import Replay
from grader.window import Window
from tests.grader.small import DIVERGING, quick


@pytest.mark.parametrize(
    ("age", "epsilon"),
    [(1, 1), (1000, 1), (1001, 1 - 1 / 9000), (5500, 0.5), (9100, 0.1), (9500, 0.1), (30000, 0.1)],
)
def test_epsilon_falls_in_a_line_from_burn_in_to_total(age, epsilon):
    config = validate({"epsilon_min": 0.1})
    assert epsilon_at(config, age) == pytest.approx(epsilon)


@pytest.mark.parametrize("iterations", [1, 30, 999, 1000, 3334, 10_000, 30_000, 123_457, 5_000_000])
def test_episodes_are_cut_as_in_the_original(iterations):
    episodes, frames = episode_lengths(validate({"training_iterations": iterations}))
    driven = 30 * iterations
    assert episodes == math.ceil(driven / 100_000 + 1)
    # the original's formula in floating point may miss a whole number by a rounding
    assert frames == math.ceil(driven / (driven / 100_000 + 1) - 1e-6)
    assert episodes * math.ceil(frames / 30) >= iterations


def test_the_best_action_is_the_first_of_equals_and_chance_decides_below_epsilon():
    worth = torch.tensor([[[1.0, 3, 3, 0, 0]], [[0, 0, 0, 0, 0]], [[0, 0, 0, 0, 9]]])
    explore, random = np.array([0.5, 0.1, 0.3]), np.array([2, 3, 1])
    assert choose(worth, 0, explore, random).tolist() == [1, 0, 4]
    assert choose(worth, 0.3, explore, random).tolist() == [1, 3, 4]


def remember(replay, config, number, chance=0.0):
    seen = np.full((2, replay._before.shape[1]), number, dtype=np.float32)
    replay.remember(
        seen, np.array([number % 5] * 2), np.array([number, -number]), seen + 0.5,
        chance=np.array([chance, 0.0]),
    )  # fmt: skip


def test_replay_fills_up_and_then_overwrites_the_slots_that_chance_names():
    config = quick(replay_size=4, start_learn_threshold=1, trainer={"batch_size": 4})
    replay = Replay(config, trainings=2)
    for number in range(4):
        remember(replay, config, number)
        assert replay.length == number + 1
    remember(replay, config, 9, chance=0.6)  # floor(0.6 * 4) = 2, and 0 in the second training
    assert replay.length == 4
    batch = replay.sample(np.array([[0.0, 0.25, 0.5, 0.99]] * 2))
    assert batch.rewards.tolist() == [[0, 1, 9, 3], [-9, -1, -2, -3]]
    assert batch.actions[:, :, 0].tolist() == [[0, 1, 4, 3], [4, 1, 2, 3]]
    assert batch.before[0][:, 0].tolist() == [0, 1, 9, 3]
    assert batch.after[1][:, 5].tolist() == [9.5, 1.5, 2.5, 3.5]


def test_replay_samples_with_replacement_from_what_is_there():
    config = quick(trainer={"batch_size": 4})
    replay = Replay(config, trainings=2)
    for number in range(3):
        remember(replay, config, number)
    batch = replay.sample(np.array([[0.0, 0.32, 0.34, 0.999]] * 2))
    assert batch.rewards[0].tolist() == [0, 0, 1, 2]


def test_a_window_holds_the_latest_decisions_first():
    config = quick(lanes_side=0, patches_ahead=2, temporal_window=2)
    window = Window(config, 1, rows=1)

    def shows():
        now, *past = np.split(window.flat[0, : config.num_inputs], [2, 4, 9, 11])
        return [part.tolist() for part in (now, *past)]

    def once(action):
        return [2.0 * (index == action) for index in range(5)]

    for _ in range(2):
        window.reset()
        window.see(np.array([[1.0, 2.0]]))
        assert shows() == [[1, 2], [1, 2], once(0), [1, 2], once(0)]
        window.did(np.array([3]))
        window.see(np.array([[3.0, 4.0]]))
        assert shows() == [[3, 4], [1, 2], once(3), [1, 2], once(0)]
        window.did(np.array([4]))
        window.see(np.array([[5.0, 6.0]]))
        assert shows() == [[5, 6], [3, 4], once(4), [1, 2], once(3)]
        assert window.rows[0][0, -1] == 1


def test_exactly_the_iterations_asked_for_are_trained_and_reported():
    config = quick(training_iterations=333)
    reports = []
    trained = train(config, [1, 2], indices=[3, 7], on_progress=reports.append)
    for points in trained.curves:
        assert [point.iteration for point in points] == [*range(4, 333, 4), 333]
        assert points[0].loss is None
        assert all(point.loss > 0 for point in points[20:])
        assert all(-3 <= point.reward <= 3 for point in points)
        assert all(
            point.mph == pytest.approx((point.reward + 3) / 0.075, abs=0.01) for point in points
        )
        assert points[0].epsilon == 1
        assert points[-1].epsilon == 0
    last = [report for report in reports if report.iteration == 333]
    assert [report.training for report in last] == [3, 7]
    assert {(report.stage, report.total) for report in reports} == {(TRAINING, 333)}
    told = [point for report in reports if report.training == 7 for point in report.curve]
    assert told == trained.curves[1]


def test_a_diverging_training_is_named_with_its_likely_cause():
    with pytest.raises(DivergedError, match=r"training 5 diverged by iteration") as caught:
        train(DIVERGING, [1], indices=[4])
    assert caught.value.index == 4
    assert 40 < caught.value.iteration < 4000
    assert "trainer.learning_rate, 10 with trainer.momentum, 0.9: try a tenth" in str(caught.value)


def test_network_basic_learns_to_drive_and_scores_as_the_original_did():
    # 65.8 to 66.4 mph in three trainings of the original
    result = grade(validate({}), Protocol(), "0")
    assert 65 <= result.score.score <= 68
    idle = grade(None, Protocol(), "0", driver="no-action")
    assert result.score.interval[0] > idle.score.interval[1] + 8
    assert min(training.median for training in result.trainings) > 60
    # all five together: one training's last thousands of decisions may fall on a crowded road
    speeds = np.array([[point.mph for point in it.curve] for it in result.trainings])
    assert speeds[:, -20:].mean() > speeds[:, :5].mean() + 4
