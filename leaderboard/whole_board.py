"""Everything that boards show and rest on, as lines of text: equal lines, equal boards."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model

from leaderboard.models import (
    Attempt,
    Baseline,
    Competition,
    Evaluation,
    Run,
    Standing,
    StandingRow,
    Submission,
    Training,
    User,
)
from leaderboard.quota import quota_of
from leaderboard.ranking import entries, places

_KEPT: tuple[type[Model], ...] = (
    *(Competition, Baseline, Submission, Evaluation, Training, Attempt, Run),
    *(Standing, StandingRow),
)


def lines(moment: datetime) -> Iterator[str]:
    """The boards as of `moment` and the quotas of now, then every row behind them.

    A competition's key is among them; of people only their names.
    """
    for competition in Competition.objects.order_by("slug"):
        board = places(competition, moment=moment)
        for entry in entries(competition, board):
            score = entry.evaluation.score
            yield _line("board", competition.slug, entry.rank, entry.evaluation.pk, score)
        for user in User.objects.order_by("pk"):
            quota = quota_of(user, competition)
            yield _line("quota", competition.slug, user.pk, quota.used, quota.limit, quota.next_at)
    for user in User.objects.order_by("pk"):
        yield _line("User", user.pk, user.display_name)
    for model in _KEPT:
        for row in model._default_manager.order_by("pk").values().iterator():  # noqa: SLF001
            yield _line(model.__name__, row)


def _line(*parts: Any) -> str:
    """Numbers with all their digits; fields by name, whatever order the columns have."""
    return json.dumps(parts, default=str, sort_keys=True, ensure_ascii=False)
