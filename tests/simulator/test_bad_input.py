"""What is refused before compiled code sees it, and how it is named."""

from typing import Any

import numpy as np
import pytest

from simulator.policies import NoAction, drive, drive_session
from simulator.rules import OPEN, ORIGINAL, Rules
from simulator.scripts import CONSTANT, GAP_VIEW, SEEKS_GAPS, Script
from simulator.traffic import MAX_FRAMES, MAX_ROADS, Traffic, View

VIEW = View(1, 10, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"roads": 0}, "roads is 0; it must be 1 to"),
        ({"roads": -1}, "roads is -1; it must be 1 to"),
        ({"roads": MAX_ROADS + 1}, f"it must be 1 to {MAX_ROADS}"),
        ({"roads": 1.5}, "roads is 1.5; it must be a whole number"),
        ({"other_agents": 11}, "other_agents is 11; it must be 0 to 10"),
        ({"other_agents": -1}, "other_agents is -1; it must be 0 to 10"),
        ({"frames": 0}, "frames is 0; it must be 1 to"),
        ({"frames": MAX_FRAMES + 1}, f"it must be 1 to {MAX_FRAMES}"),
        ({"threads": 0}, "threads is 0; it must be 1 to 64"),
        ({"threads": 65}, "threads is 65; it must be 1 to 64"),
        ({"rules": "open"}, "rules are 'open'; they must be one of open, deeptraffic-v2"),
        ({"rules": None}, "rules are None; they must be one of open, deeptraffic-v2"),
        ({"view": View(7, 10, 0)}, "lanes_side is 7; it must be 0 to 6"),
        ({"view": View(-1, 10, 0)}, "lanes_side is -1; it must be 0 to 6"),
        ({"view": View(1, 0, 0)}, "patches_ahead is 0; it must be 1 to 70"),
        ({"view": View(1, 71, 0)}, "patches_ahead is 71; it must be 1 to 70"),
        ({"view": View(1, 1, -1)}, "patches_behind is -1; it must be 0 to 70"),
        ({"view": View(1, 1, 71)}, "patches_behind is 71; it must be 0 to 70"),
    ],
)
def test_a_number_out_of_bounds_is_named_with_its_bound(change: dict, message: str) -> None:
    arguments: dict[str, Any] = {"roads": 2, "view": VIEW} | change
    with pytest.raises(ValueError, match=message):
        Traffic(arguments.pop("roads"), **arguments)


def test_numbers_on_their_bounds_are_taken() -> None:
    Traffic(1, view=View(6, 70, 70), other_agents=10, frames=1)
    Traffic(1, view=View(0, 1, 0), other_agents=0, frames=MAX_FRAMES)


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([1], r"shape \(1,\); they must have shape \(2,\)"),
        ([[1, 2]], r"shape \(1, 2\); they must be one row"),
        ([1, -1], "seed -1 must be a whole number, 0 to 18446744073709551615"),
        ([1, 2**64], "seed 18446744073709551616 must be a whole number, 0 to"),
        ([1, 2.0], "seed 2.0 must be a whole number"),
        ([1, True], "seed True must be a whole number"),
        ([1, None], "seed None must be a whole number"),
        (np.array([1.0, 2.0]), "seeds are float64; they must be whole numbers"),
        (np.array([True, False]), "seeds are bool; they must be whole numbers"),
        (np.array([1, -1]), "must be a whole number, 0 to"),
    ],
)
def test_a_seed_out_of_bounds_is_named(seeds: Any, message: str) -> None:
    traffic = Traffic(2, view=VIEW)
    with pytest.raises(ValueError, match=message):
        traffic.reset(seeds)


@pytest.mark.parametrize(
    "seeds",
    [
        [0, 2**64 - 1],
        range(2),
        np.array([0, 2**64 - 1], np.uint64),
        np.array([3, 4], np.int32),
        np.arange(4, dtype=np.uint64)[::2],
    ],
)
def test_any_unsigned_64_bit_seeds_are_taken(seeds: Any) -> None:
    traffic = Traffic(2, view=VIEW)
    traffic.reset(seeds)
    assert traffic.seeds.tolist() == [int(seed) for seed in seeds]


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([1], r"shape \(1,\); they must have shape \(2,\)"),
        (1, r"shape \(\); they must have shape \(2,\)"),
        ([[1, 2]], r"shape \(1, 2\); they must have shape \(2,\)"),
        ([1, 5], "action 5 must be 0 to 4"),
        ([-1, 0], "action -1 must be 0 to 4"),
        (np.array([2**63, 0], np.uint64), "action 9223372036854775808 must be 0 to 4"),
        ([1.0, 2.0], "actions are float64; they must be whole numbers"),
        ([True, False], "actions are bool; they must be whole numbers"),
    ],
)
def test_an_action_out_of_bounds_is_named_and_changes_nothing(actions: Any, message: str) -> None:
    traffic = Traffic(2, view=VIEW)
    traffic.reset([1, 2])
    before = [part.copy() for part in traffic.roads]
    with pytest.raises(ValueError, match=message):
        traffic.step(actions)
    assert all((old == new).all() for old, new in zip(before, traffic.roads, strict=True))
    assert traffic.frame == 0


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_actions_of_any_whole_type_are_taken(dtype: type) -> None:
    traffic = Traffic(2, view=VIEW)
    traffic.reset([1, 2])
    traffic.step(np.array([0, 4], dtype))
    assert traffic.frame == 30


def test_a_step_before_the_reset_is_refused() -> None:
    with pytest.raises(ValueError, match=r"step\(\) before reset\(\)"):
        Traffic(1, view=VIEW).step([0])


def test_a_step_after_the_end_is_refused_until_the_next_reset() -> None:
    traffic = Traffic(1, view=VIEW, frames=30)
    traffic.reset([1])
    traffic.step([0])
    assert traffic.finished
    with pytest.raises(ValueError, match="all 30 frames are driven"):
        traffic.step([0])
    traffic.reset([1])
    assert not traffic.finished
    traffic.step([0])


def test_the_next_run_is_refused_where_runs_are_independent() -> None:
    traffic = Traffic(1, view=VIEW)
    traffic.reset([1])
    with pytest.raises(ValueError, match=r"next_run\(\) under ruleset 'open'.* use reset\(\)"):
        traffic.next_run()


def test_the_next_run_is_refused_before_the_first() -> None:
    with pytest.raises(ValueError, match=r"next_run\(\) before reset\(\)"):
        Traffic(1, view=VIEW, rules=ORIGINAL).next_run()


@pytest.mark.parametrize(("rules", "runs", "most"), [(OPEN, 2, 1), (ORIGINAL, 0, MAX_FRAMES)])
def test_a_number_of_runs_out_of_bounds_is_named(rules: Rules, runs: int, most: int) -> None:
    traffic = Traffic(1, view=VIEW, rules=rules)
    with pytest.raises(ValueError, match=f"runs is {runs}; it must be 1 to {most}"):
        traffic.drive(Script(CONSTANT, 0), [0], runs=runs)


@pytest.mark.parametrize(
    ("script", "view", "message"),
    [
        (Script(3, 0), VIEW, "kind is 3; it must be 0 to 2"),
        (Script(CONSTANT, 5), VIEW, "action is 5; it must be 0 to 4"),
        (Script(SEEKS_GAPS, 51), GAP_VIEW, "threshold is 51; it must be 0 to 50"),
        (Script(SEEKS_GAPS, 5), VIEW, "a gap seeker looks through"),
    ],
)
def test_a_script_out_of_bounds_is_named(script: Script, view: View, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Traffic(1, view=view).drive(script, [0])


@pytest.mark.parametrize(
    "frames",
    [
        [(0,)] * 10,
        [(0,) * (n + 1) for n in range(11)],
        [tuple(range(1, n + 2)) for n in range(11)],
        [tuple(4 * car for car in range(n + 1)) for n in range(11)],
    ],
)
def test_decision_frames_that_do_not_fit_are_refused(frames: Any) -> None:
    with pytest.raises(ValueError, match="decision_frames"):
        Rules("mine", OPEN.quirks, tuple(frames))


@pytest.mark.parametrize(
    "call",
    [
        lambda: drive_session(NoAction(), 0),
        lambda: drive_session(NoAction(), 1, first=0),
        lambda: drive_session(NoAction(), 1, first=2**64),
        lambda: drive(NoAction(), [0], frames=0),
        lambda: drive(NoAction(), [-1]),
        lambda: drive_session(NoAction(), 2, rules=OPEN),
    ],
)
def test_a_drive_out_of_bounds_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        call()
