"""The checkpoints of one training: resumed from, and saved as it goes on."""

from collections.abc import Callable
from time import perf_counter

from grader import checkpoint
from grader.checkpoint import Keeper, Pacer, Saved
from grader.compiled.machine import Machine
from grader.engines import COMPILED
from grader.grade import Training
from grader.progress import Point
from grader.protocol import Protocol
from grader.schema import NetworkConfig


class Kept:
    """Used by the thread that trains; whoever listens is told through ``say``."""

    def __init__(
        self,
        keeper: Keeper,
        config: NetworkConfig,
        protocol: Protocol,
        training: Training,
        *,
        say: Callable[[Callable[[], None]], None],
    ) -> None:
        self._keeper, self._index, self._say = keeper, training.index, say
        self._whose = checkpoint.identity(
            config, rules=protocol.rules, seed=training.seed, engine=COMPILED
        )
        self._pacer = Pacer(keeper.seconds)

    def resume(self, machine: Machine) -> list[Point]:
        """Puts the machine where the file left off; returns the learning curve up to there.

        A file that is of no use leaves the machine at the beginning.
        """
        file = self._keeper.found.get(self._index)
        if file is None:
            return []
        try:
            saved = checkpoint.read(file, self._whose)
            machine.resume(saved.arrays)
        except ValueError as error:  # CheckpointError is one, and what the machine raises
            reason = str(error)
            self._say(lambda: self._keeper.on_refused(self._index, reason))
            return []
        self._say(lambda: self._keeper.on_resumed(self._index, saved.iteration))
        return list(saved.curve)

    def save_if_due(self, machine: Machine, curve: list[Point]) -> None:
        """Saves every few seconds. A disk that is full costs the checkpoint, not the training."""
        if not self._pacer.due():
            return
        start = perf_counter()
        iteration = machine.iteration
        file = self._keeper.folder / f"{self._index}.npz"
        try:
            saved = Saved(iteration, tuple(curve), machine.save())
            checkpoint.write(file, self._whose, saved)
        except OSError as error:
            reason = f"not saved: {error}"
            self._say(lambda: self._keeper.on_refused(self._index, reason))
        else:
            self._say(lambda: self._keeper.on_saved(self._index, iteration, file))
        self._pacer.took(perf_counter() - start)
