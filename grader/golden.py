"""The golden gradings: a machine on which they come out otherwise must not grade.

``python -m grader.golden`` computes them as a worker computes anything, and prints a JSON object
with ``expected`` and ``found``; exit code 1 if they differ. Every bit is in the hash: weights,
learning curves, each decision of each run.
"""

import hashlib
import json
import sys
from typing import Final

from grader.config import validate
from grader.grading import grade
from grader.protocol import Protocol
from grader.schema import NetworkConfig

EXPECTED: Final = "aa17501c8265fce5f3bb3df73456ccb21a9ea2e3286077260edfae5229f4c3f8"
"""Of this version of the grader, on every processor."""

PROTOCOL: Final = {"trainings": 2, "runs": 3, "frames": 300}
_SHORT: Final = {
    "training_iterations": 120,
    "start_learn_threshold": 30,
    "replay_size": 60,
    "learning_steps_total": 100,
    "learning_steps_burnin": 10,
}


def configs() -> list[NetworkConfig]:
    """Few and short, and yet most of what the compiled engine has."""
    deep = {
        "other_agents": 2,
        "temporal_window": 1,
        "layers": [
            {"units": 12, "activation": "tanh"},
            {"units": 21, "activation": "maxout"},
            {"units": 9, "activation": "sigmoid"},
        ],
        "trainer": {"method": "adam"},
        "double_q": True,
        "target_update_interval": 20,
        "epsilon_test_time": 0.1,
    }
    return [validate(_SHORT), validate({**_SHORT, **deep})]


def found() -> str:
    """The hash as it comes out here, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for config in configs():
        for rules in ("open", "deeptraffic-v2"):
            result = grade(config, Protocol(**PROTOCOL, rules=rules), "golden")
            for training in result.trainings:
                digest.update(repr((training.weights_hash, training.curve, training.runs)).encode())
                digest.update("".join(training.traces).encode())
    return digest.hexdigest()


def main() -> int:
    """Prints what was expected and found; returns the exit code."""
    here = found()
    sys.stdout.write(json.dumps({"expected": EXPECTED, "found": here}) + "\n")
    return 0 if here == EXPECTED else 1


if __name__ == "__main__":
    sys.exit(main())
