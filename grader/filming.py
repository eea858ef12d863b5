"""The recordings that go with a job's results."""

from grader.grade import TrainingResult
from grader.job import Job
from grader.pretrained import Pretrained
from grader.recordings import Driver, best_median_worst, record
from simulator.policies import by_name


def filmed(job: Job, result: TrainingResult) -> dict[int, bytes]:
    """The runs that the job wants to see, of one of its trainings."""
    (training,) = [it for it in job.trainings if it.index == result.index]
    runs = best_median_worst(result.runs) if job.record is None else job.record
    return record(result, training, job.protocol, _driver(job, result), runs)


def _driver(job: Job, result: TrainingResult) -> Driver:
    if job.config is None:
        return Driver(by_name(str(job.driver)).view)
    return Driver.of(job.network or Pretrained.of(job.config, result.matrices))
