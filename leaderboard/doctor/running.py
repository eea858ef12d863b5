"""What the doctor looks at among the processes: broker, dispatcher, workers, what they owe."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

import grader
from leaderboard.doctor.finding import Finding, ok, warning, wrong
from leaderboard.health import Check, canary_check, dispatcher_check
from leaderboard.models import Calibration, Evaluation, Sign, Worker

LATELY = timedelta(days=1)
"""A machine that was last heard of before that was taken away on purpose."""


def dispatcher() -> Finding:
    remedy = "Start it: manage.py dispatch (under make run: see log/dispatcher.log)."
    return _of(dispatcher_check(Sign.objects.seen()), "made a round lately", remedy)


def canary() -> Finding:
    words = "workers take what is sent, or all of them are grading"
    remedy = "See that a worker runs, reaches the broker, and works on the queue `canary` too."
    return _of(canary_check(Sign.objects.seen()), words, remedy)


def _of(check: Check, words: str, remedy: str) -> Finding:
    return (
        wrong(f"{check.fault[0].upper()}{check.fault[1:]}.", remedy) if check.fault else ok(words)
    )


def fitness() -> Finding:
    """A worker that computes otherwise takes no work; somebody has to know of it."""
    for worker in Worker.objects.alive().exclude(unfit=""):
        return wrong(
            f"{worker} takes no work. {worker.unfit}",
            "Start it on another machine, or reinstall its pinned libraries (make install).",
        )
    others = Worker.objects.alive().exclude(grader_version=grader.__version__)
    if others:
        named = ", ".join(f"{it} has {it.grader_version}" for it in others)
        return warning(
            f"This grader is {grader.__version__}; {named}: they take only what is for theirs.",
            "Update them all.",
        )
    return ok("every worker's golden gradings come out as they must")


def machines() -> Finding:
    alive = Calibration.objects.alive()
    if not alive:
        return wrong(
            "No worker was heard of within 100 s.",
            "Start one: celery -A leaderboard worker (under make run: see log/worker.log).",
        )
    words = "; ".join(f"{it}, {it.slots} at a time" for it in alive)
    lost = Calibration.objects.filter(seen_at__gt=timezone.now() - LATELY).exclude(
        pk__in=[it.pk for it in alive]
    )
    if lost:
        names = ", ".join(f"{it.host} since {it.seen_at:%Y-%m-%d %H:%M} UTC" for it in lost)
        return warning(
            f"Not heard of any more: {names}. At work: {words}.",
            "Start its worker again, or let it be: after a day it is forgotten.",
        )
    return ok(words)


def lines(messages: dict[str, int]) -> Finding:
    """What waits in the database has a message in the broker, or had one a moment ago."""
    patience = timedelta(seconds=3 * settings.DISPATCH_SECONDS)
    told = []
    for queue in Evaluation.Queue.values:
        waiting = Evaluation.objects.in_line().filter(queue=queue)
        number = waiting.count()
        told.append(f"{queue} {number} waiting, {messages[queue]} messages")
        unsent = Q(sent_at=None, created_at__lt=timezone.now() - patience)
        unsent |= Q(sent_at__lt=timezone.now() - patience)
        if number > messages[queue] and waiting.filter(unsent).exists():
            return warning(
                f"Messages are missing: {told[-1]}.",
                "The dispatcher sends them at its next round; see that it runs.",
            )
    return ok("; ".join(told))
