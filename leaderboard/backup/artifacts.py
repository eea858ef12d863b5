"""The artifacts: files in the default storage, written once under a name and never changed."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage

from leaderboard.backup.archive import Archive
from leaderboard.backup.errors import BackupError
from leaderboard.backup.sqlite import sync


def folder() -> Path:
    """Where they lie.

    Raises:
        BackupError: they lie in no folder, and whoever keeps them has means of its own.
    """
    if not isinstance(default_storage, FileSystemStorage):
        storage = getattr(default_storage, "_wrapped", default_storage)
        if not isinstance(storage, FileSystemStorage):
            raise BackupError(
                f"The default storage is {type(storage).__name__}, no folder. This command saves "
                "folders; save what is in there by its own means."
            )
    return Path(default_storage.path(""))


def names(root: Path) -> list[str]:
    """Every file below it, as the storage calls it. Links lead elsewhere: they are left alone."""
    return sorted(
        Path(where, name).relative_to(root).as_posix()
        for where, _, files in os.walk(root)
        for name in files
        if not Path(where, name).is_symlink()
    )


@contextmanager
def staged(archive: Archive, root: Path) -> Iterator["Staged"]:
    """Unpack them beside the folder, and take away afterwards what was not moved into it."""
    aside = root.with_name(f"{root.name}.restoring")
    shutil.rmtree(aside, ignore_errors=True)  # left by one that was killed
    try:
        for name in archive.artifacts:
            _unpack(archive, name, aside / name)
        yield Staged(root, aside, archive.artifacts)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _unpack(archive: Archive, name: str, into: Path) -> None:
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with archive.read(f"artifacts/{name}") as packed, into.open("xb") as file:
        shutil.copyfileobj(packed, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())


class Staged:
    """Artifacts that are to become the storage's, around the moment when the database changes.

    New names are added before it, so that whatever the restored rows refer to is there; names that
    are taken are replaced and those left over removed after it, so that until then the old rows
    have theirs. Killed at any point, the database that is in place has its artifacts.
    """

    def __init__(self, root: Path, aside: Path, wanted: Iterable[str]) -> None:
        self._root, self._aside, self._wanted = root, aside, set(wanted)
        self._added: list[Path] = []

    def add(self) -> None:
        for name in sorted(self._wanted):
            place = self._root / name
            if place.exists():
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            (self._aside / name).rename(place)
            self._added.append(place)
            sync(place.parent)

    def take_back(self) -> None:
        """The database stays as it was: so does the folder."""
        for place in self._added:
            place.unlink(missing_ok=True)

    def replace(self) -> None:
        for name in names(self._aside):
            (self._aside / name).replace(self._root / name)
        for name in set(names(self._root)) - self._wanted:
            (self._root / name).unlink(missing_ok=True)
        for where, _, _ in os.walk(self._root, topdown=False):
            if where != str(self._root):
                with suppress(OSError):  # it is not empty
                    Path(where).rmdir()
