"""A run as a page drives it again: how the road was, what chance did, what was decided; no seed.

docs/recordings.md describes the bytes for readers in other languages. Nothing here loads a
compiler: a web process reads and cuts recordings, too.
"""

import struct
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.road import ACTIONS, CARS, MAX_OTHER_AGENTS
from simulator.rules import RULESETS
from simulator.view import View

MAGIC: Final = b"OVRD"
VERSION: Final = 1
# Magic, version, name of the ruleset, frames, other agents, view, mph * 100, parts.
HEADER: Final = struct.Struct("<4sB16sI4BHB")
WITH_VIEW, WITH_VALUES = 1, 2
NO_VIEW: Final = (0, 0, 0)
MOST_BYTES: Final = 4_000_000  # a stranger's bytes may grow to no more than this
KEPT_BITS: Final = 12  # of a value's 23 binary digits, the rest being 0: a bar is drawn from them


class Start(NamedTuple):
    """The cars before the first frame: settled in their lanes, with follow limit 1."""

    lane: NDArray[np.uint8]  # [CARS]
    y: NDArray[np.float64]  # [CARS] px
    throttle: NDArray[np.float64]  # [CARS]


class Changes(NamedTuple):
    """Uncontrolled cars that began to change lanes, K of them in order."""

    frame: NDArray[np.int64]  # [K] frames completed before
    car: NDArray[np.uint8]  # [K]
    lane: NDArray[np.uint8]  # [K] the lane it changes to


class Entries(NamedTuple):
    """Cars that had left the road and entered it again at its other end, M of them in order."""

    frame: NDArray[np.int64]  # [M] frames completed before
    car: NDArray[np.uint8]  # [M]
    lane: NDArray[np.uint8]  # [M]
    throttle: NDArray[np.float64]  # [M] from then on


class Still(NamedTuple):
    """The cars at one moment, for whoever can't drive them there."""

    frame: int  # frames completed
    x: NDArray[np.float32]  # [CARS] px
    y: NDArray[np.float32]  # [CARS] px


@dataclass(frozen=True, eq=False)
class Recording:
    """One run.

    Attributes:
        rules: name of the ruleset.
        frames: length of the run.
        other_agents: controlled cars besides the ego.
        average_mph: the run's score.
        start: the cars at the start.
        changes: lane changes that chance made.
        entries: cars that entered again.
        decisions: [D] actions of all controlled cars, in the order in which they were decided.
        still: the cars in the middle of the run.
        view: what the controlled cars see, if it may be told.
        values: [E, ACTIONS] what the ego's network expected of each action, at each of the ego's
            decisions, if there is one and it may be told; NaN where it wasn't asked.
    """

    rules: str
    frames: int
    other_agents: int
    average_mph: float
    start: Start
    changes: Changes
    entries: Entries
    decisions: NDArray[np.uint8]
    still: Still
    view: View | None = None
    values: NDArray[np.float32] | None = None

    def cut(self) -> "Recording":
        """Returns it without what tells of a network: its view, and what it expected."""
        return replace(self, view=None, values=None)

    def packed(self) -> bytes:
        """Returns the recording as bytes."""
        view = self.view or NO_VIEW
        parts = (WITH_VIEW if self.view else 0) | (0 if self.values is None else WITH_VALUES)
        header = HEADER.pack(
            MAGIC,
            VERSION,
            self.rules.encode(),
            self.frames,
            self.other_agents,
            *view,
            round(self.average_mph * 100),
            parts,
        )
        return header + zlib.compress(b"".join(_pieces(self)), 9)


class Heading(NamedTuple):
    """What a recording says of itself before it is unpacked."""

    rules: str
    frames: int
    other_agents: int
    view: View | None
    average_mph: float
    parts: int


def heading(packet: bytes) -> Heading:
    """Reads the header of some bytes.

    Raises:
        ValueError: they are no recording, or of a newer version.
    """
    if len(packet) < HEADER.size or packet[:4] != MAGIC:
        raise ValueError("these bytes are no recording.")
    fields = HEADER.unpack_from(packet)
    _, version, name, frames, other_agents, sides, ahead, behind, hundredths, parts = fields
    rules = name.rstrip(b"\0").decode(errors="replace")
    if version != VERSION:
        raise ValueError(f"version is {version}; this reads {VERSION}.")
    if rules not in RULESETS or other_agents > MAX_OTHER_AGENTS or not frames:
        raise ValueError("the recording's header is damaged.")
    view = View(sides, ahead, behind).checked() if parts & WITH_VIEW else None
    return Heading(rules, frames, other_agents, view, hundredths / 100, parts)


def unpacked(packet: bytes) -> Recording:
    """Returns the recording of some bytes.

    Raises:
        ValueError: they are none, of a newer version, or damaged.
    """
    head = heading(packet)
    reader = _Reader(packet[HEADER.size :])
    start = Start(*(reader.array(kind, CARS) for kind in ("u1", "<f8", "<f8")))
    still = Still(int(reader.array("<u4", 1)[0]), *(reader.array("<f4", CARS) for _ in "xy"))
    changes = Changes(*reader.events("u1", "u1"))
    entries = Entries(*reader.events("u1", "u1", "<f8"))
    decisions = reader.array("u1", reader.count())
    values = None
    if head.parts & WITH_VALUES:
        asked = reader.count()
        values = reader.array("<f4", ACTIONS * asked).reshape(ACTIONS, asked).T.copy()
    reader.end()
    return Recording(
        head.rules,
        head.frames,
        head.other_agents,
        head.average_mph,
        start,
        changes,
        entries,
        decisions,
        still,
        head.view,
        values,
    )


def _pieces(recording: Recording) -> list[bytes]:
    start, still = recording.start, recording.still
    pieces = [
        start.lane.astype("u1").tobytes(),
        start.y.astype("<f8").tobytes(),
        start.throttle.astype("<f8").tobytes(),
        struct.pack("<I", still.frame),
        still.x.astype("<f4").tobytes(),
        still.y.astype("<f4").tobytes(),
        *_events(recording.changes, "u1", "u1"),
        *_events(recording.entries, "u1", "u1", "<f8"),
        struct.pack("<I", len(recording.decisions)),
        recording.decisions.astype("u1").tobytes(),
    ]
    if recording.values is not None:
        pieces.append(struct.pack("<I", len(recording.values)))
        pieces.append(_shortened(recording.values).T.tobytes())
    return pieces


def _events(events: tuple[NDArray[Any], ...], *kinds: str) -> list[bytes]:
    """How many, their frames as steps from one to the next, then the other parts one by one."""
    frames, *parts = events
    steps = np.diff(frames, prepend=0).astype("<u4").tobytes()
    rest = [part.astype(kind).tobytes() for part, kind in zip(parts, kinds, strict=True)]
    return [struct.pack("<I", len(frames)), steps, *rest]


def _shortened(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns values rounded to fewer binary digits, which then take half the room."""
    fraction, exponent = np.frexp(values)
    scale = np.float32(2**KEPT_BITS)
    return np.ldexp(np.rint(fraction * scale) / scale, exponent).astype("<f4")


class _Reader:
    """Reads the parts one after the other."""

    def __init__(self, content: bytes) -> None:
        stream = zlib.decompressobj()
        try:
            self._bytes = stream.decompress(content, MOST_BYTES)
        except zlib.error as error:
            raise ValueError(f"the recording is damaged: {error}.") from None
        if not stream.eof:
            raise ValueError("the recording is damaged: it doesn't end where it should.")
        self._place = 0

    def array(self, kind: str, count: int) -> NDArray[Any]:
        dtype = np.dtype(kind)
        if self._place + count * dtype.itemsize > len(self._bytes):
            raise ValueError("the recording is damaged: it ends too early.")
        part = np.frombuffer(self._bytes, dtype, count, self._place)
        self._place += part.nbytes
        return part.astype(dtype.newbyteorder("="))

    def count(self) -> int:
        return int(self.array("<u4", 1)[0])

    def events(self, *kinds: str) -> list[NDArray[Any]]:
        count = self.count()
        frames = np.cumsum(self.array("<u4", count), dtype=np.int64)
        return [frames, *(self.array(kind, count) for kind in kinds)]

    def end(self) -> None:
        if self._place != len(self._bytes):
            raise ValueError("the recording is damaged: there is more than it says.")
