"""What a grading costs, before it runs: core-seconds of the reference machine, and memory.

Pure functions of configuration, protocol and engine: the same figures on every machine, so that all
of them accept and refuse alike. How fast a machine is beside the reference is ``calibration``'s.
"""

from grader.cost.changes import Change, Refusal, changes_that_fit, largest, refusal
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
from grader.cost.words import spelled

__all__ = [
    "BUDGET_SECONDS",
    "MEGABYTE",
    "MEMORY_BUDGET",
    "MEMORY_LIMIT",
    "Change",
    "Cost",
    "Refusal",
    "Share",
    "changes_that_fit",
    "drive_seconds",
    "duration",
    "estimate",
    "iteration_seconds",
    "largest",
    "refusal",
    "spelled",
    "stack",
    "training_bytes",
]
