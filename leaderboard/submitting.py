"""Handing in a network: the one way from a checked config to a place in the queue."""

import logging
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from grader.config import NetworkConfig
from grader.cost import MEGABYTE, Cost, estimate, refusal
from grader.pretrained import Pretrained
from leaderboard import tasks
from leaderboard.models import (
    Board,
    Competition,
    QuotaEntry,
    Submission,
    Upload,
    User,
    Weights,
)
from leaderboard.quota import Quota, quota_of

logger = logging.getLogger(__name__)

DOUBLE_CLICK = timedelta(seconds=10)


class NotAcceptedError(Exception):
    """Why a sound configuration cannot be handed in now; said to the participant."""


class Brought(NamedTuple):
    """A trained network that is handed in: the file to the byte, and what was read of it."""

    name: str
    content: bytes
    network: Pretrained


def check_budget(config: NetworkConfig, competition: Competition, board: Board) -> Cost:
    """What grading it is estimated to cost, the same whichever machine will compute it.

    Raises:
        NotAcceptedError: more than the budget or the memory; names what weighs most, and what fits.
    """
    protocol, trained = competition.protocol_on(board), board == Board.WEIGHTS
    refused = refusal(
        config,
        protocol,
        seconds=competition.budget_seconds,
        memory=settings.COMPUTE_MEMORY_MB * MEGABYTE,
        trained=trained,
    )
    if refused:
        raise NotAcceptedError(str(refused))
    return estimate(config, protocol, trained=trained)


def submit(
    user: User,
    competition: Competition,
    *,
    source: str,
    config: NetworkConfig,
    brought: Brought | None = None,
    title: str = "",
    note: str = "",
) -> Submission:
    """Keep the submission and put its evaluation in line, both or neither.

    With a trained network it is for the board of those. The same again within moments is the same
    submission: a button pressed twice.

    Raises:
        NotAcceptedError: the competition is not open or not for such, the quota is used up, or it
            costs too much.
    """
    board = Board.WEIGHTS if brought else Board.CONFIGS
    if board not in competition.boards:
        raise NotAcceptedError(f"{competition.title} has no board for what is {board.label}.")
    check_budget(config, competition, board)
    weights_hash = brought.network.weights_hash if brought else ""
    with transaction.atomic():
        # the row lock makes submissions of one participant take turns, so that a quota of one
        # cannot be used twice in the same instant
        User.objects.select_for_update().get(pk=user.pk)
        if not competition.is_open():
            raise NotAcceptedError(f"{competition.title} is not open for submissions.")
        same = {"config_hash": config.config_hash, "weights_hash": weights_hash}
        if twin := _a_moment_ago(user, competition, **same, title=title, note=note):
            return twin
        quota = quota_of(user, competition)
        if not quota.left:
            raise NotAcceptedError(_used_up(quota))
        submission = Submission.objects.create(
            competition=competition,
            participant=user,
            title=title,
            note=note,
            source=source,
            config=config.model_dump(mode="json"),
            **same,
            phrase=config.outline if brought else config.phrase,
        )
        QuotaEntry.objects.charge(submission)
        if brought:
            Weights.objects.create(
                submission=submission, name=brought.name, content=brought.content
            )
            Upload.objects.filter(user=user).delete()
        evaluation = tasks.queue_evaluation(submission)
    # the one line that ties a request to what becomes of it: the worker's name the evaluation
    logger.info("submission %s is in line as evaluation %s", submission.pk, evaluation.pk)
    return submission


def _a_moment_ago(user: User, competition: Competition, **words: str) -> Submission | None:
    """The same handed in by the same person just before: somebody pressed the button twice."""
    return Submission.objects.filter(
        competition=competition,
        participant=user,
        **words,
        created_at__gt=timezone.now() - DOUBLE_CLICK,
        withdrawn_at=None,
    ).first()


def _used_up(quota: Quota) -> str:
    assert quota.next_at is not None
    return (
        f"You have used {quota.used} of {quota.limit} submissions in the last 24 hours. "
        f"The next is free at {quota.next_at:%H:%M} UTC on {quota.next_at:%d %B}."
    )
