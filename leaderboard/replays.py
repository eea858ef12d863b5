"""What the page of a replay shows: which runs, whose, and from which moment on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from grader.scoring import best_median_worst
from leaderboard.charts import StillCar, still_cars
from leaderboard.charts.strips import name_of
from leaderboard.models import Baseline, Evaluation, Recording, Submission, User
from simulator.recording import unpacked

KINDS = ("Best", "Median", "Worst")
ACTIONS = ("Keep on", "Accelerate", "Brake", "Turn left", "Turn right")
LONGEST = 9
"""Digits of a number that somebody asks for [1]."""


class Run(NamedTuple):
    """`training` and `number` count from 1; `kind` is one of KINDS, or empty."""

    training: int
    number: int
    mph: float
    kind: str = ""

    @property
    def name(self) -> str:
        return name_of(self.training, self.number)


@dataclass(frozen=True, slots=True)
class Driver:
    """Who drives: a participant's network, or a script that has nothing to hide and no page."""

    subject: Submission | Baseline

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def submission(self) -> Submission | None:
        return self.subject if isinstance(self.subject, Submission) else None

    @property
    def name(self) -> str:
        """Of the participant, or of the script."""
        return self.submission.participant.display_name if self.submission else str(self)

    @property
    def colour(self) -> str:
        return self.submission.participant.colour if self.submission else ""

    @property
    def replay(self) -> str:
        """The address of the page that plays its runs."""
        return reverse("replay" if self.submission else "baseline_replay", args=[self.subject.pk])

    def recording(self, run: Run) -> str:
        """The address of the bytes of a run."""
        name = "submission_run" if self.submission else "baseline_run"
        return reverse(name, args=[self.subject.pk, run.training, run.number])

    def tells(self, reader: User | AnonymousUser) -> bool:
        """Whether the reader may know what tells of the network, if it is one."""
        return self.submission is not None and self.submission.config_is_visible_to(reader)


@dataclass(frozen=True, slots=True)
class Track:
    """A road on the page.

    Attributes:
        who: Whose, where roads of several are side by side.
        recording: Where its bytes are.
        told: Whether the reader may know what tells of the network.
        still: The cars of its still picture; none where it isn't recorded yet.
    """

    run: Run
    driver: Driver
    who: str
    recording: str
    told: bool
    still: list[StillCar]

    @property
    def title(self) -> str:
        if self.who:
            return self.who
        return self.run.kind or f"Run {self.run.name}"


class Runs:
    """The runs of one evaluation that has driven them all."""

    def __init__(self, runs: dict[int, list[float]]) -> None:
        self._runs = runs
        self.chosen = {index + 1: self._three(index) for index in sorted(runs)}
        """Best, median and worst of each training."""

    def _three(self, index: int) -> list[Run]:
        runs = self._runs[index]
        places = best_median_worst(runs)
        return [
            Run(index + 1, at + 1, runs[at], kind) for kind, at in zip(KINDS, places, strict=True)
        ]

    @property
    def first(self) -> Run:
        """The median run of the training in the middle: what a replay begins with."""
        medians = sorted((three[1] for three in self.chosen.values()), key=lambda run: run.mph)
        return medians[len(medians) // 2]

    @property
    def last_name(self) -> str:
        """Of the last run of the last training."""
        return name_of(max(self._runs) + 1, len(self._runs[max(self._runs)]))

    def find(self, training: int, number: int) -> Run | None:
        runs = self._runs.get(training - 1, [])
        if not 1 <= number <= len(runs):
            return None
        kinds = [it.kind for it in self.chosen[training] if it.number == number]
        return Run(training, number, runs[number - 1], kinds[0] if kinds else "")

    def asked(self, wrote: str) -> list[Run]:
        """Those of a text like 2-17, or the three of training 2; none: there are no such."""
        parts = wrote.split("-")
        if not all(it.isascii() and it.isdecimal() and len(it) <= LONGEST for it in parts):
            return []
        match [int(it) for it in parts]:
            case [training]:
                return self.chosen.get(training, [])
            case [training, number]:
                found = self.find(training, number)
                return [found] if found else []
        return []


class Shown(NamedTuple):
    """Runs of one evaluation."""

    driver: Driver
    evaluation: Evaluation
    runs: list[Run]


def tracks(all_shown: Sequence[Shown], *, reader: User | AnonymousUser) -> list[Track]:
    """The roads: several runs of one driver, or one run of several."""
    several = len(all_shown) > 1
    stills = _stills(all_shown)
    return [
        Track(
            run,
            driver,
            driver.name if several else "",
            driver.recording(run),
            driver.tells(reader),
            stills.get((evaluation.pk, run.training, run.number), []),
        )
        for driver, evaluation, runs in all_shown
        for run in runs
    ]


def _stills(all_shown: Sequence[Shown]) -> dict[tuple[int, int, int], list[StillCar]]:
    """Of those that are recorded, by one query."""
    wanted = {(run.training, run.number) for shown in all_shown for run in shown.runs}
    rows = (
        Recording.objects.made()
        .filter(
            run__training__evaluation__in=[shown.evaluation for shown in all_shown],
            run__training__index__in={training - 1 for training, _ in wanted},
            run__index__in={number - 1 for _, number in wanted},
        )
        .values_list("run__training__evaluation", "run__training__index", "run__index", "content")
    )
    found = {}
    for evaluation, training, number, content in rows:
        if (training + 1, number + 1) in wanted:
            kept = unpacked(bytes(content))
            cars = still_cars(kept.still, agents=kept.other_agents + 1)
            found[evaluation, training + 1, number + 1] = cars
    return found
