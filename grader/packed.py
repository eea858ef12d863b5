"""Zip archives of a few members: the same bytes for the same contents, read within bounds."""

import struct
import zlib
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from grader.errors import ConfigError, Problem, shown

MAX_BYTES = 18_000_000
"""Largest archive looked at [bytes]; weights as many as may be have 16,000,000 or less."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""When every member was written, as far as an archive tells: its bytes hold no clock."""
MOST_NAMED = 3
"""Strange members that are named [1]."""
ENCRYPTED = 0x1
"""Flag of a member."""
MODE = 0o644 << 16
"""Of a member on Unix: a plain file that everyone may read."""

# What zipfile raises on archives that are broken or lie, as found by mutating them
_FAULTS = (
    BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError,
    struct.error, zlib.error,
)  # fmt: skip


def pack(members: Mapping[str, bytes]) -> bytes:
    """An archive with these members, in this order."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            entry = ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, wherever it is written
            entry.external_attr = MODE
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def unpack(data: bytes, bounds: Mapping[str, int]) -> dict[str, bytes]:
    """The members of an archive, none of which is trusted.

    Args:
        data: The archive.
        bounds: Names that it may have, and the most bytes of each once unpacked.

    Raises:
        ConfigError: It is no archive, is broken, or has other members or larger ones.
    """
    if len(data) > MAX_BYTES:
        raise ConfigError(Problem("", f"larger than {MAX_BYTES:,} bytes, which no bundle is"))
    try:
        archive = ZipFile(BytesIO(data))
        entries = archive.infolist()
    except _FAULTS as error:
        raise ConfigError(
            Problem("", f"not a zip archive, or cut short: {_reason(error)}")
        ) from None
    with archive:
        if problems := _faults(entries, bounds):
            raise ConfigError(*problems)
        return {entry.filename: _content(archive, entry) for entry in entries}


def _faults(entries: list[ZipInfo], bounds: Mapping[str, int]) -> list[Problem]:
    """What the directory of an archive alone shows to be wrong."""
    times = Counter(entry.filename for entry in entries)
    strange = [name for name in times if name not in bounds]
    if strange:
        message = f"there is no such member; a bundle has {', '.join(bounds)}"
        return [Problem(shown(name), message) for name in strange[:MOST_NAMED]]
    twice = [name for name, count in times.items() if count > 1]
    if twice:
        return [Problem(name, f"is there {times[name]:,} times") for name in twice]
    faults = {entry.filename: _fault(entry, bounds[entry.filename]) for entry in entries}
    return [Problem(name, fault) for name, fault in faults.items() if fault]


def _fault(entry: ZipInfo, bound: int) -> str:
    if entry.flag_bits & ENCRYPTED:
        return "is encrypted; a bundle is read without a password"
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        return f"is compressed by method {entry.compress_type}; known are 0 and 8, deflate"
    if entry.file_size > bound:
        return f"may have at most {bound:,} bytes, not {entry.file_size:,}"
    return ""


def _content(archive: ZipFile, entry: ZipInfo) -> bytes:
    """One member. Never unpacks more than its header says, which is within the bound."""
    try:
        with archive.open(entry) as member:
            content = member.read(entry.file_size)
            member.read(1)  # at the end zipfile compares checksums
    except _FAULTS as error:
        raise ConfigError(Problem(entry.filename, f"is damaged: {_reason(error)}")) from None
    if len(content) != entry.file_size:
        message = f"is cut short: {len(content):,} of {entry.file_size:,} bytes are there"
        raise ConfigError(Problem(entry.filename, message))
    return content


def _reason(error: Exception) -> str:
    """What a library says, as one short line."""
    words = " ".join(str(error).split()) or type(error).__name__
    printable = "".join(letter if letter.isprintable() else "?" for letter in words)
    return printable[:100]
