"""A grading as its page tells it: status in words, progress, plots and history."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass
class Report:
    """One evaluation of a network. Each thing is asked of the database once, and only if told."""

    evaluation: Evaluation
    config: NetworkConfig
    lately: float | None = None

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
        steps = Steps(self.config, self.evaluation.protocol, driven=self.driven)
        going_on = {it.training_id: it for it in self.attempts if not it.exit}
        return steps.of_all(self.trainings, going_on, self.now)

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
        began = [attempt.started_at for attempt in self.attempts if not attempt.exit]
        if not began:
            return None
        gone = (self.now - min(began)).total_seconds()
        return seconds_left(self.steps, gone, self.estimated_seconds)

    @property
    def rate(self) -> float | None:
        """Iterations a second of all that is trained now: lately, or since it began [1/s]."""
        return self.lately or sum(step.rate or 0.0 for step in self.steps) or None

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
        if not self.runs:
            return None
        numbers = [index + 1 for index in self.runs]
        return run_strips(list(self.runs.values()), self.strip_medians, numbers=numbers)

    @property
    def strip_medians(self) -> list[float]:
        medians = {training.index: training.median for training in self.trainings}
        return [mph for index in self.runs if (mph := medians[index]) is not None]

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
