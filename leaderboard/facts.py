"""How much is going on at a board, counted at most once a second by each process."""

from typing import NamedTuple

from leaderboard.current import Seen
from leaderboard.models import Board, Competition, Evaluation, Status, Submission
from leaderboard.remembered import Remembered

SECONDS = 1.0
"""The queue changes many times a second, and who reads of it cannot tell."""


class Facts(NamedTuple):
    """Of a board, but for the queue, which all competitions share.

    Attributes:
        participants: With a score.
        gradings: That succeeded.
        submissions: Handed in, whatever became of them.
        queue: Evaluations that are not finished.
    """

    participants: int
    gradings: int
    submissions: int
    queue: int


_remembered: Remembered[Facts] = Remembered(100, seconds=SECONDS)


def facts(competition: Competition, board: Board, seen: Seen) -> Facts:
    """A score that has come is counted at once."""
    asked = (competition.pk, board, seen.version)
    return _remembered.get(asked, lambda: _count(competition, board, seen))


def _count(competition: Competition, board: Board, seen: Seen) -> Facts:
    gradings = Evaluation.objects.filter(competition=competition, submission__isnull=False)
    submissions = Submission.objects.filter(competition=competition)
    if len(competition.boards) > 1:
        submissions = submissions.on(board)
        gradings = gradings.filter(submission__in=submissions)
    return Facts(
        len(seen.ranked.places),
        gradings.filter(status=Status.SUCCEEDED).count(),
        submissions.count(),
        Evaluation.objects.unfinished().count(),
    )
