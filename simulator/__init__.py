"""The road: many roads of DeepTraffic, driven together in compiled code."""

from pathlib import Path

from simulator.disk_cache import use_disk_cache

# Before any module here imports numba, which reads the folder once.
use_disk_cache(Path(__file__).parent)
