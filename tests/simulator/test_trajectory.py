"""Recordings: every frame again in every bit, or nearly, out of a few kB."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.interpolation import interpolated
from simulator.packing import HEADER, packed, unpacked
from simulator.policies import Moment, by_name, drive
from simulator.road import ACTIONS
from simulator.traffic import Traffic, View
from simulator.trajectory import (
    UNDECIDED,
    Recorder,
    Trajectory,
    exact,
    exact_observations,
    sample_frames,
)
from tests.simulator.oracle import Oracle
from tests.simulator.random_numbers import KeyedDraws


@cache
def recorded(
    name: str = "gap-seeker-10",
    seed: int = 5,
    other_agents: int = 0,
    frames: int = 2000,
    crowd: tuple[int, ...] = (),
) -> Trajectory:
    """One run of a driver with all that can be recorded; its road is the last of a crowd."""
    policy = by_name(name)
    seeds = [*crowd, seed]
    traffic = Traffic(len(seeds), view=policy.view, other_agents=other_agents, frames=frames)
    traffic.reset(seeds)
    recorder = Recorder(traffic, road=len(crowd), with_observations=True)
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        actions = policy.act(traffic.observations, moment)
        recorder.note(actions[-1], values=np.arange(ACTIONS) / 3 - traffic.frame)
        traffic.step(actions)
    return recorder.trajectory()


@pytest.mark.parametrize(
    ("name", "other_agents", "frames", "wanted"),
    [
        ("random", 0, 250, range(1, 251)),
        ("random", 3, 250, range(1, 251)),
        ("gap-seeker-10", 10, 2000, [*range(31, 2000, 97), 1999, 2000]),
    ],
)
def test_every_frame_comes_back_in_every_bit(
    name: str, other_agents: int, frames: int, wanted: list[int]
) -> None:
    trajectory = recorded(name, 77, other_agents, frames)
    oracle = Oracle(KeyedDraws(77), other_agents, (0, 1, 0))
    oracle.reset()
    for frame in range(1, frames + 1):
        cycle = (frame - 1) // 30
        oracle.drive_frame(lambda car, *_: trajectory.actions[cycle, car])  # noqa: B023
        if frame in wanted:
            cars = exact(trajectory, frame)
            assert cars.x.tolist() == [car.x for car in oracle.cars]
            assert cars.y.tolist() == [car.y for car in oracle.cars]
            assert cars.lane.tolist() == [car.lane for car in oracle.cars]
            assert cars.throttle.tolist() == [car.a for car in oracle.cars]
            assert cars.follow.tolist() == [car.c for car in oracle.cars]


@pytest.mark.parametrize("other_agents", [0, 10])
def test_the_bytes_give_the_samples_back_within_their_units(other_agents: int) -> None:
    before = recorded(other_agents=other_agents)
    after = unpacked(packed(before))
    assert (after.rules, after.seed, after.frames, after.view) == ("open", 5, 2000, before.view)
    assert after.average_mph == before.average_mph
    assert after.actions.tolist() == before.actions.tolist()
    assert after.cars.lane.tolist() == before.cars.lane.tolist()
    assert abs(after.cars.x - before.cars.x).max() < 1e-9
    assert abs(after.cars.y - before.cars.y).max() <= 1 / 32
    assert abs(after.cars.throttle - before.cars.throttle).max() <= 0.00005 + 1e-12
    assert abs(after.cars.follow - before.cars.follow).max() <= 0.0005 + 1e-12
    assert abs(after.observations - before.observations).max() <= 1 / 12000 + 1e-12
    assert ((after.observations == 1.0) == (before.observations == 1.0)).all()
    assert after.values.tolist() == before.values.tolist()


def test_what_came_out_of_bytes_goes_into_the_same_bytes() -> None:
    packet = packed(recorded(other_agents=2))
    assert packed(unpacked(packet)) == packet


@pytest.mark.parametrize("name", ["gap-seeker-10", "random"])
@pytest.mark.parametrize("other_agents", [0, 10])
def test_between_samples_cars_are_where_they_were_or_near(name: str, other_agents: int) -> None:
    trajectory = unpacked(packed(recorded(name, 5, other_agents)))
    along = []
    for frame in range(3, 2001, 17):
        cars, guess = exact(trajectory, frame), interpolated(trajectory, frame)
        visible = (cars.y > 0.0) & (cars.y < 666.0)
        assert abs(cars.x - guess.x)[visible].max() < 1e-9
        assert cars.lane[visible].tolist() == guess.lane[visible].tolist()
        along.append(abs(cars.y - guess.y)[visible])
    errors = np.concatenate(along)
    assert np.median(errors) < 0.1
    assert np.quantile(errors, 0.99) < 12.0
    assert errors.max() < 34.0


def test_at_a_sample_the_guess_is_the_sample() -> None:
    trajectory = recorded()
    for sample, frame in enumerate(trajectory.driven):
        guess = interpolated(trajectory, int(frame))
        assert guess.y.tolist() == pytest.approx(trajectory.cars.y[sample].tolist(), abs=1e-9)


@pytest.mark.parametrize("other_agents", [0, 10])
def test_a_run_takes_a_few_kilobytes(other_agents: int) -> None:
    whole = recorded(other_agents=other_agents)
    bare = Trajectory(**{**vars(whole), "observations": None, "values": None})
    assert len(packed(bare)) < 3500
    assert len(packed(whole)) < 8000


def test_what_the_ego_saw_comes_back_from_its_decisions_alone() -> None:
    trajectory = recorded(other_agents=3, frames=500)
    assert exact_observations(trajectory).tolist() == trajectory.observations.tolist()


def test_a_recording_is_the_same_alone_and_among_others() -> None:
    alone, among = recorded("random", 9, 2, 300), recorded("random", 9, 2, 300, crowd=(1, 2))
    assert packed(alone) == packed(among)


def test_it_holds_the_score() -> None:
    assert recorded(other_agents=3).average_mph == drive(
        by_name("gap-seeker-10"), [5], other_agents=3
    )


@pytest.mark.parametrize(
    ("frames", "samples"), [(1, [1, 1]), (30, [1, 30]), (31, [1, 31, 31]), (45, [1, 31, 45])]
)
def test_there_is_a_sample_at_each_decision_and_one_at_the_end(
    frames: int, samples: list[int]
) -> None:
    assert sample_frames(frames).tolist() == samples
    trajectory = unpacked(packed(recorded("random", 3, 2, frames)))
    assert trajectory.driven.tolist() == samples
    assert len(trajectory.cars.x) == len(samples)
    assert interpolated(trajectory, frames).y[0] == pytest.approx(525.0, abs=5)
    assert exact(trajectory, frames).x[0] == pytest.approx(trajectory.cars.x[-1, 0])


def test_a_decision_that_the_run_did_not_reach_is_undecided() -> None:
    assert recorded("left", 3, 2, 45).actions.tolist() == [[3, 3, 3], [3, 3, UNDECIDED]]


@given(st.data())
def test_bytes_that_end_early_are_refused(data: st.DataObject) -> None:
    packet = packed(recorded("random", 3, 1, 100))
    with pytest.raises(ValueError, match="trajectory"):
        unpacked(packet[: data.draw(st.integers(0, len(packet) - 1))])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_are_refused_or_say_the_same(data: st.DataObject) -> None:
    # zlib has several spellings for one content, so that not every change is damage.
    before = packed(recorded("random", 3, 1, 100))
    packet = bytearray(before)
    packet[data.draw(st.integers(HEADER.size, len(packet) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert packed(unpacked(bytes(packet))) == before
    except ValueError as refused:
        assert "trajectory is damaged" in str(refused)  # noqa: PT017


@given(st.binary(max_size=200))
def test_strange_bytes_are_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="these bytes are no trajectory"):
        unpacked(packet)


def test_a_newer_version_and_a_greedy_header_are_refused() -> None:
    packet = bytearray(packed(recorded("random", 3, 1, 100)))
    packet[4] = 2
    with pytest.raises(ValueError, match="version is 2; this reads 1"):
        unpacked(bytes(packet))
    packet[4] = 1
    packet[29:33] = (2**32 - 1).to_bytes(4, "little")
    with pytest.raises(ValueError, match="header is damaged"):
        unpacked(bytes(packet))


def test_a_recorder_says_what_it_is_not_for() -> None:
    traffic = Traffic(2, view=View(0, 1, 0), frames=60)
    with pytest.raises(ValueError, match="a recording starts with its run"):
        Recorder(traffic)
    traffic.reset([1, 2])
    with pytest.raises(ValueError, match="road is 2; it must be 0 to 1"):
        Recorder(traffic, road=2)
    recorder = Recorder(traffic)
    with pytest.raises(ValueError, match="the run is at frame 0 of 60"):
        recorder.trajectory()
    recorder.note(0)
    traffic.step([0, 0])
    traffic.step([0, 0])
    with pytest.raises(ValueError, match="1 of 2 decisions were noted"):
        recorder.trajectory()
    with pytest.raises(ValueError, match="frame is 2001; it must be 1 to 2000"):
        exact(recorded(), 2001)
