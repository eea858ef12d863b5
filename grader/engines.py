"""The engines that train and drive networks: one function each, loaded when it is needed."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final, Protocol, cast

from grader import protocol
from grader.checkpoint import Keeper
from grader.grade import OnResult, Training
from grader.pretrained import Pretrained
from grader.progress import OnProgress
from grader.schema import NetworkConfig

COMPILED: Final = "compiled"
STACKED: Final = "torch-stacked"
ENGINES: Final = {
    COMPILED: "grader.compiled.engine",  # numba: everything in one call, the same bits everywhere
    STACKED: "grader.stacked",  # torch: the reference, the same bits on the same machine
}
"""Module of each engine, by the name that is recorded with what it computed."""


class Engine(Protocol):
    """What an engine does."""

    def __call__(
        self,
        config: NetworkConfig,
        protocol: protocol.Protocol,
        trainings: Sequence[Training],
        *,
        network: Pretrained | None = None,
        keeper: Keeper | None = None,
        jobs: int | None,
        on_progress: OnProgress,
        on_result: OnResult,
    ) -> None:
        """Trains a network for each training, and drives it over the training's runs.

        In the original's ruleset the runs are one sequence, numbered from the first run seed.

        Args:
            config: What to train.
            protocol: Rules and length of the runs.
            trainings: Those to compute; none depends on the others.
            network: Driven instead of being trained, if there is one.
            keeper: Of checkpoints; an engine may have none, and begins each training anew.
            jobs: How many side by side; None: as many as the machine is good for.
            on_progress: Told of each training about twice a second.
            on_result: Given each training as soon as its runs are driven.

        Raises:
            DivergedError: A training came to no finite weights.
        """


def engine_for(name: str) -> Engine:
    """Loads an engine, and with it torch or what numba compiled."""
    return cast("Engine", import_module(ENGINES[name]).compute)
