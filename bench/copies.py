"""Two copies of the one-core workload, in processes of their own, started at the same moment."""

import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from bench.workloads import FRAMES, ROADS, one_core

WORK, END = "work", "end"


class Copies:
    """Processes that each do the one-core workload when told to.

    Example:
        with Copies(2) as copies:
            frames = copies.work()
    """

    def __init__(self, count: int, *, roads: int = ROADS, frames: int = FRAMES) -> None:
        # Spawned: a forked process would share the parent's threads' locks.
        context = multiprocessing.get_context("spawn")
        pipes = [context.Pipe() for _ in range(count)]
        self._ends = [mine for mine, _ in pipes]
        self._processes = [
            context.Process(target=_serve, args=(theirs, roads, frames), daemon=True)
            for _, theirs in pipes
        ]

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for end in self._ends:
            end.send(END)
        for process in self._processes:
            process.join()

    def work(self) -> int:
        """Lets all of them work once; returns the frames driven."""
        for end in self._ends:
            end.send(WORK)
        return sum(end.recv() for end in self._ends)


def _serve(end: Connection, roads: int, frames: int) -> None:
    while end.recv() == WORK:
        end.send(one_core(roads=roads, frames=frames))
