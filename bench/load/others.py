"""How much of the machine other work took meanwhile: without it, the times could not be judged."""

import os
import resource
from pathlib import Path
from typing import NamedTuple, Self


class Spent(NamedTuple):
    """Processor time so far [s].

    Attributes:
        there: What all cores together had.
        idle: What nobody used.
        own: What this process used, and all that it started and that has ended.
    """

    there: float
    idle: float
    own: float

    @classmethod
    def now(cls) -> Self:
        """Reads it; on other systems than Linux the machine has none."""
        stat = Path("/proc/stat")
        ticks = (
            [int(it) for it in stat.read_text().split("\n")[0].split()[1:9]]
            if stat.exists()
            else []
        )
        a_second = os.sysconf("SC_CLK_TCK")
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        own = sum(it.ru_utime + it.ru_stime for it in used)
        return cls(sum(ticks) / a_second, sum(ticks[3:5]) / a_second, own)

    def others(self, since: Self) -> float:
        """Returns the share of the machine that others took since then [1]."""
        there, idle, own = (new - old for new, old in zip(self, since, strict=True))
        return max(0.0, there - idle - own) / there if there else 0.0
