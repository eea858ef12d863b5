"""Backups that say something else than they should, whole and sealed all the same."""

import dataclasses
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

from leaderboard.backup.archive import DATABASES, Archive, Writer


def rewritten(source: Path, into: Path, **said: Any) -> None:
    """The same members under a manifest that says other things, and names after it."""
    with Archive.open(source) as archive, into.open("xb") as file:
        writer = Writer(file)
        for name, member in archive.manifest.members.items():
            kind = said.get("database")
            called = DATABASES[kind] if kind and name == archive.database else name
            held = BytesIO()
            shutil.copyfileobj(archive.read(name), held)
            held.seek(0)
            writer.add(called, held, size=member.size)
        fields = {**said, "members": writer.members}
        writer.finish(dataclasses.replace(archive.manifest, **fields))
