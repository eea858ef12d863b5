"""A grading as a bundle, which `python -m grader verify` repeats: made of rows, when asked for."""

from grader import bundle, network_file
from grader.grade import Grade, TrainingResult
from grader.pretrained import Pretrained
from grader.progress import Point
from grader.scoring import Score
from leaderboard.models import Evaluation, Submission, Training, Weights


def bundle_of(evaluation: Evaluation) -> bytes:
    """The bundle of a submission's succeeded evaluation; no seeds before the key is published."""
    assert evaluation.submission is not None
    competition = evaluation.competition
    return bundle.write(
        _grade_of(evaluation),
        key=competition.key if competition.key_is_public() else None,
        grader_version=evaluation.grader_version,
    )


def _grade_of(evaluation: Evaluation) -> Grade:
    """What the grader returned when it was computed."""
    assert evaluation.submission is not None
    assert evaluation.score is not None
    assert evaluation.upper_median is not None
    assert evaluation.interval_low is not None
    assert evaluation.interval_high is not None
    submission = evaluation.submission
    interval = (evaluation.interval_low, evaluation.interval_high)
    trainings = evaluation.trainings.order_by("index").prefetch_related("runs")
    return Grade(
        Score(evaluation.score, evaluation.upper_median, interval),
        tuple(map(_result_of, trainings)),
        submission.network_config,
        evaluation.protocol,
        seconds=0.0,
        network=_network(submission),
    )


def _network(submission: Submission) -> Pretrained | None:
    if not submission.brought_trained:
        return None
    file = Weights.objects.get(submission=submission)
    return network_file.read(bytes(file.content), file.name, submission.network_config)


def _result_of(training: Training) -> TrainingResult:
    assert training.seconds is not None
    assert training.median is not None
    runs = list(training.runs.all())
    traces = tuple(run.trace for run in runs)
    return TrainingResult(
        index=training.index,
        seed=int(training.seed, 16),
        engine=training.engine,
        seconds=training.seconds,
        runs=tuple(run.average_mph for run in runs),
        median=training.median,
        curve=tuple(Point(**point) for point in training.curve),
        weights_hash=training.weights_hash,
        traces=traces if all(traces) else (),  # graded before there were any
    )
