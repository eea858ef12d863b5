"""Recordings: a run driven again is that run, and what is stored of it comes back."""

import zlib

import numpy as np
import pytest

from simulator.again import frames, recording
from simulator.recording import HEADER, heading, unpacked
from simulator.rules import RULESETS
from simulator.traffic import Traffic
from simulator.view import View

LENGTH = 700
CASES = [(rules, agents) for rules in RULESETS for agents in (0, 1, 4, 10)]


def driven_at_random(rules, agents, *, seed=5, runs=1):
    """The last of some runs, its decisions, and every frame's cars at the ends of its steps."""
    chance = np.random.default_rng(seed)
    traffic = Traffic(
        1, view=View(0, 1, 0), other_agents=agents, frames=LENGTH, rules=RULESETS[rules]
    )
    traffic.reset([seed])
    for run in range(runs):
        if run:
            traffic.next_run()
        decisions = []
        while not traffic.finished:
            decisions.append(int(chance.choice(5, p=[0.2, 0.4, 0.1, 0.15, 0.15])))
            traffic.step([decisions[-1]])
    return traffic, np.array(decisions, np.uint8)


def again(traffic, decisions):
    return frames(
        traffic.rules,
        seed=int(traffic.seeds[0]),
        length=LENGTH,
        other_agents=traffic.other_agents,
        decisions=decisions,
        stream=int(traffic.streams[0]),
    )


def recorded(rules="open", agents=2, **more):
    traffic, decisions = driven_at_random(rules, agents)
    driven = again(traffic, decisions)
    return recording(driven, traffic.rules, other_agents=agents, decisions=decisions, **more)


@pytest.mark.parametrize(("rules", "agents"), CASES)
def test_a_run_that_is_driven_again_ends_with_the_same_bits(rules, agents):
    traffic, decisions = driven_at_random(rules, agents)
    driven = again(traffic, decisions)
    for name in ("x", "y", "throttle", "follow", "lane"):
        assert getattr(driven, name)[-1].tobytes() == traffic.roads[name][0].tobytes()
    assert driven.average_mph() == traffic.average_mph()[0]


def test_a_run_from_the_middle_of_a_session_is_driven_again_alone():
    traffic, decisions = driven_at_random("deeptraffic-v2", 3, runs=4)
    driven = again(traffic, decisions)
    assert driven.y[-1].tobytes() == traffic.roads.y[0].tobytes()
    assert driven.average_mph() == traffic.average_mph()[0]


@pytest.mark.parametrize(("rules", "agents"), CASES)
def test_every_frame_is_that_of_a_run_that_ends_there(rules, agents):
    traffic, decisions = driven_at_random(rules, agents)
    driven = again(traffic, decisions)
    for last in (1, 2, 30, 31, 299, 640):
        shorter = Traffic(
            1, view=View(0, 1, 0), other_agents=agents, frames=last, rules=RULESETS[rules]
        )
        streams = [int(traffic.streams[0])] if traffic.rules.quirks.streams else None
        before = int(traffic.seeds[0]) - bool(streams)
        shorter.reset([before], streams=streams)
        for action in decisions:
            if shorter.finished:
                break
            shorter.step([int(action)])
        assert driven.y[last].tobytes() == shorter.roads.y[0].tobytes()
        assert driven.x[last].tobytes() == shorter.roads.x[0].tobytes()


@pytest.mark.parametrize(("rules", "agents"), CASES)
def test_chance_is_all_that_happens_to_uncontrolled_cars(rules, agents):
    traffic, decisions = driven_at_random(rules, agents)
    driven = again(traffic, decisions)
    kept = recording(driven, traffic.rules, other_agents=agents, decisions=decisions)
    assert len(kept.changes.car) > 0
    assert len(kept.entries.car) > 0
    assert kept.changes.car.min() > agents
    lanes, throttles = driven.lane[0].copy(), driven.throttle[0].copy()
    for frame in range(LENGTH):
        for at, car, lane in zip(*kept.changes, strict=True):
            if at == frame:
                lanes[car] = lane
        for at, car, lane, throttle in zip(*kept.entries, strict=True):
            if at == frame:
                lanes[car], throttles[car] = lane, throttle
        free = slice(agents + 1, None)
        assert (driven.lane[frame + 1, free] == lanes[free]).all()
        assert (driven.throttle[frame + 1, free] == throttles[free]).all()


def test_what_is_packed_comes_back():
    values = np.random.default_rng(1).normal(size=(24, 5)).astype(np.float32)
    values[0] = np.nan
    kept = recorded(view=View(3, 30, 10), values=values)
    back = unpacked(kept.packed())
    assert (back.rules, back.frames, back.other_agents) == ("open", LENGTH, 2)
    assert back.average_mph == kept.average_mph
    assert back.view == View(3, 30, 10)
    for part in ("start", "changes", "entries", "still"):
        for mine, theirs in zip(getattr(kept, part), getattr(back, part), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(back.decisions, kept.decisions)
    np.testing.assert_allclose(back.values, values, rtol=2**-12)


def test_nothing_of_the_network_is_left_once_it_is_cut():
    values = np.full((24, 5), 1.25, np.float32)
    cut = unpacked(recorded(view=View(3, 30, 10), values=values).cut().packed())
    assert (cut.view, cut.values) == (None, None)
    assert cut.packed()[: HEADER.size] == recorded().packed()[: HEADER.size]
    assert (cut.decisions == recorded().decisions).all()


def test_too_few_decisions_are_an_error():
    traffic, decisions = driven_at_random("open", 0)
    with pytest.raises(ValueError, match=r"^23 decisions; a run of 700 frames has 24\.$"):
        again(traffic, decisions[:-1])


def rest(packet, change):
    """The same with other bytes behind the header."""
    body = zlib.decompress(packet[HEADER.size :])
    return packet[: HEADER.size] + zlib.compress(change(body))


LAST_STILL = 20 + 160 + 160 + 4 + 80 + 80  # where the number of lane changes stands
DAMAGED = [
    ("no recording", lambda it: b"OVTK" + it[4:]),
    ("no recording", lambda it: it[:20]),
    ("version is 9", lambda it: it[:4] + b"\x09" + it[5:]),
    ("header is damaged", lambda it: it[:5] + b"elsewhere".ljust(16, b"\0") + it[21:]),
    ("damaged", lambda it: it[:-1]),
    ("damaged", lambda it: it[:60] + b"\0\0\0\0" + it[64:]),
    ("ends too early", lambda it: rest(it, lambda body: body[:-1])),
    ("more than it says", lambda it: rest(it, lambda body: body + b"\0")),
    (
        "ends too early",
        lambda it: rest(it, lambda body: body[:LAST_STILL] + b"\xff" * 4 + body[LAST_STILL + 4 :]),
    ),
    ("doesn't end", lambda it: rest(it, lambda _: bytes(5_000_000))),
]


@pytest.mark.parametrize(("says", "damage"), DAMAGED)
def test_damaged_bytes_are_an_error_that_says_so(says, damage):
    with pytest.raises(ValueError, match=says):
        unpacked(damage(recorded().packed()))


def test_the_header_is_read_alone():
    kept = recorded(view=View(1, 10, 0))
    head = heading(kept.packed())
    assert (head.rules, head.frames, head.view) == ("open", LENGTH, View(1, 10, 0))
    assert head.average_mph == kept.average_mph
