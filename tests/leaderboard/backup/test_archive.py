"""The file: whatever is not as it was written is named, before anything is unpacked."""

import gzip
import io
import tarfile
from datetime import UTC, datetime

import pytest

from leaderboard.backup import sqlite
from leaderboard.backup.archive import DATABASES, MANIFEST, SEAL, Archive, Writer
from leaderboard.backup.errors import BackupError
from leaderboard.backup.manifest import Manifest
from tests.leaderboard.backup.conftest import Place

DATABASE = DATABASES["sqlite"]
HELD = {DATABASE: gzip.compress(b"rows " * 3000), "artifacts/a/weights.bin": bytes(range(256)) * 40}


def manifest_of(members, **fields):
    said = {
        "made_at": datetime(2026, 11, 27, tzinfo=UTC),
        "application": "0.1.0",
        "grader": "0.3.0",
        "database": "sqlite",
        "database_version": "3.40.1",
        "database_size": 15_000,
        "migrations": [("leaderboard", "0001_initial")],
        "rows": {},
        "guards": [],
        "boards": {},
    }
    return Manifest(**{**said, **fields}, members=members)


@pytest.fixture
def backup(tmp_path):
    """A backup of a few bytes, which no site made but every reader takes for one."""
    path = tmp_path / "saved.tar"
    with path.open("xb") as file:
        writer = Writer(file)
        for name, held in HELD.items():
            writer.add(name, io.BytesIO(held), size=len(held))
        writer.finish(manifest_of(writer.members))
    return path


def refusal(path) -> str:
    with pytest.raises(BackupError) as caught, Archive.open(path):
        pass
    line = str(caught.value)
    assert "\n" not in line
    return line


def offsets(path) -> dict[str, int]:
    with tarfile.open(path) as tar:
        return {info.name: info.offset_data for info in tar}


def flip(path, offset) -> None:
    held = bytearray(path.read_bytes())
    held[offset] ^= 1
    path.write_bytes(held)


def with_one_more(path, info, held=b"") -> None:
    """Rebuild it with a member that no backup of ours has, sealed as if it had."""
    info.size = len(held)
    with tarfile.open(path, "w") as tar:
        for name, bytes_held in HELD.items():
            plain = tarfile.TarInfo(name)
            plain.size = len(bytes_held)
            tar.addfile(plain, io.BytesIO(bytes_held))
        tar.addfile(info, io.BytesIO(held))


def test_what_was_put_in_comes_out(backup):
    with Archive.open(backup) as archive:
        assert {name: archive.read(name).read() for name in HELD} == HELD
        assert archive.artifacts == ["a/weights.bin"]
        assert archive.manifest.migrations == [("leaderboard", "0001_initial")]


@pytest.mark.parametrize("name", [*HELD, MANIFEST, SEAL])
def test_a_flipped_bit_is_found_wherever_it_is(backup, name):
    flip(backup, offsets(backup)[name] + 20)
    line = refusal(backup)
    assert "is damaged" in line
    assert (MANIFEST if name == SEAL else name) in line


@pytest.mark.parametrize("name", [*HELD, MANIFEST, SEAL])
def test_a_flipped_bit_in_a_header_is_found(backup, name):
    flip(backup, offsets(backup)[name] - 512)
    assert str(backup) in refusal(backup)


def test_a_file_that_ends_early_is_no_backup_wherever_it_ends(backup):
    whole = backup.read_bytes()
    last = offsets(backup)[SEAL] + 64  # what follows is the padding of a tar
    for length in [*range(0, last, 509), last - 1]:
        backup.write_bytes(whole[:length])
        assert "Fetch the file again" in refusal(backup), length
    backup.write_bytes(whole)
    with Archive.open(backup):
        pass


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"no tar at all" * 100, "is no backup of Overtake"),
        (gzip.compress(b"a compressed one" * 1000), "is no backup of Overtake"),
        (b"", "is no backup of Overtake"),
        (b"\0" * 10_240, "without its manifest.json"),
    ],
    ids=["text", "gzip", "nothing", "an empty tar"],
)
def test_another_file_is_no_backup(tmp_path, held, said):
    path = tmp_path / "other"
    path.write_bytes(held)
    assert said in refusal(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refusal(tmp_path / "none.tar") == (
        f"Cannot read {tmp_path / 'none.tar'}: No such file or directory."
    )


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "/etc/evil", "evil", "artifacts/../evil", "artifacts/a/../../../evil"),
        *("artifacts//evil", "artifacts/./evil", "artifacts/", "artifacts/a\\..\\evil"),
        *("artifacts/a\nb", f"artifacts/{'x' * 256}"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(backup, name):
    with_one_more(backup, tarfile.TarInfo(name), b"evil")
    assert "is no name that a backup has in it" in refusal(backup)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_what_is_no_plain_file_is_refused(backup, kind):
    info = tarfile.TarInfo("artifacts/link")
    info.type, info.linkname = kind, "/etc/passwd"
    with_one_more(backup, info)
    assert "'artifacts/link' is no plain file" in refusal(backup)


def test_a_name_that_comes_twice_is_refused(backup):
    with_one_more(backup, tarfile.TarInfo(DATABASE), b"another")
    assert f"{DATABASE!r} is in it twice" in refusal(backup)


def test_members_and_manifest_must_name_the_same(tmp_path):
    for left_out, said in ((DATABASE, "does not belong in it"), (None, "is missing")):
        path = tmp_path / f"without {left_out}.tar"
        with path.open("xb") as file:
            writer = Writer(file)
            for name, held in HELD.items():
                writer.add(name, io.BytesIO(held), size=len(held))
            named = {name: it for name, it in writer.members.items() if name != left_out}
            ghost = {} if left_out else {"artifacts/ghost": named[DATABASE]}
            writer.finish(manifest_of({**named, **ghost}))
        assert said in refusal(path)


def test_another_format_is_named_together_with_the_version_that_reads_it():
    text = manifest_of({}, application="9.9").to_json()
    with pytest.raises(BackupError, match=r"has format 2; this .* reads format 1.* made it: 9\.9"):
        Manifest.from_json(text.replace(b'"format": 1', b'"format": 2'))


def test_a_manifest_of_something_else_is_none_of_overtake_s():
    for text in (b"[]", b"{}", b"no json", b'{"format": 1, "members": 3}'):
        with pytest.raises(BackupError):
            Manifest.from_json(text)


def test_both_commands_refuse_a_damaged_file_in_one_line_and_touch_nothing(backup, tmp_path):
    place = Place(tmp_path / "data")
    flip(backup, offsets(backup)[DATABASE] + 20)
    for command in (("backup", "--verify"), ("restore",)):
        line = place.refused(*command, backup)
        assert f"{backup} is damaged: {DATABASE} has the checksum" in line
    assert {path.name for path in place.folder.iterdir()} <= {"secret_key"}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (gzip.compress(b"x" * 15_001), "is not the 15000 bytes that it is said to be"),
        (gzip.compress(b"x" * 14_999), "is not the 15000 bytes that it is said to be"),
        (gzip.compress(b"x" * 15_000), "is not sound: file is not a database"),
        (gzip.compress(b"x" * 15_000)[:-9], "cannot be unpacked"),
        (b"x" * 15_000, "cannot be unpacked"),
    ],
    ids=["too large", "too small", "no database", "cut off", "not packed"],
)
def test_a_sealed_backup_with_no_database_in_it_is_refused(tmp_path, held, said):
    path, unpacked = tmp_path / "sealed.tar", tmp_path / "database"
    with path.open("xb") as file:
        writer = Writer(file)
        writer.add(DATABASE, io.BytesIO(held), size=len(held))
        writer.finish(manifest_of(writer.members))
    with pytest.raises(BackupError, match=said):
        unpack(path, unpacked)


def unpack(path, into) -> None:
    with Archive.open(path) as archive:
        sqlite.unpack(archive.read(DATABASE), into, size=archive.manifest.database_size)
    sqlite.require_whole(into)
