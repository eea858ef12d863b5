"""Two or three graded submissions beside each other: what differs, and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

from grader.cost import estimate, spelled
from grader.difference import Difference, score_differences
from grader.joint_bootstrap import Entrant, in_hundredths
from grader.schema import NetworkConfig
from grader.seeds import standing_seed
from leaderboard.charts import (
    LETTERS,
    Differences,
    Gaps,
    Learnt,
    OverlaidCurves,
    OverlaidRuns,
    Scored,
    differences,
    gaps,
    overlaid_curves,
    overlaid_runs,
)
from leaderboard.configuration import Spread, spread_of
from leaderboard.models import Competition, Evaluation, Run, Submission, Training, User
from leaderboard.remembered import Remembered

_remembered: Remembered[list[Difference]] = Remembered(500)
"""By evaluations, which never change."""


@dataclass(frozen=True)
class Side:
    """One of them.

    Attributes:
        letter: What it is called in the plots.
        shows_config: Whether the reader may see its configuration, and what tells of it.
        runs: Averages by training [mph].
        curves: Learning curves of its trainings, if they may be seen.
    """

    letter: str
    submission: Submission
    evaluation: Evaluation
    shows_config: bool
    runs: dict[int, list[float]]
    curves: list[list[dict[str, Any]]]

    @property
    def place(self) -> int:
        return LETTERS.index(self.letter)

    @cached_property
    def config(self) -> NetworkConfig:
        return self.submission.network_config

    @property
    def scored(self) -> Scored:
        it = self.evaluation
        assert it.score is not None
        return Scored(self.runs, it.score, it.interval_low, it.interval_high)


class OnRoads(NamedTuple):
    """How a pair drove road by road."""

    first: str
    second: str
    drawn: Differences


@dataclass(frozen=True)
class Beside:
    """The whole picture; each part is made when it is told."""

    competition: Competition
    sides: list[Side]

    @cached_property
    def runs(self) -> OverlaidRuns:
        return overlaid_runs([it.scored for it in self.sides])

    @cached_property
    def curves(self) -> OverlaidCurves | None:
        return overlaid_curves(
            [
                Learnt(it.letter, it.curves, it.config.training_iterations)
                for it in self.sides
                if it.curves
            ]
        )

    @property
    def shown(self) -> list[Side]:
        return [it for it in self.sides if it.shows_config]

    @property
    def opens_at(self) -> datetime | None:
        """When what is hidden can be seen by everybody, if that is known."""
        visible = self.competition.configs_visible
        after_close = Competition.ConfigsVisible.AFTER_CLOSE
        return self.competition.closes_at if visible == after_close else None

    @cached_property
    def gaps(self) -> Gaps:
        found = []
        for alike in self._alike:
            if not alike[0].runs:
                continue  # whose runs are not kept cannot be drawn anew
            letters = [it.letter for it in alike]
            found += [
                (letters[it.first], letters[it.second], it.gain, it.low, it.high)
                for it in self._differences(alike)
            ]
        return gaps(sorted(found))

    @cached_property
    def on_roads(self) -> list[OnRoads]:
        pairs = sorted(
            ((one, other) for alike in self._alike for one, other in combinations(alike, 2)),
            key=lambda pair: (pair[0].letter, pair[1].letter),
        )
        return [
            OnRoads(one.letter, other.letter, drawn)
            for one, other in pairs
            if (drawn := differences(one.runs, other.runs))
        ]

    @cached_property
    def protocols(self) -> list[tuple[str, Evaluation]]:
        """Where they are not all graded alike: who was graded how."""
        if len(self._alike) == 1:
            return []
        return [
            (" and ".join(it.letter for it in alike), alike[0].evaluation) for alike in self._alike
        ]

    @cached_property
    def _alike(self) -> list[list[Side]]:
        """Those that drove the same roads, together."""
        found: list[list[Side]] = []
        for side in self.sides:
            for alike in found:
                if _roads(alike[0]) == _roads(side):
                    alike.append(side)
                    break
            else:
                found.append([side])
        return found

    def _differences(self, alike: Sequence[Side]) -> list[Difference]:
        asked = tuple(it.evaluation.pk for it in alike)
        return _remembered.get(asked, lambda: self._computed(alike))

    def _computed(self, alike: Sequence[Side]) -> list[Difference]:
        entrants = [
            Entrant(int(it.evaluation.bootstrap_seed, 16), in_hundredths(list(it.runs.values())))
            for it in alike
        ]
        return score_differences(entrants, seed=standing_seed(self.competition.key))

    @cached_property
    def fields(self) -> list[Spread]:
        """Of the configurations that are shown, and what follows from each."""
        configs = [it.config for it in self.shown]
        trained = self.sides[0].submission.brought_trained
        derived = [
            _derived("Cells seen", "At one moment.", [it.num_states for it in configs]),
            _derived("Inputs", "Numbers that the network gets.", [it.num_inputs for it in configs]),
            _derived("Weights and biases", "Of all layers.", [it.parameters for it in configs]),
            Spread(
                "Cost, in reference core-seconds",
                "",
                "Seconds of one core of the reference machine.",
                [
                    spelled(estimate(it.config, it.evaluation.protocol, trained=trained).seconds)
                    for it in self.shown
                ],
            ),
        ]
        return [*spread_of(configs, trained=trained), *derived] if configs else []

    @property
    def differing(self) -> list[Spread]:
        return [it for it in self.fields if it.differs]

    @property
    def common(self) -> list[Spread]:
        return [it for it in self.fields if not it.differs]


def beside_each_other(picked: Sequence[tuple[Submission, Evaluation]], user: User | Any) -> Beside:
    """Of submissions to one board, two queries however many."""
    evaluations = [evaluation.pk for _, evaluation in picked]
    runs = _runs(evaluations)
    shows = [submission.config_is_visible_to(user) for submission, _ in picked]
    curves = _curves([pk for pk, may in zip(evaluations, shows, strict=True) if may])
    sides = [
        Side(letter, *pair, may, runs.get(pair[1].pk, {}), curves.get(pair[1].pk, []))
        for letter, pair, may in zip(LETTERS, picked, shows, strict=False)
    ]
    return Beside(picked[0][0].competition, sides)


def _runs(evaluations: Sequence[int]) -> dict[int, dict[int, list[float]]]:
    """The averages by evaluation and training, each in the order of the roads [mph]."""
    rows = Run.objects.filter(training__evaluation__in=evaluations)
    names = ("training__evaluation", "training__index", "average_mph")
    found: dict[int, dict[int, list[float]]] = {}
    for evaluation, index, mph in rows.order_by("training__index", "index").values_list(*names):
        found.setdefault(evaluation, {}).setdefault(index, []).append(mph)
    return found


def _curves(evaluations: Sequence[int]) -> dict[int, list[list[dict[str, Any]]]]:
    rows = Training.objects.filter(evaluation__in=evaluations).order_by("index")
    found: dict[int, list[list[dict[str, Any]]]] = {}
    for evaluation, curve in rows.values_list("evaluation", "curve"):
        found.setdefault(evaluation, []).append(curve)
    return found


def _roads(side: Side) -> tuple[object, ...]:
    """What has the same is driven on the same roads, within a competition."""
    shape = tuple((index, len(runs)) for index, runs in side.runs.items())
    return (*sorted(side.evaluation.protocol_fields.items()), shape)


def _derived(title: str, means: str, values: Sequence[int]) -> Spread:
    return Spread(title, "", means, [f"{value:,}" for value in values])
