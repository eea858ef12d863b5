"""Trajectories as bytes: whole numbers, each as what its forecast left, packed by zlib.

docs/trajectories.md describes the format for readers in other languages.
"""

import struct
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.road import (
    ACTIONS,
    CARS,
    EMPTY_ROAD,
    LANE_MARGIN,
    LANE_PIXELS,
    LATERAL_SPEED,
    MAX_OTHER_AGENTS,
)
from simulator.rules import RULESETS
from simulator.streams import checked_states
from simulator.trajectory import Cars, Trajectory, sample_frames
from simulator.view import View

MAGIC: Final = b"OVTK"
VERSION: Final = 1
# Magic, version, name of the ruleset, seed, frames, other agents, view, mph * 100, parts.
HEADER: Final = struct.Struct("<4sB16sQI4BHB")
WITH_OBSERVATIONS, WITH_VALUES, WITH_STREAM = 1, 2, 4
MOST_FRAMES: Final = 1_000_000  # a stranger's header may ask for no more memory than this takes

Y_UNITS: Final = 16  # [1/px]
THROTTLE_UNITS: Final = 10_000
FOLLOW_UNITS: Final = 1000
# The original divides by throttles of -1.5e-15: what comes of it fits into no unit.
LEAST_FOLLOW: Final = -32.0
SEEN_UNITS: Final = 60  # [1/(px/frame)]
SEEN_FREE: Final = 255  # an empty cell; speeds are 0 to 240


def packed(trajectory: Trajectory) -> bytes:
    """Returns a trajectory as bytes: about 2 kB for 2,000 frames, without what the ego saw."""
    parts = [*_packed_cars(trajectory), trajectory.actions.tobytes()]
    kept = 0
    if trajectory.observations is not None:
        kept |= WITH_OBSERVATIONS
        codes = np.rint(trajectory.observations * (EMPTY_ROAD * SEEN_UNITS)).clip(0, SEEN_FREE - 1)
        seen = np.where(trajectory.observations == 1.0, SEEN_FREE, codes)
        parts.append(seen.T.astype(np.uint8).tobytes())
    if trajectory.values is not None:
        kept |= WITH_VALUES
        parts.append(trajectory.values.T.astype("<f4").tobytes())
    if trajectory.stream:
        kept |= WITH_STREAM
        parts.append(struct.pack("<I", trajectory.stream))
    header = HEADER.pack(
        MAGIC,
        VERSION,
        trajectory.rules.encode(),
        trajectory.seed,
        trajectory.frames,
        trajectory.other_agents,
        *trajectory.view,
        round(trajectory.average_mph * 100),
        kept,
    )
    return header + zlib.compress(b"".join(parts), 9)


def unpacked(packet: bytes) -> Trajectory:
    """Returns the trajectory of some bytes.

    Raises:
        ValueError: they are none, of a newer version, or damaged.
    """
    if len(packet) < HEADER.size or packet[:4] != MAGIC:
        raise ValueError("these bytes are no trajectory.")
    fields = HEADER.unpack_from(packet)
    _, version, name, seed, frames, other_agents, sides, ahead, behind, hundredths, kept = fields
    rules = name.rstrip(b"\0").decode(errors="replace")
    if version != VERSION:
        raise ValueError(f"version is {version}; this reads {VERSION}.")
    if rules not in RULESETS or not 1 <= frames <= MOST_FRAMES or other_agents > MAX_OTHER_AGENTS:
        raise ValueError("the trajectory's header is damaged.")
    if RULESETS[rules].quirks.streams != bool(kept & WITH_STREAM):
        raise ValueError("the trajectory's header is damaged: a stream belongs to a session.")
    view = View(sides, ahead, behind).checked()
    reader = _Reader(packet[HEADER.size :], _size(frames, other_agents, view, kept))
    samples = len(sample_frames(frames))
    cars = _unpacked_cars(reader, frames)
    actions = reader.array(np.uint8, (samples - 1, other_agents + 1))
    observations = values = None
    stream = 0
    if kept & WITH_OBSERVATIONS:
        seen = reader.array(np.uint8, (view.size, samples - 1)).T
        observations = np.where(seen == SEEN_FREE, 1.0, seen / (EMPTY_ROAD * SEEN_UNITS))
    if kept & WITH_VALUES:
        values = reader.array(np.float32, (ACTIONS, samples - 1)).T.copy()
    if kept & WITH_STREAM:
        stream = int(checked_states(reader.array(np.uint32, (1, 1))[0])[0])
    return Trajectory(
        rules, seed, frames, view, hundredths / 100, cars, actions, observations, values, stream
    )


def _packed_cars(trajectory: Trajectory) -> list[bytes]:
    cars = trajectory.cars
    lane = cars.lane
    aside = np.rint((cars.x - _home(lane)) / LATERAL_SPEED)
    throttle = _units(cars.throttle, THROTTLE_UNITS)
    follow = _units(np.maximum(cars.follow, LEAST_FOLLOW), FOLLOW_UNITS)
    y = _units(cars.y, Y_UNITS)
    y[1:] -= y[:-1] + _forecast(throttle, follow, trajectory.frames)
    return [
        _plane(_steps(lane), np.int8),
        _plane(aside, np.int8),
        _plane(_steps(throttle), np.int16),
        _plane(follow, np.int16),
        _plane(y, np.int16),
    ]


def _unpacked_cars(reader: "_Reader", frames: int) -> Cars:
    samples = len(sample_frames(frames))
    lane = np.cumsum(reader.plane(np.int8, samples), axis=0)
    aside = reader.plane(np.int8, samples)
    throttle = np.cumsum(reader.plane(np.int16, samples), axis=0)
    follow = reader.plane(np.int16, samples)
    y = reader.plane(np.int16, samples)
    y[1:] += _forecast(throttle, follow, frames)
    return Cars(
        x=_home(lane) + LATERAL_SPEED * aside,
        y=np.cumsum(y, axis=0) / Y_UNITS,
        lane=lane,
        throttle=throttle / THROTTLE_UNITS,
        follow=follow / FOLLOW_UNITS,
    )


def _forecast(
    throttle: NDArray[np.int64], follow: NDArray[np.int64], frames: int
) -> NDArray[np.int64]:
    """Returns how far each car falls behind the ego by the mean of its two speeds, [S - 1, CARS].

    In whole numbers, so that reader and writer agree on every machine.
    """
    speed = throttle * follow
    drift = speed[:, :1] - speed
    length = np.diff(sample_frames(frames))[:, None]
    forecast: NDArray[np.int64] = (Y_UNITS * length * (drift[:-1] + drift[1:])) // (
        2 * THROTTLE_UNITS * FOLLOW_UNITS
    )
    return forecast


def _home(lane: NDArray[np.int64]) -> NDArray[np.float64]:
    home: NDArray[np.float64] = LANE_PIXELS * lane.astype(np.float64) + LANE_MARGIN
    return home


def _units(numbers: NDArray[np.float64], units: int) -> NDArray[np.int64]:
    return np.rint(numbers * units).astype(np.int64)


def _steps(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the first and then the differences, along time."""
    return np.diff(numbers, axis=0, prepend=0)


def _plane(numbers: NDArray[Any], kind: type[np.signedinteger]) -> bytes:
    """Returns [S, CARS] numbers car by car, the low bytes of all before the high ones."""
    whole = numbers.T.astype(kind).astype(np.dtype(kind).newbyteorder("<"))
    return whole.reshape(-1).view(np.uint8).reshape(whole.size, -1).T.tobytes()


def _size(frames: int, other_agents: int, view: View, kept: int) -> int:
    """Returns the bytes that a header promises."""
    samples = len(sample_frames(frames))
    size = 8 * CARS * samples + (samples - 1) * (other_agents + 1)
    size += (samples - 1) * view.size if kept & WITH_OBSERVATIONS else 0
    size += 4 * (samples - 1) * ACTIONS if kept & WITH_VALUES else 0
    return size + (4 if kept & WITH_STREAM else 0)


class _Reader:
    """Reads the parts one after the other."""

    def __init__(self, content: bytes, size: int) -> None:
        stream = zlib.decompressobj()
        try:
            # No more than was promised, whatever the bytes would grow to.
            self._bytes = stream.decompress(content, size + 1)
        except zlib.error as error:
            raise ValueError(f"the trajectory is damaged: {error}.") from None
        if len(self._bytes) != size or not stream.eof:
            raise ValueError(f"the trajectory is damaged: {size} bytes were promised.")
        self._place = 0

    def array(self, kind: type[np.generic], shape: tuple[int, int]) -> NDArray[Any]:
        dtype = np.dtype(kind).newbyteorder("<")
        count = shape[0] * shape[1]
        part = np.frombuffer(self._bytes, dtype, count, self._place).reshape(shape)
        self._place += part.nbytes
        return part.astype(kind)

    def plane(self, kind: type[np.signedinteger], samples: int) -> NDArray[np.int64]:
        width = np.dtype(kind).itemsize
        split = self.array(np.uint8, (width, CARS * samples))
        whole = np.ascontiguousarray(split.T).view(np.dtype(kind).newbyteorder("<"))
        return whole.reshape(CARS, samples).T.astype(np.int64)
