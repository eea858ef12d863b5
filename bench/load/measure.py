"""A site on a database of its own: a minute of submissions, then one of readers."""

import time

from bench.load.figures import Figures, Round
from bench.load.locusts import swarm
from bench.load.losses import faults, losses
from bench.load.others import Spent
from bench.load.plan import PARTICIPANTS, READERS, READING_SECONDS
from bench.load.site import Site, serving

_FINISHED = "SELECT COUNT(*) FROM leaderboard_evaluation WHERE finished_at IS NOT NULL"
_WAITING = "SELECT COUNT(*) FROM leaderboard_evaluation WHERE status = 'queued'"
_NEWEST = "SELECT MAX(id) FROM leaderboard_submission"
LONGEST = 180
"""Handing in is ended after [s]."""


def run(*, rounds: int) -> Figures:
    """Measures it in half of the rounds, each on a site of its own: one takes three minutes."""
    return Figures([_round() for _ in range(max(1, rounds // 2))])


def _round() -> Round:
    before = Spent.now()
    made = _on_a_site()
    # all that was started has ended by now, and is counted as this process's own
    return made._replace(others=Spent.now().others(before))


def _on_a_site() -> Round:
    with serving() as site:
        begun = time.monotonic()
        handed_in = swarm(
            site,
            "Submitting",
            users=PARTICIPANTS,
            run_time=f"{LONGEST}s",
        )
        seconds = time.monotonic() - begun
        lost = losses(site, handed_in)
        before = _number(site, _FINISHED)
        read = swarm(
            site,
            "Reading",
            users=READERS,
            run_time=f"{READING_SECONDS:.0f}s",
            NEWEST=str(_number(site, _NEWEST)),
        )
        return Round(
            [*handed_in, *read],
            [*lost, *faults(read)],
            _number(site, _FINISHED) - before,
            _number(site, _WAITING),
            seconds,
            0.0,
        )


def _number(site: Site, query: str) -> int:
    ((number,),) = site.ask(query)
    return int(number)
