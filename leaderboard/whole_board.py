"""Everything that boards show and rest on, as lines of text: equal lines, equal boards."""

import hashlib
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
    Weights,
)
from leaderboard.quota import quota_of
from leaderboard.ranking import entries, places

_KEPT: tuple[type[Model], ...] = (
    *(Competition, Baseline, Submission, Weights, Evaluation, Training, Attempt),
    *(Run, Standing, StandingRow),
)


def lines(moment: datetime) -> Iterator[str]:
    """The boards as of `moment` and the quotas of now, then every row behind them.

    A competition's key is among them; of people only their names.
    """
    for competition in Competition.objects.order_by("slug"):
        for board in competition.boards:
            for it in entries(competition, places(competition, board, moment=moment)):
                name = f"{competition.slug}, {board.label}"
                yield _line("board", name, it.rank, it.evaluation, it.score, it.tries)
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
    return json.dumps(parts, default=_text, sort_keys=True, ensure_ascii=False)


def _text(value: object) -> str:
    """Of what JSON has no form for: times as they are, bytes by their hash."""
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return str(value)
