"""The compiled engine: simulate, observe, act, remember and learn without the interpreter.

The page docs/training.md derives what happens here; the modules, from the ground up: vectors,
functions, chance, layout, glimpses, sparse, dense, forward, steps, batch, backward, updating,
learning, training, driving.
"""

from pathlib import Path

import simulator
from simulator.disk_cache import use_disk_cache

# Before any module here decorates a function: its compiled code holds the simulator's too.
use_disk_cache(Path(simulator.__file__).parent, Path(__file__).parent)
