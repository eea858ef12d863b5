"""Experiences, and room for a batch of them."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.compiled.forward import Pass, new_pass
from grader.compiled.glimpses import GLIMPSE, Glimpses, spell_input
from grader.compiled.layout import INPUTS, SUMS, Row, Shape, aligned, padded, stride
from grader.compiled.sparse import CELLS, NEITHER
from grader.compiled.vectors import WIDTH
from grader.schema import NetworkConfig
from simulator.compiled import inlined
from simulator.state import signed

INPUTS_AT_ONCE: Final = 64
"""Experiences that are looked at together [1]; it changes no bit."""


class Memory(NamedTuple):
    """Experiences: of each what was seen and done up to the next decision, later ones first."""

    seen: Glimpses  # [size, past + 2]; 0 is what was seen next
    done: npt.NDArray[np.int64]  # [size, past + 2]; 0 is not known yet
    rewards: npt.NDArray[np.float64]  # [size]


class Room(NamedTuple):
    """What an update needs besides: nothing of it lasts."""

    now: Pass
    next: Pass
    errors: Row  # [inputs, widest], flat: of the layer at hand
    below: Row  # of the layer before
    turned: Row  # the widest matrix on its side
    columns: Row  # a vector for each column of the view
    nothing: Row  # [widest] zeros
    slots: npt.NDArray[np.int64]  # [inputs] the experiences at hand


def new_memory(config: NetworkConfig, shape: Shape) -> Memory:
    """Room for all that is remembered."""
    size = config.replay_size
    return Memory(
        seen=np.zeros((size, shape.past + 2), GLIMPSE).view(np.recarray),
        done=np.zeros((size, shape.past + 2), np.int64),
        rewards=np.zeros(size),
    )


def new_room(shape: Shape, batch: int) -> Room:
    """Room for an update."""
    inputs = min(batch, INPUTS_AT_ONCE)
    turned = max((stride(d[INPUTS]) * padded(d[SUMS]) for d in shape.dense.tolist()), default=0)
    return Room(
        now=new_pass(shape, inputs),
        next=new_pass(shape, inputs),
        errors=aligned(inputs * shape.widest),
        below=aligned(inputs * shape.widest),
        turned=aligned(turned),
        columns=aligned(shape.width * WIDTH),
        nothing=aligned(shape.widest),
        slots=np.zeros(inputs, np.int64),
    )


@inlined
def spell_batch(shape: Shape, memory: Memory, room: Room, inputs: int) -> int:
    """Writes the experiences at hand as features: what was seen, and what was seen next.

    Returns:
        CELLS if cells are among the features of what was seen, else 0.
    """
    now = later = 0
    loose = signed(0)
    for row in range(inputs):
        slot = room.slots[row]
        seen, done = memory.seen[slot], memory.done[slot]
        later = spell_input(shape, seen, done, 0, later, room.next.places, room.next.shares)
        now = spell_input(shape, seen, done, 1, now, room.now.places, room.now.shares)
        room.next.ends[row + 1] = later
        room.now.ends[row + 1] = now
        for block in range(1, shape.past + 2):
            loose |= signed(seen[block].loose)
    return CELLS if loose else NEITHER
