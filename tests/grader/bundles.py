"""A bundle that was made once, and the ways in which somebody may spoil one."""

import functools
import json
from collections.abc import Callable
from typing import Any

from grader import bundle
from grader.bundle import CONFIG, MANIFEST, TRAININGS, digest, seal
from grader.grade import Grade
from grader.grading import grade
from grader.packed import pack, unpack
from grader.protocol import Protocol
from grader.unbundle import BOUNDS
from tests.grader.small import quick

PROTOCOL = Protocol(trainings=3, runs=5, frames=300)


@functools.cache
def graded() -> Grade:
    return grade(quick(), PROTOCOL, "k")


@functools.cache
def written() -> bytes:
    return bundle.write(graded(), key="k")


@functools.cache
def without_seeds() -> bytes:
    return bundle.write(graded(), key=None)


def members(data: bytes) -> dict[str, bytes]:
    return unpack(data, BOUNDS)


def changed(
    change: Callable[[dict[str, Any], list[dict[str, Any]]], object], *, data: bytes | None = None
) -> bytes:
    """Manifest and trainings changed by hand; the checksums as they were."""
    parts = members(data or written())
    manifest, listed = json.loads(parts[MANIFEST]), json.loads(parts[TRAININGS])
    change(manifest, listed["trainings"])
    parts[TRAININGS] = json.dumps(listed).encode()
    parts[MANIFEST] = json.dumps(manifest).encode()
    return pack(parts)


def forged(change: Callable[[dict[str, Any], list[dict[str, Any]]], object]) -> bytes:
    """The same by somebody who makes the checksums right again."""
    parts = members(changed(change))
    manifest = json.loads(parts[MANIFEST])
    manifest["sha256"] = {
        CONFIG: digest(parts[CONFIG]),
        TRAININGS: digest(parts[TRAININGS]),
        MANIFEST: seal(manifest),
    }
    return pack({**parts, MANIFEST: json.dumps(manifest).encode()})
