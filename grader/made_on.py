"""The versions and the processor here, for whoever finds that another's grade differs."""

import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "numba", "torch")
"""Whose versions matter; asked without loading any."""


def made_on() -> dict[str, str]:
    """What ``bundle.MadeOn`` holds."""
    versions = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **versions, "processor": _processor()[:100]}


def _processor() -> str:
    """Its name as its maker has it; where the system does not tell, its kind."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()
