"""A grading as its page tells it: status in words, progress, plots and history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils import timezone

from grader.config import NetworkConfig
from grader.cost import Cost, estimate
from grader.engines import COMPILED
from leaderboard import line
from leaderboard.charts import Bar, Curves, Strips, learning_curves, no_curves, run_strips
from leaderboard.models import Attempt, Evaluation, Run, Status, Training
from leaderboard.pace import Activity, Forecast, Pace, activity, forecast
from leaderboard.steps import Step, Steps, seconds_left

REFERENCE = Pace(machines=1, cores=2, throughput=2.0)
"""What is told by where no machine of the site has measured itself."""
TOGETHER = timedelta(seconds=5)
"""Trainings that a worker claimed in one go were begun within it."""


@dataclass
class Report:
    """One evaluation of a network. Each thing is asked of the database once, and only if told.

    Attributes:
        rate: Iterations a second of all that is trained now, for whoever looked before [1/s].
    """

    evaluation: Evaluation
    config: NetworkConfig
    rate: float | None = None

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def trainings(self) -> list[Training]:
        return list(self.evaluation.trainings.order_by("index"))

    @cached_property
    def attempts(self) -> list[Attempt]:
        """Each with its training, in order; what they said last is the organisers' alone."""
        known = {training.pk: training for training in self.trainings}
        if not any(training.fence for training in self.trainings):
            return []  # nobody has claimed any of them yet
        attempts = list(Attempt.objects.filter(training__in=known).defer("log_tail"))
        for attempt in attempts:
            attempt.training = known[attempt.training_id]
        return sorted(attempts, key=lambda it: (it.training.index, it.fence))

    @cached_property
    def steps(self) -> list[Step]:
        return self._steps.of_all(self.trainings)

    @cached_property
    def _steps(self) -> Steps:
        return Steps(self.config, self.evaluation.protocol, driven=self.driven)

    @cached_property
    def driven(self) -> bool:
        """Whether nothing is trained."""
        return self.evaluation.brought_trained

    @cached_property
    def cost(self) -> Cost:
        return estimate(self.config, self.evaluation.protocol, trained=self.driven)

    @cached_property
    def forecast(self) -> Forecast | None:
        """Of one in line."""
        protocol = self.evaluation.protocol
        return forecast(
            self.config,
            protocol,
            self.evaluation,
            spot=self.spot,
            trained=self.driven,
            here=self.elsewhere,
        )

    @cached_property
    def estimated_seconds(self) -> float:
        """How long it runs on a machine of this site, or on the reference machine [s]."""
        known = self.elsewhere.pace or REFERENCE
        return known.duration(self.config, self.evaluation.protocol, trained=self.driven)

    @cached_property
    def seconds_left(self) -> float | None:
        """Of what goes on now; None when unknown [s]."""
        began = min((it.started_at for it in self.attempts if not it.exit), default=None)
        if began is None:
            return None
        share_of = {step.number - 1: step.share for step in self.steps}
        done = sum(
            share_of[it.training.index] - self._steps.share_at(it.resumed_from)
            for it in self.attempts
            if it.started_at >= began - TOGETHER and it.exit in {"", Attempt.Exit.OK}
        )
        return seconds_left(
            done=max(0.0, done),
            left=sum(1 - share for share in share_of.values()),
            of=len(share_of),
            gone=(self.now - began).total_seconds(),
            estimated=self.estimated_seconds,
        )

    @cached_property
    def place_in_line(self) -> int:
        """1 is next."""
        return self.spot.place if self.spot else 1

    @cached_property
    def spot(self) -> line.Spot | None:
        return line.spot(self.evaluation)

    @cached_property
    def elsewhere(self) -> Activity:
        return activity(self.evaluation)

    @property
    def somebody_works(self) -> bool:
        """Whether there is a worker that takes anything."""
        return self.elsewhere.workers > 0

    @property
    def running_elsewhere(self) -> int:
        return self.elsewhere.running

    @cached_property
    def curves(self) -> Curves | None:
        return learning_curves(
            [training.curve for training in self.trainings],
            iterations=self.config.training_iterations,
        )

    @cached_property
    def curves_so_far(self) -> Curves:
        """With nothing in them before there is a line."""
        return self.curves or no_curves(iterations=self.config.training_iterations)

    @cached_property
    def runs(self) -> dict[int, list[float]]:
        """The averages of each training that is done, by its index [mph]."""
        done = any(it.status == Status.SUCCEEDED for it in self.trainings)
        return runs_of(self.evaluation) if done else {}

    @cached_property
    def strips(self) -> Strips | None:
        return self._strips([it for it in self.trainings if it.index in self.runs])

    @cached_property
    def strips_so_far(self) -> Strips | None:
        """With an empty one for each training that has not driven yet."""
        return self._strips(self.trainings)

    def _strips(self, trainings: list[Training]) -> Strips | None:
        if not trainings:
            return None
        return run_strips(
            [self.runs.get(it.index, []) for it in trainings],
            [it.median if it.index in self.runs else None for it in trainings],
            numbers=[it.index + 1 for it in trainings],
        )

    @property
    def strip_medians(self) -> list[float | None]:
        return [it.median for it in self.trainings if it.index in self.runs]

    @property
    def strip_names(self) -> list[str]:
        return [step.name for step in self.steps if step.number - 1 in self.runs]

    @cached_property
    def interval(self) -> Bar | None:
        """The score with its interval on the axis of the strips."""
        it = self.evaluation
        if it.score is None or self.strips is None:
            return None
        return self.strips.axis.bar(it.score, it.interval_low, it.interval_high)

    @property
    def seconds_taken(self) -> float:
        """Of computing, over all trainings, by the clock [s]: a busy core takes longer."""
        return sum(training.seconds or 0.0 for training in self.trainings)

    @property
    def on_one_core_each(self) -> bool:
        """Whether each training had one core: other engines take all cores for all trainings."""
        return all(training.engine == COMPILED for training in self.trainings)

    @property
    def seconds_from_start_to_end(self) -> float | None:
        """From the first attempt on, waits in between with them [s]."""
        end = self.evaluation.finished_at
        if end is None or not self.attempts:
            return None
        return (end - min(it.started_at for it in self.attempts)).total_seconds()


def runs_of(evaluation: Evaluation) -> dict[int, list[float]]:
    """The averages of its trainings, by their index, each in the order of the roads [mph]."""
    rows = Run.objects.filter(training__evaluation=evaluation)
    found: dict[int, list[float]] = {}
    for training, mph in rows.order_by("training__index", "index").values_list(
        "training__index", "average_mph"
    ):
        found.setdefault(training, []).append(mph)
    return found
