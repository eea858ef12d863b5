"""How fast this machine is: measured by trainings of the engine itself."""

import json
import subprocess
import sys
import time

import pytest

from grader.calibration import YARDSTICKS, speed
from grader.compiled.machine import Machine


def test_a_calibration_is_printed_as_one_line_and_is_short():
    start = time.process_time()
    own = speed()
    assert time.process_time() - start < 10  # about one second on the reference machine
    result = subprocess.run(
        [sys.executable, "-m", "grader.calibration"], capture_output=True, text=True, check=True
    )
    said = json.loads(result.stdout)["speed"]
    # any machine that can run this at all, however busy
    assert 0.02 < said < 50
    assert own / 3 < said < 3 * own


def test_a_machine_that_needs_twice_as_long_is_half_as_fast():
    longer = [it._replace(iterations=2 * it.iterations) for it in YARDSTICKS]
    assert speed(longer) == pytest.approx(speed() / 2, rel=0.4)


def test_yardsticks_learn_from_the_first_decisions_on():
    for yardstick in YARDSTICKS:
        machine = Machine(yardstick.config, 0, rules="open", frames=100_000)
        machine.train(20)
        assert machine.state.updates == 18
