"""Every graded submission of a board as a row of numbers: its score, and what it could follow from.

Reading ten thousand of them takes a while. Configurations never change, so a process reads each
once; scores, names and withdrawals are asked again when something has changed.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db.models import Exists, OuterRef
from pydantic import ValidationError

from grader.schema import NetworkConfig
from leaderboard.columns import COST, SUBMITTED, configured
from leaderboard.current import Seen
from leaderboard.models import Board, Competition, Evaluation, Submission, User
from leaderboard.models.submission import SubmissionQuerySet
from leaderboard.remembered import Remembered

SECONDS = 10.0
"""How long a new score may take to show up; a withdrawal is seen at once."""
FEW = 500
"""Configurations that are asked for by number [1]: of more, all of a board are read."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Known(NamedTuple):
    """What of a submission never changes.

    Attributes:
        created: When it was handed in [s since 1970].
        values: By column, in their order.
    """

    participant: int
    title: str
    created: float
    values: Floats


@dataclass(frozen=True, eq=False)
class Points:
    """All of a board, oldest submission first; nothing in it depends on the reader.

    Attributes:
        state: Another one for other points.
        values: By column.
        names: Of the participants, by their primary keys.
    """

    state: str
    submissions: Ints
    participants: Ints
    scores: Floats
    values: dict[str, Floats]
    titles: list[str]
    names: dict[int, str]

    def __len__(self) -> int:
        return len(self.submissions)

    @cached_property
    def order(self) -> Ints:
        """From the best score down, of equal ones the earlier first."""
        found: Ints = np.lexsort((self.submissions, -self.scores))
        return found

    def title(self, at: int) -> str:
        return self.titles[at] or f"Submission {self.submissions[at]}"

    def name(self, at: int) -> str:
        return self.names[int(self.participants[at])]


_points: Remembered[Points] = Remembered(8, seconds=SECONDS)
_read_once: Remembered[dict[int, Known]] = Remembered(8)


def points(competition: Competition, board: Board, seen: Seen) -> Points:
    """What is withdrawn is gone at once: the version says so."""
    asked = (competition.pk, board, seen.version[2:], bool(seen.ranked.places))
    return _points.get(asked, lambda: _read(competition, board))


def _read(competition: Competition, board: Board) -> Points:
    on_board = Submission.objects.on(board).filter(competition=competition, withdrawn_at=None)
    rows = Evaluation.objects.filter(submission__in=on_board, applied_at__isnull=False)
    # the newest applied one counts: it comes last
    in_order = rows.order_by("applied_at", "pk")
    counting = {
        pk: (score, seconds)
        for pk, score, seconds in in_order.values_list(
            "submission_id", "score", "reference_seconds"
        )
    }
    known = _known(competition.pk, board, on_board, counting)
    numbers = sorted(pk for pk in counting if pk in known)
    own = [known[pk] for pk in numbers]
    matrix = np.array([it.values for it in own], dtype=np.float64)
    matrix = matrix.reshape(len(own), len(configured()))
    submissions = np.array(numbers, dtype=np.int64)
    scores = np.array([counting[pk][0] for pk in numbers], dtype=np.float64)
    values = {name: matrix[:, at] for at, name in enumerate(configured())}
    values[COST] = np.array([counting[pk][1] or np.nan for pk in numbers], dtype=np.float64)
    values[SUBMITTED] = np.array([it.created for it in own], dtype=np.float64)
    people = User.objects.filter(Exists(on_board.filter(participant=OuterRef("pk"))))
    return Points(
        f"{zlib.crc32(submissions.tobytes() + scores.tobytes()):08x}",
        submissions,
        np.array([it.participant for it in own], dtype=np.int64),
        scores,
        values,
        [it.title for it in own],
        dict(people.values_list("pk", "display_name")),
    )


def _known(
    competition: int, board: Board, on_board: SubmissionQuerySet, wanted: Iterable[int]
) -> dict[int, Known]:
    known = _read_once.get((competition, board), dict)
    new = [pk for pk in wanted if pk not in known]
    if new:
        chosen = Submission.objects.filter(pk__in=new) if len(new) <= FEW else on_board
        names = ("pk", "participant_id", "title", "created_at", "config")
        for pk, participant, title, created_at, fields in chosen.order_by().values_list(*names):
            if pk not in known:
                known[pk] = Known(participant, title, created_at.timestamp(), _values(fields))
    return known


def _values(fields: object) -> Floats:
    """Not a number where a later version of the grader does not take the configuration."""
    try:
        config = NetworkConfig.model_validate(fields)
    except ValidationError:
        return np.full(len(configured()), np.nan)
    found = [column.of(config) for column in configured().values() if column.of]
    return np.array(found, dtype=np.float64)
