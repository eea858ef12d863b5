"""The engine: what it tells, how it fails, and that it stops."""

import threading

import pytest

from grader.compiled.engine import compute
from grader.config import validate
from grader.errors import DivergedError
from grader.grading import plan
from grader.progress import DRIVING, TRAINING, Progress
from tests.grader.small import DIVERGING, PROTOCOL, quick


class Heard:
    """A listener that notes everything, and on which thread it was told."""

    def __init__(self) -> None:
        self.progress: list[Progress] = []
        self.results: list = []
        self.threads: set[int] = set()

    def on_progress(self, progress: Progress) -> None:
        self.threads.add(threading.get_ident())
        self.progress.append(progress)

    def on_result(self, result) -> None:
        self.threads.add(threading.get_ident())
        self.results.append(result)


def run(config, heard: Heard, jobs: int | None = None) -> None:
    compute(
        config,
        PROTOCOL,
        plan(config, PROTOCOL, "k"),
        jobs=jobs,
        on_progress=heard.on_progress,
        on_result=heard.on_result,
    )


def test_each_training_is_told_of_to_its_end_on_the_callers_thread():
    heard, config = Heard(), quick(training_iterations=333)
    run(config, heard, jobs=3)
    assert heard.threads == {threading.get_ident()}
    assert sorted(result.index for result in heard.results) == [0, 1, 2, 3, 4]
    for result in heard.results:
        told = [it for it in heard.progress if it.training == result.index]
        assert [it.stage for it in told] == sorted((it.stage for it in told), reverse=True)
        for stage, total in ((TRAINING, 333), (DRIVING, 300)):
            steps = [it for it in told if it.stage == stage]
            assert steps[-1].iteration == steps[-1].total == total
            assert [it.iteration for it in steps] == sorted(it.iteration for it in steps)
        curve = tuple(point for it in told for point in it.curve)
        assert curve == result.curve
        assert [point.iteration for point in curve] == [*range(4, 333, 4), 333]
        assert curve[0].loss is None
        assert all(point.loss > 0 for point in curve[20:])
        assert all(-3 <= point.reward <= 3 for point in curve)
        assert (curve[0].epsilon, curve[-1].epsilon) == (1, 0)


def test_a_training_that_diverges_ends_with_its_iteration_and_likely_cause():
    with pytest.raises(DivergedError, match=r"training \d diverged by iteration") as caught:
        run(DIVERGING, Heard())
    assert 40 < caught.value.iteration < 4000
    assert "trainer.learning_rate, 10 with trainer.momentum, 0.9: try a tenth" in str(caught.value)


def test_when_one_training_diverges_the_others_stop():
    # months of computing, if nobody stopped it
    endless = validate(
        {**DIVERGING.changes(), "training_iterations": 5_000_000, "layers": [{"units": 1024}] * 2}
    )
    before = threading.active_count()
    with pytest.raises(DivergedError):
        run(endless, Heard(), jobs=2)
    assert threading.active_count() == before


def test_a_listener_that_raises_stops_everything():
    class TiredError(Exception):
        pass

    class Tired(Heard):
        def on_progress(self, progress: Progress) -> None:
            raise TiredError

    before = threading.active_count()
    with pytest.raises(TiredError):
        run(quick(training_iterations=5_000_000), Tired(), jobs=2)
    assert threading.active_count() == before


def test_original_rules_train_and_drive_too():
    protocol = PROTOCOL.model_copy(update={"rules": "deeptraffic-v2"})
    heard, config = Heard(), quick(other_agents=2)
    compute(
        config,
        protocol,
        plan(config, protocol, "k")[:2],
        jobs=1,
        on_progress=heard.on_progress,
        on_result=heard.on_result,
    )
    other = Heard()
    run(config, other, jobs=1)
    assert heard.results[0].runs != other.results[0].runs
    assert all(0 < mph <= 80 for result in heard.results for mph in result.runs)
