"""What a grading costs, before it runs: core-seconds of the reference machine, and memory.

Pure functions of configuration, protocol and engine: the same figures on every machine, so that all
of them accept and refuse alike. How fast a machine is beside the reference is ``calibration``'s.
"""

from grader.cost.changes import Refusal, refusal
from grader.cost.estimating import (
    BUDGET_SECONDS,
    Cost,
    Share,
    drive_seconds,
    duration,
    estimate,
    iteration_seconds,
)
from grader.cost.memory import MEGABYTE, MEMORY_BUDGET, MEMORY_LIMIT, stack, training_bytes

__all__ = [
    "BUDGET_SECONDS",
    "MEGABYTE",
    "MEMORY_BUDGET",
    "MEMORY_LIMIT",
    "Cost",
    "Refusal",
    "Share",
    "drive_seconds",
    "duration",
    "estimate",
    "iteration_seconds",
    "refusal",
    "stack",
    "training_bytes",
]
