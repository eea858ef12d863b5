"""The original's submission files: read without running them, and written."""

from grader.netjs.blocks import decoded, without_weights
from grader.netjs.reading import MAX_BYTES, Imported, is_netjs, read
from grader.netjs.writing import write

__all__ = ["MAX_BYTES", "Imported", "decoded", "is_netjs", "read", "without_weights", "write"]
