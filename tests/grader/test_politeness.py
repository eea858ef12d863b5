"""Who computes gives way to who answers, also where the kernel looks at sessions first."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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
WISH = """
import sys, time
from pathlib import Path
group = Path("/proc/self/autogroup")
for _ in range(50):
    try:
        group.write_text("7")
        break
    except BlockingIOError:
        time.sleep(0.05)
    except OSError:
        break
print(group.exists() and group.read_text().strip().endswith("nice 7"))
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


def a_session_may_give_way() -> bool:
    """Whether this kernel knows groups of sessions, and this machine lets them be changed."""
    done = subprocess.run(
        [sys.executable, "-c", WISH],
        capture_output=True,
        check=True,
        text=True,
        start_new_session=True,
    )
    return done.stdout.strip() == "True"


def test_a_session_of_its_own_gives_way_and_one_that_it_shares_does_not():
    nice, group = ask(own_session=True)
    assert ask(own_session=False)[1] == GROUP
    # elsewhere the niceness alone counts
    assert group.strip().endswith(f"nice {nice}") == a_session_may_give_way()


def test_many_that_give_way_at_once_all_do():
    with ThreadPoolExecutor(8) as pool:
        groups = [group for _, group in pool.map(lambda _: ask(own_session=True), range(8))]
    assert len({group.strip().rpartition(" ")[2] for group in groups}) == 1
