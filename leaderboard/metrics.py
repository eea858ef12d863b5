"""The site's figures for Prometheus, asked of the database and the broker at every scrape.

There are several processes, and each may die at any moment, so none of them counts for itself.
What only grows with the years is told of the last hour alone, by an index on when it ended.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from leaderboard import broker, database, refusals
from leaderboard.models import Attempt, Calibration, Evaluation, Sign, Status, Worker
from leaderboard.models.status import FINAL, UNFINISHED

HOUR = timedelta(hours=1)
Queue = Evaluation.Queue


class _Site(Collector):
    """Everything at once: the same few queries, however many rows there are."""

    def collect(self) -> Iterable[Metric]:
        up = _gauge("overtake_up", "Whether it answers: database, broker.", ["part"])
        yield from _part(up, "database", _from_database, database.DatabaseAwayError)
        yield from _part(up, "broker", _from_broker, broker.BrokerAwayError)
        yield up

    def describe(self) -> Iterable[Metric]:
        return []  # nothing is asked only because somebody registers this


def _part(
    up: GaugeMetricFamily,
    name: str,
    ask: Callable[[], list[Metric]],
    away: type[Exception],
) -> Iterator[Metric]:
    """Its figures, or none of them and 0 where it would be 1."""
    try:
        found = ask()
    except away:
        up.add_metric([name], 0)
        return
    up.add_metric([name], 1)
    yield from found


def _from_broker() -> list[Metric]:
    family = _gauge("overtake_broker_messages", "Messages that wait in the broker.", ["queue"])
    for queue, number in broker.messages(settings.CELERY_TASK_QUEUES).items():
        family.add_metric([queue], number)
    return [family]


def _from_database() -> list[Metric]:
    with database.answering():
        return [
            *_unfinished(),
            _finished(),
            _attempts(),
            _iterations(),
            _ages(),
            *_machines(),
            _refused(),
        ]


def _unfinished() -> Iterator[Metric]:
    """Lines and their oldest, from the partial index of what is unfinished."""
    rows = (
        Evaluation.objects.unfinished()
        .order_by()
        .values_list("queue", "status")
        .annotate(n=Count("pk"), age=_age(Min("created_at")))
    )
    found = {(queue, status): (n, age.total_seconds()) for queue, status, n, age in rows}
    lines = _gauge(
        "overtake_evaluations", "Unfinished evaluations in the database.", ["queue", "status"]
    )
    oldest = _gauge(
        "overtake_oldest_unfinished_seconds",
        "Age of the oldest unfinished evaluation; 0: there is none.",
        ["queue"],
    )
    for queue in Queue.values:
        ages = [0.0]
        for status in UNFINISHED:
            number, age = found.get((queue, status.value), (0, 0.0))
            lines.add_metric([queue, status.value], number)
            ages.append(age)
        oldest.add_metric([queue], max(ages))
    yield from (lines, oldest)


def _finished() -> Metric:
    rows = Evaluation.objects.filter(finished_at__gt=Now() - HOUR).order_by()
    found = dict(rows.values_list("status").annotate(n=Count("pk")))
    family = _gauge(
        "overtake_evaluations_finished_last_hour",
        "Evaluations that finished within the last hour, by how.",
        ["status"],
    )
    for status in FINAL:
        family.add_metric([status.value], found.get(status.value, 0))
    return family


def _attempts() -> Metric:
    rows = Attempt.objects.filter(ended_at__gt=Now() - HOUR).order_by()
    found = dict(rows.values_list("exit").annotate(n=Count("pk")))
    family = _gauge(
        "overtake_attempts_ended_last_hour",
        "Attempts at a training that ended within the last hour, by how.",
        ["exit"],
    )
    for how in Attempt.Exit.values:
        family.add_metric([how], found.get(how, 0))
    return family


def _iterations() -> Metric:
    """Of each training that runs: how far it is, by how long its worker has had it."""
    running = Attempt.objects.filter(
        training__status=Status.RUNNING, training__stage="training", fence=F("training__fence")
    )
    done = F("training__iteration") - F("resumed_from")
    rows = running.order_by().values_list(done, _age(F("started_at")))
    speed = sum(max(0, done) / max(1.0, age.total_seconds()) for done, age in rows)
    return GaugeMetricFamily(
        "overtake_iterations_per_second",
        "Iterations a second of all trainings that run, since each was claimed.",
        value=speed,
    )


def _ages() -> Metric:
    family = _gauge(
        "overtake_sign_age_seconds",
        "Since the last sign of life: a dispatcher's round, a canary, all workers seen busy.",
        ["sign"],
    )
    for name, seen in Sign.objects.seen().items():
        family.add_metric([name], seen.age)
    return family


def _machines() -> Iterator[Metric]:
    sums = Calibration.objects.alive().aggregate(
        machines=Count("pk"), cores=Sum("cores"), slots=Sum("slots")
    )
    words = {
        "machines": "Machines whose worker was heard of lately.",
        "cores": "Cores of these machines.",
        "slots": "Gradings that they take at a time.",
    }
    for name, number in sums.items():
        yield GaugeMetricFamily(f"overtake_{name}_alive", words[name], value=number or 0)
    workers = Worker.objects.alive().aggregate(
        fit=Count("pk", filter=Q(unfit="")), unfit=Count("pk", filter=~Q(unfit=""))
    )
    family = _gauge("overtake_workers", "Worker processes that take work, or may not.", ["state"])
    for state, number in workers.items():
        family.add_metric([state], number)
    yield family


def _refused() -> Metric:
    family = CounterMetricFamily(
        "overtake_refused", "Messages, writes and results that could not be right.", labels=["kind"]
    )
    for kind, times in refusals.counted().items():
        family.add_metric([kind], times)
    return family


def _gauge(name: str, words: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=labels)


def _age(moment: Min | F) -> Combinable:
    return ExpressionWrapper(Now() - moment, output_field=DurationField())


registry = CollectorRegistry()
registry.register(_Site())
