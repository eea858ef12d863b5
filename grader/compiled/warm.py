"""Compiles the engine into the disk cache, so that no grading has to."""

import time

from grader.compiled.chance import INITIAL, episode_seeds, uniform
from grader.compiled.machine import Machine
from grader.compiled.session import Session
from grader.pretrained import Pretrained
from grader.schema import NetworkConfig
from simulator.again import frames
from simulator.rules import OPEN


def main() -> None:
    """Trains and drives a little, and prints one line."""
    start = time.perf_counter()
    config = NetworkConfig(start_learn_threshold=1, training_iterations=10)
    machine = Machine(config, 0, rules="open", frames=300)
    machine.train(10)
    driven = machine.drive_traced([0], 60)
    frames(OPEN, seed=0, length=60, other_agents=0, decisions=driven.actions[0])
    Session(Pretrained.of(config, machine.weights), 60).drive(1)
    seeds = episode_seeds([0], 1)[0]
    uniform(seeds, 1, INITIAL, 1)
    print(f"grader: compiled or found compiled in {time.perf_counter() - start:.1f} s")  # noqa: T201


if __name__ == "__main__":
    main()
