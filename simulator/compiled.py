"""How this room compiles: without the interpreter's lock, kept on disk, exact to IEEE 754."""

import numba

# No fastmath: it would let the compiler reorder sums, and a score would depend on the machine.
# The numpy error model leaves out a test before each division; no divisor here can be 0.
compiled = numba.njit(nogil=True, cache=True, error_model="numpy")

# For the parts of a frame: a call passes a road as some sixty machine words and costs more than
# most of them do.
inlined = numba.njit(nogil=True, cache=True, error_model="numpy", forceinline=True)
