"""Checkpoints of running trainings: from a computing process into the artifacts, and back.

The file is written before the row that names it, and removed after it: whatever dies in between
leaves a file that nobody names, which `sweep` finds. Where the storage is not shared, or the file
is gone, a training begins anew, with the same bits.
"""

import logging
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from leaderboard.leases import Lease
from leaderboard.models import Attempt, Checkpoint, Training
from leaderboard.models.status import FINAL

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
FOLDER = "checkpoints"
LONG_GONE = 24 * 60 * 60
"""A workshop in which nothing was written for so long is nobody's [s]."""
ORPHANED = timedelta(hours=1)
"""A file that no row names for so long will not be named any more."""


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for one computing process; those of workers that were killed are cleared away."""
    base = settings.DATA / "workshops"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in base.iterdir():
        if _is_abandoned(old):
            shutil.rmtree(old, ignore_errors=True)
    prefix = f"{socket.gethostname()}~{os.getpid()}~"
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(workshop: Path) -> bool:
    """Its worker is gone: known of this machine, and of others on the same disk after a day."""
    host, _, rest = workshop.name.partition("~")
    if host == socket.gethostname():
        return not Path("/proc", rest.partition("~")[0]).exists()
    with suppress(FileNotFoundError):
        return time.time() - workshop.stat().st_mtime > LONG_GONE
    return False


def fetch(lease: Lease, folder: Path) -> Path | None:
    """The newest checkpoint of a training as a local file, if there is one to be had."""
    found = Checkpoint.objects.filter(training=lease.training).first()
    if found is None:
        return None
    local = folder / f"{lease.index}.found"
    try:
        with default_storage.open(found.file) as source, local.open("wb") as out:
            shutil.copyfileobj(source, out)
    except OSError as error:
        logger.warning("training %s begins anew: %s", lease.training, error)
        return None
    return local


def store(lease: Lease, file: Path, iteration: int) -> bool:
    """Keep a checkpoint in the place of the last. False: the lease is lost, nothing was changed."""
    with file.open("rb") as content:
        name = default_storage.save(
            f"{FOLDER}/{lease.training}-{lease.fence}-{iteration}.npz", File(content)
        )
    last = ""
    with transaction.atomic():
        held = Training.objects.select_for_update().held(fence=lease.fence)
        if stored := held.filter(pk=lease.training).exists():
            old = Checkpoint.objects.filter(training=lease.training).first()
            last = old.file if old else ""
            Checkpoint.objects.update_or_create(
                training_id=lease.training,
                defaults={
                    "file": name,
                    "iteration": iteration,
                    "fence": lease.fence,
                    "stored_at": timezone.now(),
                },
            )
            _attempt(lease).update(saved_to=iteration)
    _remove(last if stored else name)
    return stored


def note_resumed(lease: Lease, iteration: int) -> None:
    _attempt(lease).update(resumed_from=iteration)


def clear() -> int:
    """Forget the checkpoints of trainings that have ended."""
    ended = list(Checkpoint.objects.filter(training__status__in=FINAL))
    for it in ended:
        it.delete()
        _remove(it.file)
    return len(ended)


def sweep() -> None:
    """Remove files that no row names."""
    with suppress(FileNotFoundError):
        _, files = default_storage.listdir(FOLDER)
        names = {f"{FOLDER}/{it}" for it in files}
        for name in names - set(Checkpoint.objects.values_list("file", flat=True)):
            with suppress(FileNotFoundError):
                if default_storage.get_modified_time(name) < timezone.now() - ORPHANED:
                    _remove(name)


def _attempt(lease: Lease) -> "QuerySet[Attempt]":
    return Attempt.objects.filter(training=lease.training, fence=lease.fence)


def _remove(name: str) -> None:
    """A file that stays is only waste: the sweep comes by."""
    if name:
        try:
            default_storage.delete(name)
        except OSError as error:
            logger.warning("%s stays: %s", name, error)
