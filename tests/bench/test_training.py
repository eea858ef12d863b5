"""The trainer's bench: its contenders do what they count, and its gates close."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from bench.clock import Measured
from bench.goals import COMPILED, ELSEWHERE, GOALS, WORDS
from bench.learning import WORKLOADS, Compiled, Evaluation, side_by_side, whole_training
from bench.peers.cleanrl_style import CleanRLStyle, Memory, network
from bench.peers.road import road_for
from bench.peers.torch_stacked import TorchStacked
from bench.training import UPDATES, WHOLE, Figures
from grader.schema import NetworkConfig

BASIC = NetworkConfig(start_learn_threshold=20, replay_size=100)


def steady(rate: float) -> Measured:
    return Measured("1/s", [rate] * 3)


def figures(**changed: float) -> Figures:
    """Measurements at the stretch of every goal, but for those given as workload_contender."""
    rates: dict[str, dict[str, Measured]] = {}
    for workload in WORKLOADS:
        peers = {name: max(ELSEWHERE[workload].get(name, (500.0,))) for name in WORDS}
        goals = GOALS[workload].items()
        peers[COMPILED] = max(peers[name] * goal.stretch for name, goal in goals)
        for name in WORDS:
            peers[name] = changed.get(f"{workload}_{name}", peers[name])
        rates[workload] = {name: steady(rate) for name, rate in peers.items()}
    return Figures(
        rates=rates,
        threads={name: steady(changed.get(f"{name}_threads", 100.0)) for name in WHOLE},
        copies={name: steady(100.0) for name in WHOLE},
        evaluation=steady(changed.get("evaluation", 0.15)),
    )


def test_the_workloads_are_those_that_the_peers_were_measured_on() -> None:
    assert {name: config.sizes for name, config in WORKLOADS.items()} == {
        "basic": (30, 10, 5),
        "strong": (420, 136, 5),
        "deep": (420, 136, 136, 5),
    }
    for config in WORKLOADS.values():
        assert config.trainer == NetworkConfig().trainer
        assert road_for(config).observation_space.shape == (config.num_inputs,)
    assert UPDATES.keys() == WORKLOADS.keys()
    assert all(updates.keys() == WORDS.keys() for updates in UPDATES.values())


def test_a_compiled_training_counts_from_its_first_update_on() -> None:
    compiled = Compiled(BASIC, updates=50)
    assert compiled.work() == 50
    once = compiled.seconds
    assert once > 0.0
    assert compiled.work() == 50
    assert compiled.seconds > once


def test_stacked_trainings_count_together_and_without_their_beginning() -> None:
    stacked = TorchStacked(BASIC, updates=300, trainings=2)
    assert stacked.work() == 600
    assert stacked.seconds > 0.0


def test_the_loop_in_cleanrls_style_makes_a_step_of_every_decision() -> None:
    torch.set_num_threads(1)
    peer = CleanRLStyle(BASIC, updates=30)
    before = [weights.clone() for weights in peer._network.parameters()]
    assert peer.work() == 30
    assert len(peer._memory) == 50
    steps = {state["step"].item() for state in peer._optimizer.state.values()}
    assert steps == {30.0}
    for now, then in zip(peer._network.parameters(), before, strict=True):
        assert not torch.equal(now, then)


def test_its_memory_forgets_the_oldest() -> None:
    memory = Memory(2, inputs=1)
    for number in range(3):
        here, there = np.full(1, number), np.full(1, number + 1)
        memory.add(before=here, after=there, action=number, reward=-number, done=False)
    before, after, actions, rewards, dones = memory.sample(np.random.default_rng(1), 50)
    assert set(before.ravel().tolist()) == {1.0, 2.0}
    assert torch.equal(after, before + 1)
    assert torch.equal(actions.float(), before)
    assert torch.equal(rewards, -before[:, 0])
    assert not dones.any()


def test_its_network_has_the_layers_of_the_workload() -> None:
    linear = [layer for layer in network(WORKLOADS["deep"]) if isinstance(layer, torch.nn.Linear)]
    assert [layer.in_features for layer in linear] == [420, 136, 136]
    assert linear[-1].out_features == 5
    assert isinstance(network(WORKLOADS["basic"])[1], torch.nn.ReLU)


def test_trainings_on_threads_and_evaluations_count_what_they_did() -> None:
    assert whole_training(BASIC, iterations=60) == 60
    assert side_by_side(BASIC, (0, 1), iterations=60) == 120
    assert Evaluation(BASIC, updates=20).work(runs=3, frames=61) == 183


def test_the_results_have_the_promised_names() -> None:
    promised = {"compiled", "stable_baselines3", "cleanrl_style", "torch_stacked"}
    results = figures(deep_compiled=4000.04).as_json()
    assert list(results) == ["basic", "strong", "deep"]
    assert all(rates.keys() == promised for rates in results.values())
    assert results["deep"]["compiled"] == 4000.0


@pytest.mark.parametrize(
    ("changed", "complaints"),
    [
        ({}, []),
        ({"basic_stable_baselines3": 2500.0}, ["basic: fewer than 70 x stable-baselines3"]),
        ({"strong_cleanrl_style": 3000.0}, ["strong: fewer than 15 x CleanRL's logic"]),
        ({"deep_compiled": 999.0}, ["deep: fewer than 2 x five stacked in torch"]),
        ({"strong_torch_stacked": 1100.0}, ["strong: five stacked in torch below its range"]),
        ({"basic_stable_baselines3": 460.0}, ["basic: stable-baselines3 below its range (625"]),
        ({"strong_threads": 89.0}, ["strong: two threads below the gate"]),
        ({"evaluation": 0.31}, ["an evaluation takes longer than the gate"]),
    ],
)
def test_a_missed_gate_or_a_slowed_peer_is_a_failure(
    changed: dict[str, float], complaints: list[str]
) -> None:
    failures = figures(**changed).failures()
    for failure, complaint in zip(failures, complaints, strict=True):
        assert complaint in failure


def test_the_table_shows_each_peer_beside_what_it_reached_elsewhere() -> None:
    table = figures().table()
    row = next(line for line in table if line.startswith("strong: stable-baselines3"))
    assert row.split()[2:5] == ["620"] * 3
    assert row.endswith("450 to 620")
    assert any("two copies" in line for line in table)


def test_each_ratio_stands_with_its_gate_its_stretch_and_its_spread() -> None:
    said = "\n".join(figures().comparisons())
    assert "deep: 4.0 x five stacked in torch (gate 2, stretch 4; 4.0 to 4.0)" in said
    assert "0.15 s of one core for an evaluation" in said


def test_copies_of_a_training_load_no_torch() -> None:
    code = "import sys, bench.__main__, bench.learning; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_one_part_can_be_measured_alone_and_others_are_refused() -> None:
    command = [sys.executable, "-m", "bench", "--only", "nothing"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "simulator" in ended.stderr
    assert "training" in ended.stderr
