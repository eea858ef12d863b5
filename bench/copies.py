"""Copies of a one-core workload, in processes of their own, started at the same moment."""

import multiprocessing
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

END = None


class Copies:
    """Processes that each do one of some workloads when told to.

    Example:
        with Copies(2, {"driving": one_core}) as copies:
            frames = copies.work("driving")
    """

    def __init__(self, count: int, works: Mapping[str, Callable[[], int]]) -> None:
        # Spawned: a forked process would share the parent's threads' locks.
        context = multiprocessing.get_context("spawn")
        pipes = [context.Pipe() for _ in range(count)]
        self._ends = [mine for mine, _ in pipes]
        self._processes = [
            context.Process(target=_serve, args=(theirs, dict(works)), daemon=True)
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

    def work(self, name: str) -> int:
        """Lets all of them do it once; returns how much they did together."""
        for end in self._ends:
            end.send(name)
        return sum(end.recv() for end in self._ends)


def _serve(end: Connection, works: Mapping[str, Callable[[], int]]) -> None:
    while (name := end.recv()) is not END:
        end.send(works[name]())
