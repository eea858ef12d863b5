"""A participant's record: every score that counts, in the order in which it was handed in."""

from datetime import datetime
from typing import NamedTuple

from leaderboard.models import Board, Competition, Evaluation, Submission, User


class Scored(NamedTuple):
    """A submission by the evaluation that counts for it; speeds in mph."""

    submission: int
    evaluation: int
    at: datetime
    score: float
    low: float
    high: float


class Entered(NamedTuple):
    """A board that somebody has handed something in to."""

    competition: Competition
    board: Board

    @property
    def url(self) -> str:
        return self.competition.url_of(self.board)

    @property
    def query(self) -> str:
        """Asks the participant's page for it."""
        return f"?c={self.competition.slug}&board={self.board}"


def entered(participant: User, *, scored: bool = False) -> list[Entered]:
    """The boards with a public submission (a score) of theirs, the newest competition first."""
    handed_in = Submission.objects.filter(participant=participant, withdrawn_at=None)
    if scored:
        handed_in = handed_in.filter(evaluations__applied_at__isnull=False)
    of_boards = {
        board: set(handed_in.on(board).order_by().values_list("competition", flat=True).distinct())
        for board in Board
    }
    competitions = Competition.objects.filter(pk__in=set().union(*of_boards.values()))
    return [
        Entered(competition, board)
        for competition in competitions
        for board in competition.boards
        if competition.pk in of_boards[board]
    ]


def scored(participant: User, here: Entered) -> list[Scored]:
    """Oldest first; without what was withdrawn, and by applied evaluations alone."""
    applied = Evaluation.objects.filter(
        competition=here.competition,
        submission__in=Submission.objects.on(here.board),
        submission__participant=participant,
        submission__withdrawn_at=None,
        applied_at__isnull=False,
    )
    names = ("score", "interval_low", "interval_high")
    rows = applied.order_by("applied_at", "pk").values_list(
        "submission", "pk", "submission__created_at", *names
    )
    newest = {row[0]: Scored(*row) for row in rows}
    return sorted(newest.values(), key=lambda it: (it.at, it.submission))
