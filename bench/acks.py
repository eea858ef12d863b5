"""When a worker should acknowledge a message: at once, or once the work is done.

`python -m bench.acks` hands in gradings on two serving machines with a real PostgreSQL and Redis,
kills a worker with -9 again and again while it grades, and measures how long what it held waits for
the next, how long everything takes, and what is left in the broker. Periods as in the fault tests:
lease 4 s, dispatcher 1 s.
"""

import argparse
import statistics
import time
from contextlib import ExitStack, closing

from tests.faults.storm import PROTOCOL, Storm
from tests.faults.world import World, on_real_services
from tests.processes import eventually

MODES = {"early ack, no prefetch": "leaderboard.settings", "late ack": "bench.late_ack"}
HELD = """
    SELECT training.evaluation_id, training.fence FROM leaderboard_training training
    WHERE training.status = 'running' AND training.worker LIKE '%%:{pid}:%%'
"""
SETTLED = """
    SELECT count(*) FROM leaderboard_training
    WHERE evaluation_id = {evaluation} AND status = 'running' AND fence > {fence}
       OR evaluation_id = {evaluation} AND status = 'succeeded'
"""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.acks", description=__doc__)
    options.add_argument("--submissions", type=int, default=30)
    options.add_argument("--kills", type=int, default=6)
    given = options.parse_args()
    for mode, settings in MODES.items():
        with on_real_services(DJANGO_SETTINGS_MODULE=settings) as world:
            print(f"{mode}: {measured(world, given.submissions, given.kills)}", flush=True)


def measured(world: World, submissions: int, kills: int) -> str:
    storm = Storm(world, seed=1, submissions=submissions)
    with ExitStack() as stack:
        storm.open(stack)
        begun = time.monotonic()
        for _ in range(submissions):
            storm.submit()
        waits = [killed(world) for _ in range(kills)]
        eventually(lambda: storm.unfinished() == 0, what="everything is graded")
        took = time.monotonic() - begun
    with closing(world.broker()) as broker:
        left = broker.llen("interactive") + broker.hlen("unacked")
    return (
        f"{len(waits)} workers killed while they graded; what they held was taken again after "
        f"{statistics.median(waits):.1f} s (median; {min(waits):.1f} to {max(waits):.1f}); "
        f"{submissions} gradings of {PROTOCOL} took {took:.0f} s; "
        f"{left} messages left in the broker"
    )


def killed(world: World) -> float:
    """Kill a worker that holds something; how long until that is held or done by another [s]."""

    def holding() -> tuple[int, int, int] | None:
        for pid in world.processes("worker"):
            if rows := world.ask(HELD.format(pid=pid).replace("%%", "%")):
                return pid, *rows[0]
        return None

    pid, evaluation, fence = eventually(holding, what="a worker grades")
    world.kill("worker", pid)
    at = time.monotonic()
    query = SETTLED.format(evaluation=evaluation, fence=fence)
    eventually(lambda: world.ask(query)[0][0] > 0, what="it is taken again")
    return time.monotonic() - at


if __name__ == "__main__":
    main()
