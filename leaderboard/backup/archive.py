"""The file itself: a plain tar of the database, the artifacts, the manifest and its checksum.

Plain, because what is in it is compressed already or does not compress, and because a reader can
then go straight to any part of it. The manifest comes last: only then are all checksums known.
"""

import hashlib
import re
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Self

from leaderboard.backup.errors import BackupError
from leaderboard.backup.manifest import Manifest, Member

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
ARTIFACTS = "artifacts/"
DATABASES = {"sqlite": "database.sqlite3.gz", "postgresql": "database.pgdump"}
LARGEST_MANIFEST = 256 * 1024 * 1024  # [bytes]; a million artifacts take less
_CHUNK = 1024 * 1024  # [bytes]
_SAFE_PART = re.compile(r"(?!\.{1,2}$)[^/\\\x00-\x1f]{1,255}")


class Writer:
    """Puts a backup together, counting and hashing what goes in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.members: dict[str, Member] = {}

    def add(self, name: str, file: IO[bytes], *, size: int) -> None:
        """The next `size` bytes of the file; what has been added to it since is not wanted."""
        hashing = _Hashing(file)
        self._tar.addfile(_header(name, size), hashing)
        self.members[name] = Member(size, hashing.hash.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        text = manifest.to_json()
        self._tar.addfile(_header(MANIFEST, len(text)), BytesIO(text))
        seal = hashlib.sha256(text).hexdigest().encode()
        self._tar.addfile(_header(SEAL, len(seal)), BytesIO(seal))
        self._tar.close()


class Archive:
    """A backup that has been read from end to end and found whole."""

    def __init__(self, tar: tarfile.TarFile, path: Path) -> None:
        self._tar = tar
        self._path = path
        self._infos: dict[str, tarfile.TarInfo] = {}
        self.manifest = self._checked()

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open and check all of it; it stays open, so that what was checked is what is unpacked.

        Raises:
            BackupError: it is no backup, or not all of it is as it was written.
        """
        with ExitStack() as stack:
            yield cls._opened(path, stack)

    @classmethod
    def _opened(cls, path: Path, stack: ExitStack) -> Self:
        try:
            return cls(stack.enter_context(tarfile.open(path, "r:")), path)
        except OSError as error:
            raise BackupError(f"Cannot read {path}: {error.strerror or error}.") from error
        except tarfile.TarError as error:
            raise BackupError(
                f"{path} is no backup of Overtake, or only the beginning of one: {error}. "
                "Fetch the file again."
            ) from error

    def read(self, name: str) -> IO[bytes]:
        file = self._tar.extractfile(self._infos[name])
        assert file is not None
        return file

    @property
    def database(self) -> str:
        return DATABASES[self.manifest.database]

    @property
    def artifacts(self) -> list[str]:
        """Their names in the storage."""
        return [
            name.removeprefix(ARTIFACTS)
            for name in self.manifest.members
            if name.startswith(ARTIFACTS)
        ]

    def _checked(self) -> Manifest:
        found = {name: self._take(info) for name, info in self._each()}
        manifest = self._sealed_manifest(found)
        for name in (MANIFEST, SEAL):
            del found[name]
        if lacking := manifest.members.keys() - found.keys():
            raise self._damaged(f"{min(lacking)} is missing")
        if foreign := found.keys() - manifest.members.keys():
            raise self._damaged(f"{min(foreign)} does not belong in it")
        for name, member in manifest.members.items():
            if found[name] != member:
                raise self._damaged(
                    f"{name} has the checksum {found[name].sha256[:12]}, not {member.sha256[:12]}"
                )
        if DATABASES.get(manifest.database) not in found:
            raise self._damaged(f"it holds no database of kind {manifest.database!r}")
        return manifest

    def _each(self) -> Iterator[tuple[str, tarfile.TarInfo]]:
        for info in self._tar:
            if info.name in self._infos:
                raise self._damaged(f"{info.name!r} is in it twice")
            # neither links nor devices nor files with holes: none was ever written into one
            if info.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or info.issparse():
                raise self._damaged(f"{info.name!r} is no plain file")
            if not _is_ours(info.name):
                raise self._damaged(f"{info.name!r} is no name that a backup has in it")
            self._infos[info.name] = info
            yield info.name, info

    def _take(self, info: tarfile.TarInfo) -> Member:
        hashing, size = hashlib.sha256(), 0
        file = self.read(info.name)
        while chunk := file.read(_CHUNK):
            hashing.update(chunk)
            size += len(chunk)
        return Member(size, hashing.hexdigest())

    def _sealed_manifest(self, found: dict[str, Member]) -> Manifest:
        if MANIFEST not in found or SEAL not in found:
            raise self._damaged(f"it ends after {len(found)} members, without its {MANIFEST}")
        if found[MANIFEST].size > LARGEST_MANIFEST:
            raise self._damaged(f"its {MANIFEST} is larger than {LARGEST_MANIFEST} bytes")
        if self.read(SEAL).read(_CHUNK) != found[MANIFEST].sha256.encode():
            raise self._damaged(f"its {MANIFEST} does not have the checksum in {SEAL}")
        return Manifest.from_json(self.read(MANIFEST).read())

    def _damaged(self, what: str) -> BackupError:
        return BackupError(
            f"{self._path} is damaged: {what}. Fetch the file again or take another."
        )


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.hash.update(chunk)
        return chunk


def _is_ours(name: str) -> bool:
    if name.startswith(ARTIFACTS):
        return all(map(_SAFE_PART.fullmatch, name.removeprefix(ARTIFACTS).split("/")))
    return name in {MANIFEST, SEAL, *DATABASES.values()}


def _header(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info
