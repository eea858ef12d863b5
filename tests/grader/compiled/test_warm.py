"""After warming no grading has to compile."""

import subprocess
import sys
from pathlib import Path


def test_warming_leaves_nothing_to_be_compiled():
    # In a process of its own: here other tests have compiled what they needed.
    ended = subprocess.run(
        [sys.executable, "-m", "tests.grader.compiled.warmed"],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert ended.stderr == ""
    said, last = ended.stdout.splitlines()
    assert said.startswith("grader: compiled or found compiled in ")
    assert last == "nothing was compiled"
