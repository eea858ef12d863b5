"""Compiles the engine into the disk cache, so that no grading has to.

One process compiles one function after the other. Training and driving take half a minute each and
share little, so each is compiled by a process of its own.
"""

import time
from multiprocessing import get_context

from grader.compiled.chance import INITIAL, episode_seeds, uniform
from grader.compiled.machine import Machine
from grader.compiled.session import Session
from grader.pretrained import Pretrained
from grader.schema import NetworkConfig
from simulator.again import frames
from simulator.rules import OPEN


def main() -> None:
    """Trains and drives a little, and prints one line.

    Raises:
        SystemExit: Training could not be compiled.
    """
    start = time.perf_counter()
    aside = get_context("spawn").Process(target=_train)
    aside.start()
    _drive()
    aside.join()
    if aside.exitcode:
        raise SystemExit(aside.exitcode)
    _train()  # now from the cache: here, too, it is known from now on
    print(f"grader: compiled or found compiled in {time.perf_counter() - start:.1f} s")  # noqa: T201


def _train() -> None:
    _machine().train(10)


def _drive() -> None:
    machine = _machine()
    driven = machine.drive_traced([0], 60)
    frames(OPEN, seed=0, length=60, other_agents=0, decisions=driven.actions[0])
    Session(Pretrained.of(machine.config, machine.weights), 60).drive(1)
    seeds = episode_seeds([0], 1)[0]
    uniform(seeds, 1, INITIAL, 1)


def _machine() -> Machine:
    config = NetworkConfig(start_learn_threshold=1, training_iterations=10)
    return Machine(config, 0, rules="open", frames=300)


if __name__ == "__main__":
    main()
