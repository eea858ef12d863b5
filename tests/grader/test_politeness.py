"""Who computes gives way to who answers, also where the kernel looks at sessions first."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.politeness import NICENESS, NICEST

SHOW = """
import json, os, sys
from pathlib import Path
from grader.politeness import give_way
for _ in range(int(sys.argv[1])):
    give_way()
group = Path("/proc/self/autogroup")
print(json.dumps([os.getpriority(os.PRIO_PROCESS, 0), group.exists() and group.read_text()]))
"""


def ask(*, times: int = 1, own_session: bool) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(times)],
        capture_output=True,
        check=True,
        start_new_session=own_session,
    )
    nice, group = json.loads(done.stdout)
    return nice, group


def mine() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def test_a_process_becomes_nicer_than_whoever_started_it():
    assert ask(own_session=True)[0] == min(NICEST, mine() + NICENESS)


def test_it_can_be_asked_again_and_again():
    assert ask(times=4, own_session=True)[0] == NICEST


@pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="the kernel knows no autogroups"
)
def test_a_session_of_its_own_gives_way_and_one_that_it_shares_does_not():
    before = Path("/proc/self/autogroup").read_text()
    nice, group = ask(own_session=True)
    assert group.strip().endswith(f"nice {nice}")
    assert ask(own_session=False)[1] == before
