"""A grading as its page tells it: status in words, progress, plots and history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import fmean
from typing import NamedTuple

from django.utils import timezone

from grader.config import NetworkConfig
from grader.cost import Cost, drive_seconds, estimate, iteration_seconds
from leaderboard import line
from leaderboard.charts import Curves, Strips, learning_curves, run_strips
from leaderboard.models import Attempt, Evaluation, Status, Training, Worker
from leaderboard.pace import Forecast, Pace, forecast, pace

REFERENCE = Pace(machines=1, cores=2, throughput=2.0)
"""What is told by where no machine of the site has measured itself."""
EARLY = 0.03
"""Progress below which time left is told from the estimate alone [1]."""


class Step(NamedTuple):
    """How far one training is, or the runs of a network that is not trained."""

    number: int
    name: str
    status: Status
    words: str
    share: float
    median: float | None


@dataclass
class Report:
    """One evaluation of a network."""

    evaluation: Evaluation
    config: NetworkConfig

    @cached_property
    def trainings(self) -> list[Training]:
        return list(self.evaluation.trainings.order_by("index"))

    @cached_property
    def steps(self) -> list[Step]:
        return [self._step(training) for training in self.trainings]

    def _step(self, training: Training) -> Step:
        total, status = self.config.training_iterations, Status(training.status)
        done = min(training.iteration, total)
        share = (1 - self._driving_share) * done / total
        words = status.label.lower()
        if status == Status.RUNNING:
            words = f"{done:,} of {total:,} iterations"
            if training.stage == "driving":
                share, words = self._driven(training)
            elif not training.stage:
                words = "starting"
        elif status == Status.SUCCEEDED:
            share, words = 1.0, "done"
        name = "Driving" if self.driven else f"Training {training.index + 1}"
        return Step(training.index + 1, name, status, words, share, training.median)

    def _driven(self, training: Training) -> tuple[float, str]:
        """Trained networks are driven all at once; of one that was brought it is told how far."""
        protocol = self.evaluation.protocol
        if not self.driven:
            return 1 - self._driving_share / 2, f"driving its {protocol.runs} runs"
        share = min(1.0, training.iteration / protocol.frames)
        return share, f"{share:.0%} of {protocol.runs} runs".replace("%", " %")

    @property
    def driven(self) -> bool:
        """Whether nothing is trained."""
        return self.evaluation.brought_trained

    @cached_property
    def _driving_share(self) -> float:
        """Of a training's time, what its runs take [1]."""
        driving = drive_seconds(self.config, self.evaluation.protocol)
        training = self.config.training_iterations * iteration_seconds(self.config)
        return driving / (driving + training)

    @cached_property
    def cost(self) -> Cost:
        return estimate(self.config, self.evaluation.protocol, trained=self.driven)

    @cached_property
    def forecast(self) -> Forecast | None:
        """Of one in line."""
        protocol = self.evaluation.protocol
        return forecast(self.config, protocol, self.evaluation, spot=self.spot, trained=self.driven)

    @cached_property
    def estimated_seconds(self) -> float:
        """How long it runs on a machine of this site, or on the reference machine [s]."""
        known = pace() or REFERENCE
        return known.duration(self.config, self.evaluation.protocol, trained=self.driven)

    @cached_property
    def started_at(self) -> datetime | None:
        first = Attempt.objects.filter(training__evaluation=self.evaluation, exit="")
        return first.order_by("started_at").values_list("started_at", flat=True).first()

    @property
    def seconds_left(self) -> float | None:
        """By the pace so far; by the estimate while there is hardly any; None when unknown."""
        if self.started_at is None:
            return None
        gone = (timezone.now() - self.started_at).total_seconds()
        # at the pace of what runs now; what was finished before it began says nothing of that
        running = [step.share for step in self.steps if step.status == Status.RUNNING]
        share = fmean(running) if running else 0.0
        if share >= EARLY:
            return max(1.0, gone / share * (1 - share))
        return self.estimated_seconds - gone if gone < self.estimated_seconds else None

    @cached_property
    def place_in_line(self) -> int:
        """1 is next."""
        return self.spot.place if self.spot else 1

    @cached_property
    def spot(self) -> line.Spot | None:
        return line.spot(self.evaluation)

    @cached_property
    def somebody_works(self) -> bool:
        """Whether there is a worker that takes anything."""
        return Worker.objects.fit().exists()

    @cached_property
    def running_elsewhere(self) -> int:
        return (
            Evaluation.objects.filter(status=Status.RUNNING).exclude(pk=self.evaluation.pk).count()
        )

    @cached_property
    def curves(self) -> Curves | None:
        return learning_curves(
            [training.curve for training in self.trainings],
            iterations=self.config.training_iterations,
        )

    @cached_property
    def strips(self) -> Strips | None:
        done = list(
            self.evaluation.trainings.filter(status=Status.SUCCEEDED)
            .order_by("index")
            .prefetch_related("runs")
        )
        if not done:
            return None
        return run_strips(
            [[run.average_mph for run in training.runs.all()] for training in done],
            [training.median for training in done if training.median is not None],
            numbers=[training.index + 1 for training in done],
        )

    @property
    def attempts(self) -> Iterable[Attempt]:
        of_this = Attempt.objects.filter(training__evaluation=self.evaluation)
        return of_this.select_related("training").order_by("training__index", "fence")

    @property
    def seconds_taken(self) -> float:
        return sum(training.seconds or 0.0 for training in self.trainings)
