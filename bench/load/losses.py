"""What the database says of everything that was handed in: nothing lost, nothing twice."""

from collections.abc import Sequence
from typing import Final

from bench.load.plan import EACH, OLD_SUBMISSIONS, PARTICIPANTS, Request
from bench.load.site import Site

WANTED: Final = PARTICIPANTS * EACH
_COUNTS: Final = {
    "submissions": (
        "SELECT COUNT(*) FROM leaderboard_submission WHERE id > %s",
        WANTED,
    ),
    "different networks": (
        "SELECT COUNT(DISTINCT config_hash) FROM leaderboard_submission WHERE id > %s",
        WANTED,
    ),
    "evaluations": (
        "SELECT COUNT(*) FROM leaderboard_evaluation WHERE submission_id > %s",
        WANTED,
    ),
    "submissions with an evaluation": (
        "SELECT COUNT(DISTINCT submission_id) FROM leaderboard_evaluation WHERE submission_id > %s",
        WANTED,
    ),
    "participants": (
        "SELECT COUNT(DISTINCT participant_id) FROM leaderboard_submission WHERE id > %s",
        PARTICIPANTS,
    ),
    "most submissions of one participant": (
        """
        SELECT MAX(number) FROM (
            SELECT COUNT(*) AS number FROM leaderboard_submission
            WHERE id > %s GROUP BY participant_id
        ) AS counted
        """,
        EACH,
    ),
}
"""Of what came after the old submissions, and how many there have to be."""
SHOWN: Final = 10
"""Faults told of, where there are many that differ [1]."""


def losses(site: Site, requests: Sequence[Request]) -> list[str]:
    """Returns in words what was lost or doubled; the quota is as large as what each handed in."""
    accepted = sum(1 for it in requests if it.name == "submit" and not it.fault)
    found = [("accepted", accepted, WANTED)]
    for name, (query, wanted) in _COUNTS.items():
        ((number,),) = site.ask(query, OLD_SUBMISSIONS)
        found.append((name, number, wanted))
    wrong = [f"{name}: {number} instead of {due}" for name, number, due in found if number != due]
    return wrong + faults(requests)


def faults(requests: Sequence[Request]) -> list[str]:
    """Returns what went wrong with requests."""
    return sorted({it.fault for it in requests if it.fault})[:SHOWN]
