"""How soon a new process has all compiled code ready: from the disk cache, once numba is imported.

python -m bench.start
"""

import importlib
import subprocess
import sys
import time

import numba  # noqa: F401 - its own import isn't counted


def seconds() -> float:
    """Returns the CPU time that it takes in a process of its own [s]."""
    command = [sys.executable, "-m", "bench.start"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(ended.stdout.splitlines()[-1])


def main() -> None:
    """Prints it, below what warming says."""
    start = time.process_time()
    importlib.import_module("simulator.commands").warm()
    print(time.process_time() - start)


if __name__ == "__main__":
    main()
