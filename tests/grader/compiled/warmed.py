"""Warms the engine, forbids to compile, and then grades every kind of configuration.

python -m tests.grader.compiled.warmed
"""

import importlib
import pkgutil

from numba.core.dispatcher import Dispatcher

import grader.compiled
from grader.compiled.warm import main
from grader.config import validate
from grader.grading import grade
from grader.protocol import Protocol
from tests.grader.compiled.test_training import CASES
from tests.grader.small import quick
from tests.simulator.warmed import forbid


def forbid_here() -> None:
    """Lets every compiled function take the types alone that it was compiled for."""
    forbid()
    for module in pkgutil.iter_modules(grader.compiled.__path__):
        for value in vars(importlib.import_module(f"grader.compiled.{module.name}")).values():
            if isinstance(value, Dispatcher):
                value._can_compile = False


def use() -> None:
    """Grades a little of everything, whole numbers written for fractions among it."""
    whole = {"gamma": 1, "epsilon_test_time": 1, "epsilon_min": 1, "trainer": {"l2_decay": 1}}
    for rules in ("open", "deeptraffic-v2"):
        protocol = Protocol(rules=rules, trainings=2, runs=3, frames=60)
        for case in (*CASES.values(), whole):
            grade(quick(**{**case, "training_iterations": 60}), protocol, jobs=2)
        grade(validate({"training_iterations": 2}), protocol)


if __name__ == "__main__":
    main()
    forbid_here()
    use()
    print("nothing was compiled")
