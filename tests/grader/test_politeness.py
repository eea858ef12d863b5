"""Who computes gives way to who answers, also where the kernel looks at sessions first."""

import json
import os
import subprocess
import sys
from pathlib import Path

from grader.politeness import NICENESS, NICEST

AUTOGROUP = Path("/proc/self/autogroup")
GROUP = AUTOGROUP.read_text() if AUTOGROUP.exists() else ""
SHOW = """
import json, os, sys
from pathlib import Path
from grader.politeness import give_way
for _ in range(int(sys.argv[1])):
    give_way()
group = Path("/proc/self/autogroup")
print(json.dumps([os.getpriority(os.PRIO_PROCESS, 0), group.read_text() if group.exists() else '']))
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


def test_a_session_of_its_own_gives_way_and_one_that_it_shares_does_not():
    nice, group = ask(own_session=True)
    assert ask(own_session=False)[1] == GROUP
    # a kernel that knows no such groups looks at the niceness alone
    assert group.strip().endswith(f"nice {nice}") if GROUP else not group
