"""A graded network beside the leader of its board, or the leader beside the next: road by road.

Run n of training t has the same road in all gradings of one competition and protocol: its seed
follows from the competition's key and these two numbers alone. The networks are not paired: what a
training comes to depends on seeds of its own.
"""

from typing import NamedTuple

from leaderboard.charts import Differences, differences
from leaderboard.current import Ranked
from leaderboard.models import Evaluation, Submission
from leaderboard.reports import Report, runs_of


class Comparison(NamedTuple):
    """With whom, and how it came out.

    Attributes:
        leads: Whether the other is the leader; else it is the one behind the leader.
    """

    other: Evaluation
    leads: bool
    drawn: Differences

    @property
    def submission(self) -> Submission:
        assert self.other.submission is not None
        return self.other.submission


def comparison(report: Report, ranked: Ranked) -> Comparison | None:
    """None: there is nobody else on the board, or the other was graded by another protocol."""
    chosen = [place.evaluation for place in ranked.places[:2]]
    others = [pk for pk in chosen if pk != report.evaluation.pk]
    if not others:
        return None
    needed = ("participant__display_name", "title", "competition_id", "participant_id")
    other = (
        Evaluation.objects.filter(pk=others[0])
        .select_related("submission__participant")
        .only("protocol_fields", "score", *(f"submission__{name}" for name in needed))
        .first()
    )
    if other is None or other.protocol_fields != report.evaluation.protocol_fields:
        return None
    drawn = differences(report.runs, runs_of(other))
    return Comparison(other, others[0] == chosen[0], drawn) if drawn else None
