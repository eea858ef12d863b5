"""When a grading will begin and end: reference core-seconds by the machines that are at work."""

from typing import NamedTuple

from grader.config import NetworkConfig
from grader.cost import duration
from grader.protocol import Protocol
from leaderboard import line
from leaderboard.models import Calibration, Evaluation, Status, Training, User


class Pace(NamedTuple):
    """The machines that compute for this site now.

    Attributes:
        machines: How many.
        cores: Of all of them.
        throughput: Reference core-seconds that all of them do in a second.
    """

    machines: int
    cores: int
    throughput: float

    def duration(
        self, config: NetworkConfig, protocol: Protocol, *, trained: bool = False
    ) -> float:
        """How long one of them takes for a grading, if it does nothing else [s]."""
        cores, speed = max(1, round(self.cores / self.machines)), self.throughput / self.cores
        return duration(config, protocol, cores=cores, speed=speed, trained=trained)


class Forecast(NamedTuple):
    """What to expect of a grading, were nothing else handed in meanwhile [s]."""

    wait: float
    takes: float

    @property
    def all(self) -> float:
        return self.wait + self.takes


def forecast(
    config: NetworkConfig,
    protocol: Protocol,
    evaluation: Evaluation | None = None,
    *,
    user: User | None = None,
    spot: line.Spot | None = None,
    trained: bool = False,
) -> Forecast | None:
    """For an evaluation at its spot in line, or for one that `user` hands in now; None: nobody can
    tell.
    """
    here = pace()
    if here is None:
        return None
    takes = here.duration(config, protocol, trained=trained)
    ahead = work_ahead(evaluation, user=user, spot=spot)
    return Forecast(ahead / here.throughput, takes)


def pace() -> Pace | None:
    """The site's pace now; None: no machine is at work, or none has measured itself yet."""
    alive = list(Calibration.objects.alive())
    if not alive:
        return None
    return Pace(
        machines=len(alive),
        cores=sum(it.cores for it in alive),
        throughput=sum(it.cores * it.speed for it in alive),
    )


def work_ahead(
    evaluation: Evaluation | None = None,
    *,
    user: User | None = None,
    spot: line.Spot | None = None,
) -> float:
    """What is to be done before an evaluation in line, or before one that `user` hands in now.

    Returns:
        Reference core-seconds.
    """
    left = _left_of_what_runs(evaluation)
    if evaluation is None:
        return left + (line.ahead_of_new(user) if user else 0.0)
    spot = spot or line.spot(evaluation)
    return left + (spot.ahead if spot else 0.0)


def _left_of_what_runs(but: Evaluation | None) -> float:
    running = Training.objects.filter(status=Status.RUNNING)
    if but is not None:
        running = running.exclude(evaluation=but)
    left = 0.0
    for training in running.select_related("evaluation__submission"):
        evaluation = training.evaluation
        if evaluation.submission and evaluation.reference_seconds:
            protocol = evaluation.protocol
            total = evaluation.submission.network_config.training_iterations
            if evaluation.brought_trained:
                total = protocol.frames
            share = 1 - min(1.0, training.iteration / total)
            left += share * evaluation.reference_seconds / protocol.trainings
    return left
