"""Networks that the original engine drove: every run's score, in order, to the last digit."""

import json
from pathlib import Path

import pytest

from grader import netjs
from grader.compiled.session import Session
from grader.grading import grade
from grader.netjs import read
from grader.protocol import Protocol

NETWORKS = Path(__file__).parent / "networks"
SCORES = json.loads((NETWORKS / "scores.json").read_text())
FORTY = Protocol(rules="deeptraffic-v2", trainings=1, runs=40)


@pytest.mark.parametrize("name", SCORES)
def test_every_run_scores_what_the_original_scored(name):
    imported = read((NETWORKS / name).read_bytes())
    result = grade(imported.config, FORTY, network=imported.network)
    assert list(result.trainings[0].runs) == SCORES[name]
    assert result.trainings[0].engine == "original"
    assert result.score.upper_median == sorted(SCORES[name])[20]


@pytest.mark.parametrize("name", SCORES)
def test_a_network_written_and_read_again_scores_the_same(name):
    imported = read((NETWORKS / name).read_bytes())
    again = read(netjs.write(imported.network))
    assert again.network.weights_hash == imported.network.weights_hash
    assert Session(again.network, 2000).drive(5).speeds.tolist() == SCORES[name][:5]


def test_a_session_is_the_same_driven_at_once_or_run_by_run():
    network = read((NETWORKS / "window_agents.js").read_bytes()).network
    session = Session(network, 2000)
    alone = [float(session.drive(1).speeds[0]) for _ in range(6)]
    assert alone == SCORES["window_agents.js"][:6]


def test_what_the_golden_files_say_is_understood():
    config = read((NETWORKS / "window_agents.js").read_bytes()).config
    assert (config.lanes_side, config.patches_ahead, config.patches_behind) == (2, 12, 4)
    assert (config.other_agents, config.temporal_window) == (3, 2)
    assert (config.replay_size, config.start_learn_threshold) == (5000, 500)
    assert (config.gamma, config.epsilon_min) == (0.9, 0.05)
    assert config.trainer.l2_decay == 0.001
    assert [layer.model_dump() for layer in config.layers] == [
        {"type": "fc", "units": 16, "activation": "sigmoid"}
    ]
