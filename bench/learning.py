"""What trains: three networks by the settings of network_basic, and the compiled engine on them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import process_time
from typing import Final

from grader.compiled.machine import Machine
from grader.schedule import episode_lengths
from grader.schema import Layer, NetworkConfig

RULES: Final = "open"
FRAMES: Final = 2000
"""Of a run in an evaluation."""
RUNS: Final = 500


def seeing_much(*units: int) -> NetworkConfig:
    """Returns a network behind the wide view of 420 numbers: 7 lanes, 60 rows."""
    layers = tuple(Layer(units=width) for width in units)
    return NetworkConfig(lanes_side=3, patches_ahead=50, patches_behind=10, layers=layers)


WORKLOADS: Final = {
    "basic": NetworkConfig(),
    "strong": seeing_much(136),
    "deep": seeing_much(136, 136),
}
"""What is trained, by the names that are promised for build/bench.json."""


def new_machine(config: NetworkConfig, seed: int) -> Machine:
    """Returns a training by the compiled engine, nothing done yet."""
    _, frames = episode_lengths(config)
    return Machine(config, seed, rules=RULES, frames=frames)


class Compiled:
    """Trainings by the compiled engine, one after another; each counts from its first update on.

    Attributes:
        seconds: CPU time of what counted, so far [s].
    """

    def __init__(self, config: NetworkConfig, *, updates: int) -> None:
        self._config, self._updates = config, updates
        self._seeds = count()
        self.seconds = 0.0

    def work(self) -> int:
        """Trains the next one; returns how many updates counted."""
        machine = new_machine(self._config, next(self._seeds))
        # The first decision remembers nothing, and so many experiences bring no update yet.
        machine.train(self._config.start_learn_threshold + 1)
        before, start = int(machine.state.updates), process_time()
        machine.train(machine.iteration + self._updates)
        self.seconds += process_time() - start
        return int(machine.state.updates) - before


class Evaluation:
    """A trained network that is driven over the runs of an evaluation."""

    def __init__(self, config: NetworkConfig, *, updates: int) -> None:
        self._machine = new_machine(config, seed=0)
        self._machine.train(config.start_learn_threshold + updates)

    def work(self, *, runs: int = RUNS, frames: int = FRAMES) -> int:
        """Drives all runs; returns the frames driven."""
        self._machine.drive(range(runs), frames)
        return runs * frames


def whole_training(config: NetworkConfig, *, iterations: int, seed: int = 0) -> int:
    """Trains one network from nothing; returns the iterations."""
    machine = new_machine(config, seed)
    machine.train(iterations)
    return machine.iteration


def side_by_side(config: NetworkConfig, seeds: Sequence[int], *, iterations: int) -> int:
    """Trains a network for each seed, on a thread of its own; returns the iterations of all."""

    def train(seed: int) -> int:
        return whole_training(config, iterations=iterations, seed=seed)

    with ThreadPoolExecutor(len(seeds)) as threads:
        return sum(threads.map(train, seeds))
