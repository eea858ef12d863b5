"""Standings: which boards need one, computing and storing it, reading the newest.

Nobody announces that scores have changed. A board is compared with what its newest Standing was
computed from, so that no change can be missed, whoever made it.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import IntegrityError, transaction
from django.utils import timezone

import grader
from grader.joint_bootstrap import Entrant, in_hundredths
from grader.seeds import standing_seed, to_hex
from grader.standing import standing as compute
from leaderboard.models import (
    Board,
    Competition,
    Evaluation,
    Run,
    Standing,
    StandingRow,
    Submission,
)
from leaderboard.ranking import Place, places

KEPT = 3
"""Standings kept of each board [1]: the newest, and two to look back at."""
ABANDONED = timedelta(minutes=5)
"""A claim this old is a dead worker's or came to nothing; 10,000 entrants take less than one."""
LONGEST_TRANSACTION = timedelta(hours=1)
"""A score may show up this long after the moment that it bears."""
AT_A_TIME = 500
"""Evaluations whose runs are read at a time [1]."""
_RUN = np.dtype([("evaluation", "i8"), ("training", "i2"), ("run", "i2"), ("mph", "f8")])


class StoppedError(Exception):
    """The worker was told to stop."""


def board_hash(board: Iterable[Place]) -> str:
    """What was ranked: evaluations never change their score, so they say all of it."""
    return hashlib.sha256(",".join(str(place.evaluation) for place in board).encode()).hexdigest()


def newest(competition: Competition, board: Board | None = None) -> Standing | None:
    """Of a board, or of the first of them."""
    of_board = competition.standings.filter(board=board or competition.boards[0])
    return of_board.filter(computed_at__isnull=False).first()


class Placed(NamedTuple):
    """A row of a Standing."""

    low: int
    high: int
    first: float
    group: int


def rows_of(standing: Standing | int | None, chosen: Iterable[Place]) -> dict[int, Placed]:
    """Rows by evaluation; none for an evaluation that came later."""
    if standing is None:
        return {}
    rows = StandingRow.objects.filter(
        standing=standing, evaluation__in=[place.evaluation for place in chosen]
    )
    values = rows.values_list("evaluation", *Placed._fields)
    return {evaluation: Placed(*rest) for evaluation, *rest in values}


def due() -> list[tuple[Competition, Board]]:
    """Boards whose scores have changed since their newest Standing, where it may be renewed."""
    return [
        (competition, board)
        for competition in Competition.objects.all()
        for board in competition.boards
        if _is_due(competition, board)
    ]


def _is_due(competition: Competition, board: Board) -> bool:
    now = timezone.now()
    claims = competition.standings.filter(board=board, computed_at=None)
    if claims.filter(started_at__gt=now - ABANDONED).exists():
        return False
    last = newest(competition, board)
    if last is None:
        of_board = Submission.objects.on(board).filter(competition=competition)
        return of_board.filter(evaluations__applied_at__isnull=False).exists()
    if now < last.may_be_renewed_at:
        return False
    # the board itself is asked only where something may have happened: seasons pile up
    since = last.started_at - LONGEST_TRANSACTION
    scores = Evaluation.objects.filter(competition=competition, applied_at__gt=since)
    withdrawals = Submission.objects.filter(competition=competition, withdrawn_at__gt=since)
    if not scores.exists() and not withdrawals.exists():
        return False
    return board_hash(places(competition, board)) != last.board_hash


def refresh(
    competition: int,
    board: Board | None = None,
    *,
    pause: Callable[[], None] = lambda: None,
) -> Standing | None:
    """Compute and store the Standing of the scores as they are now.

    None: there is one already, or somebody else is computing it. A fault leaves the claim behind,
    so that it is not tried again before a while.

    Args:
        competition: Its primary key.
        board: Which of its boards; None: the first.
        pause: Called about once a second. It may raise StoppedError; then others can take over at
            once.
    """
    found = Competition.objects.get(pk=competition)
    board = board or found.boards[0]
    ranked = places(found, board)
    claim = _claim(found, board, board_hash(ranked))
    if claim is None:
        return None
    try:
        return _finish(claim, ranked, pause)
    except StoppedError:
        claim.delete()
        raise


def _claim(competition: Competition, board: Board, wanted: str) -> Standing | None:
    last = newest(competition, board)
    if last is not None and last.board_hash == wanted:
        return None
    abandoned = timezone.now() - ABANDONED
    claims = competition.standings.filter(board=board, computed_at=None)
    claims.filter(started_at__lt=abandoned).delete()
    try:
        with transaction.atomic():
            return Standing.objects.create(
                competition=competition,
                board=board,
                board_hash=wanted,
                seed=to_hex(standing_seed(competition.key)),
                grader_version=grader.__version__,
            )
    except IntegrityError:  # the database holds one claim for a board
        return None


def _finish(claim: Standing, board: Sequence[Place], pause: Callable[[], None]) -> Standing | None:
    columns = compute(_entrants(board, pause), seed=int(claim.seed, 16), pause=pause)
    rows = [
        StandingRow(
            standing=claim,
            evaluation_id=place.evaluation,
            **{name: column[at].item() for name, column in columns._asdict().items()},
        )
        for at, place in enumerate(board)
    ]
    with transaction.atomic():
        mine = Standing.objects.filter(pk=claim.pk, computed_at=None)
        if not mine.update(computed_at=timezone.now()):
            return None  # it took so long that somebody else took over
        StandingRow.objects.bulk_create(rows, batch_size=1000)
        of_board = claim.competition.standings.filter(board=claim.board)
        computed = of_board.filter(computed_at__isnull=False)
        kept = list(computed.values_list("pk", flat=True)[:KEPT])
        computed.exclude(pk__in=kept).delete()
    claim.refresh_from_db()
    return claim


def _entrants(board: Sequence[Place], pause: Callable[[], None]) -> list[Entrant]:
    """All runs of everyone on the board, in its order."""
    entrants: list[Entrant] = []
    for first in range(0, len(board), AT_A_TIME):
        pause()
        chosen = [place.evaluation for place in board[first : first + AT_A_TIME]]
        runs = _runs(chosen)
        seeds = dict(Evaluation.objects.filter(pk__in=chosen).values_list("pk", "bootstrap_seed"))
        entrants += [Entrant(int(seeds[pk], 16), in_hundredths(runs[pk])) for pk in chosen]
    return entrants


def _runs(evaluations: Sequence[int]) -> dict[int, npt.NDArray[np.float64]]:
    """The run averages [mph] of each, shape [T, R]."""
    query = Run.objects.filter(training__evaluation__in=evaluations).order_by()
    fields = ("training__evaluation", "training__index", "index", "average_mph")
    table = np.fromiter(query.values_list(*fields).iterator(chunk_size=10_000), dtype=_RUN)
    table.sort(order=["evaluation", "training", "run"])
    found, starts = np.unique(table["evaluation"], return_index=True)
    parts = np.split(table, starts[1:])
    return {
        int(pk): part["mph"].reshape(len(np.unique(part["training"])), -1)
        for pk, part in zip(found, parts, strict=True)
    }
