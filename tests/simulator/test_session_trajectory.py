"""Recordings of the original's runs: each from the middle of its session, in every bit."""

from functools import cache

import numpy as np
import pytest

from simulator.interpolation import interpolated
from simulator.packing import HEADER, LEAST_FOLLOW, packed, unpacked
from simulator.policies import Moment, by_name, drive_session
from simulator.road import ACTIONS
from simulator.rules import OPEN, ORIGINAL
from simulator.traffic import Traffic, View
from simulator.trajectory import UNDECIDED, Recorder, Trajectory, exact, exact_observations
from tests.simulator import drivers
from tests.simulator.oracle import Oracle
from tests.simulator.random_numbers import StreamDraws


@cache
def recorded(
    name: str = "gap-seeker-10",
    *,
    before: int = 40,
    runs: int = 3,
    other_agents: int = 0,
    frames: int = 2000,
) -> Trajectory:
    """The last of some runs of a session, with all that can be recorded."""
    policy = by_name(name)
    traffic = Traffic(1, view=policy.view, other_agents=other_agents, frames=frames, rules=ORIGINAL)
    traffic.reset([before])
    for run in range(runs):
        if run:
            traffic.next_run()
        recorder = Recorder(traffic, with_observations=True)
        while not traffic.finished:
            moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
            actions = policy.act(traffic.observations, moment)
            recorder.note(actions[0], values=np.arange(ACTIONS) / 3 - traffic.frame)
            traffic.step(actions)
    return recorder.trajectory()


@pytest.mark.parametrize(("other_agents", "frames"), [(0, 250), (3, 250), (10, 700)])
@pytest.mark.parametrize("runs", [1, 3])
def test_every_frame_of_a_sessions_run_comes_back_in_every_bit(
    other_agents: int, frames: int, runs: int
) -> None:
    trajectory = unpacked(packed(recorded(runs=runs, other_agents=other_agents, frames=frames)))
    oracle = Oracle(StreamDraws(run=40), other_agents, drivers.GAP_VIEW, original=True)
    for _ in range(runs - 1):
        oracle.reset()
        for _ in range(frames):
            oracle.drive_frame(drivers.gap_seeker(10))
    oracle.reset()
    assert trajectory.seed == 40 + runs
    for frame in range(1, frames + 1):
        cycle = (frame - 1) // 30
        oracle.drive_frame(lambda car, *_: trajectory.actions[cycle, car])  # noqa: B023
        if frame % 13 == 1 or frame == frames:
            cars = exact(trajectory, frame)
            assert cars.x.tolist() == [car.x for car in oracle.cars]
            assert cars.y.tolist() == [car.y for car in oracle.cars]
            assert cars.lane.tolist() == [car.lane for car in oracle.cars]
            assert cars.throttle.tolist() == [car.a for car in oracle.cars]
            assert cars.follow.tolist() == [car.c for car in oracle.cars]


@pytest.mark.parametrize("name", ["gap-seeker-10", "decelerate"])
@pytest.mark.parametrize("other_agents", [0, 10])
def test_the_bytes_give_the_samples_back_within_their_units(name: str, other_agents: int) -> None:
    before = recorded(name, other_agents=other_agents)
    packet = packed(before)
    after = unpacked(packet)
    assert packed(after) == packet
    assert (after.rules, after.seed, after.stream) == ("deeptraffic-v2", 43, before.stream)
    assert after.average_mph == before.average_mph
    assert after.actions.tolist() == before.actions.tolist()
    assert after.cars.lane.tolist() == before.cars.lane.tolist()
    assert abs(after.cars.x - before.cars.x).max() < 1e-9
    assert abs(after.cars.y - before.cars.y).max() <= 1 / 32
    assert abs(after.cars.throttle - before.cars.throttle).max() <= 0.00005 + 1e-12
    follow = np.maximum(before.cars.follow, LEAST_FOLLOW)
    assert abs(after.cars.follow - follow).max() <= 0.0005 + 1e-12
    assert abs(after.observations - before.observations).max() <= 1 / 12000 + 1e-12
    assert after.values.tolist() == before.values.tolist()


def test_where_throttles_leave_zero_a_follow_limit_ends_at_the_least() -> None:
    before = recorded("decelerate", other_agents=10)
    beyond = before.cars.follow < LEAST_FOLLOW
    assert beyond.any()
    assert (abs(before.cars.throttle[beyond]) < 1e-13).all()
    assert (unpacked(packed(before)).cars.follow[beyond] == LEAST_FOLLOW).all()


@pytest.mark.parametrize(
    ("name", "most"), [("gap-seeker-10", 3500), ("decelerate", 3500), ("random", 4000)]
)
@pytest.mark.parametrize("other_agents", [0, 10])
def test_a_run_takes_a_few_kilobytes(name: str, most: int, other_agents: int) -> None:
    whole = recorded(name, other_agents=other_agents)
    bare = Trajectory(**{**vars(whole), "observations": None, "values": None})
    assert len(packed(bare)) < most
    assert len(packed(whole)) < 8000


@pytest.mark.parametrize("name", ["gap-seeker-10", "random", "decelerate"])
@pytest.mark.parametrize("other_agents", [0, 10])
def test_between_samples_cars_are_where_they_were_or_near(name: str, other_agents: int) -> None:
    trajectory = unpacked(packed(recorded(name, other_agents=other_agents)))
    along = []
    for frame in range(3, 2001, 17):
        cars, guess = exact(trajectory, frame), interpolated(trajectory, frame)
        visible = (cars.y > 0.0) & (cars.y < 666.0)
        assert abs(cars.x - guess.x)[visible].max() < 1e-9
        along.append(abs(cars.y - guess.y)[visible])
    errors = np.concatenate(along)
    assert np.median(errors) < 0.1
    assert np.quantile(errors, 0.99) < 12.0
    assert errors.max() < 34.0


def test_what_the_ego_saw_comes_back_from_its_decisions_alone() -> None:
    trajectory = recorded(other_agents=3, frames=500)
    assert exact_observations(trajectory).tolist() == trajectory.observations.tolist()


@pytest.mark.parametrize("other_agents", [0, 3])
def test_it_holds_the_score_of_its_run(other_agents: int) -> None:
    session = drive_session(by_name("gap-seeker-10"), 3, first=41, other_agents=other_agents)
    assert recorded(other_agents=other_agents).average_mph == session[-1]


def test_a_session_driven_at_once_up_to_a_run_leads_to_the_same_recording() -> None:
    policy = by_name("gap-seeker-10")
    traffic = Traffic(1, view=policy.view, rules=ORIGINAL)
    traffic.drive(policy.script, [40], runs=2)
    traffic.next_run()
    assert traffic.streams.tolist() == [recorded().stream]
    assert traffic.seeds.tolist() == [recorded().seed]


def test_the_same_run_of_another_session_is_another_run() -> None:
    late, early = recorded(before=40, runs=3), recorded(before=42, runs=1)
    assert late.seed == early.seed
    assert late.stream != early.stream
    assert exact(late, 300).y.tolist() != exact(early, 300).y.tolist()


def test_the_tenth_agent_of_the_original_stays_undecided() -> None:
    actions = recorded(other_agents=10, frames=700).actions
    assert (actions[:, 10] == UNDECIDED).all()
    assert (actions[:-1, :10] < ACTIONS).all()


def test_the_run_after_the_largest_number_is_recorded_too() -> None:
    trajectory = recorded(before=2**64 - 1, runs=1, frames=60)
    assert trajectory.seed == 0
    assert exact(trajectory, 60).y.tolist() == trajectory.cars.y[-1].tolist()


def test_a_recorder_that_comes_too_late_is_refused() -> None:
    traffic = Traffic(1, view=View(0, 1, 0), frames=60, rules=ORIGINAL)
    traffic.reset([0])
    traffic.step([0])
    with pytest.raises(ValueError, match="frame is 30; a recording starts with its run"):
        Recorder(traffic)


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        ([1], r"streams have shape \(1,\); they must have shape \(2,\)"),
        ([0, 1], "stream 0 must be 1 to 2147483646"),
        ([1, 2147483647], "stream 2147483647 must be 1 to 2147483646"),
        ([1.0, 2.0], "they must be one row of whole numbers"),
        ([[1, 2]], "they must be one row of whole numbers"),
    ],
)
def test_streams_out_of_bounds_are_named(streams: list, message: str) -> None:
    traffic = Traffic(2, view=View(0, 1, 0), rules=ORIGINAL)
    with pytest.raises(ValueError, match=message):
        traffic.reset([0, 0], streams=streams)


def test_streams_are_refused_where_runs_are_independent() -> None:
    with pytest.raises(ValueError, match="streams under ruleset 'open': its runs have none"):
        Traffic(1, view=View(0, 1, 0), rules=OPEN).reset([0], streams=[1])


def test_a_header_without_the_stream_of_its_session_is_refused() -> None:
    packet = bytearray(packed(recorded(frames=60)))
    packet[HEADER.size - 1] &= 3
    with pytest.raises(ValueError, match="a stream belongs to a session"):
        unpacked(bytes(packet))
