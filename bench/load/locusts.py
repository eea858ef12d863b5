"""Runs locust in a process of its own and returns every request that it made."""

import os
import subprocess
import sys
from pathlib import Path

from bench.load.plan import Request, read
from bench.load.site import Site
from tests.processes import ROOT

VISITS = Path(__file__).with_name("visits.py")


def swarm(site: Site, kind: str, *, users: int, **more: str) -> list[Request]:
    """So many users of a kind, until they stop or the time is over.

    Args:
        site: What they visit.
        kind: Their class in visits.py.
        users: How many.
        more: Further options of locust, or in capitals what visits.py is told.
    """
    told = {name: value for name, value in more.items() if name.isupper()}
    options = {name: value for name, value in more.items() if not name.isupper()}
    planted, times = site.folder / "planted.json", site.folder / f"{kind}.json"
    planted.write_text(site.planted.to_json())
    command = [
        *(sys.executable, "-m", "locust", "-f", str(VISITS), kind, "--host", site.url),
        *("--headless", "--only-summary", "--loglevel", "ERROR", "--exit-code-on-error", "0"),
        *("--users", str(users), "--spawn-rate", str(users)),
        *(
            word
            for name, value in options.items()
            for word in (f"--{name.replace('_', '-')}", value)
        ),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PLANTED": str(planted), "TIMES": str(times), **told},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"locust ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return read(times)
