"""Progress on a terminal: one line that is rewritten, or a line for every tenth elsewhere."""

import shutil
from time import monotonic
from typing import TextIO

from grader.cost import drive_seconds, iteration_seconds
from grader.progress import DRIVING, Progress
from grader.protocol import Protocol
from grader.schema import NetworkConfig

WIDTH = 30
"""Of the bar [characters]."""
CLEAR_LINE = "\r\x1b[K"
"""Leaves a terminal's line empty."""
SURE_ENOUGH = 0.03
"""Share of the work after which the time left is worth saying [1]."""


class Bar:
    """Weighs what trainings report by the time that their stages take."""

    def __init__(self, config: NetworkConfig | None, protocol: Protocol, out: TextIO) -> None:
        self._out, self._live = out, out.isatty()
        self._shares = [0.0] * protocol.trainings
        self._start, self._tenth = monotonic(), 0
        self._training = 0.0
        if config:
            training = config.training_iterations * iteration_seconds(config)
            self._training = training / (training + drive_seconds(config, protocol))

    def show(self, progress: Progress) -> None:
        """Takes in one report and shows the sum of all."""
        done = progress.iteration / progress.total
        if progress.stage == DRIVING:
            share = self._training + (1 - self._training) * done
        else:
            share = self._training * done
        self._shares[progress.training] = share
        whole = sum(self._shares) / len(self._shares)
        if self._live:
            filled = round(WIDTH * whole)
            bar = "#" * filled + "." * (WIDTH - filled)
            line = f"{progress.stage:8} [{bar}] {whole:4.0%}{self._left(whole)}"
            self._out.write("\r" + line[: shutil.get_terminal_size().columns - 1] + "\x1b[K")
            self._out.flush()
        elif int(10 * whole) > self._tenth:
            self._tenth = int(10 * whole)
            self._out.write(f"{progress.stage} {whole:.0%}{self._left(whole)}\n")
            self._out.flush()

    def _left(self, whole: float) -> str:
        if whole < SURE_ENOUGH or whole >= 1:
            return ""
        return f", {spoken((monotonic() - self._start) * (1 - whole) / whole)} left"

    def close(self) -> None:
        """Leaves the terminal's line as it was found."""
        if self._live:
            self._out.write(CLEAR_LINE)
            self._out.flush()


def spoken(seconds: float) -> str:
    """A duration as people say it: 8 s, 3 min, 1 h 20 min."""
    if seconds < 100:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:  # noqa: PLR2004
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
