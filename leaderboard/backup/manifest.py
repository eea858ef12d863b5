"""What a backup says of itself: when and from what it was made, and what has to be in it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple, Self

from leaderboard.backup.errors import BackupError

FORMAT = 1


class Member(NamedTuple):
    """One file in the backup."""

    size: int  # [bytes]
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`rows`, `guards` and `boards` are of the very snapshot that the backup holds."""

    made_at: datetime
    application: str
    grader: str
    database: str  # sqlite or postgresql
    database_version: str
    database_size: int  # unpacked [bytes]
    migrations: list[tuple[str, str]]
    rows: dict[str, int]  # by table
    guards: list[str]  # the database's triggers
    boards: dict[str, str]  # by competition: the hash of what its boards follow from
    members: dict[str, Member]

    def to_json(self) -> bytes:
        fields = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(fields, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Read it back. Its checksum has been looked at before, so what it says is what was said.

        Raises:
            BackupError: another format, or no manifest at all.
        """
        try:
            fields = json.loads(text)
            version = fields.pop("format")
            if version != FORMAT:
                raise BackupError(
                    f"The backup has format {version}; this version of Overtake reads format "
                    f"{FORMAT}. Restore it with the version that made it: "
                    f"{fields.get('application', 'unknown')}."
                )
            fields["made_at"] = datetime.fromisoformat(fields["made_at"])
            fields["migrations"] = [(app, name) for app, name in fields["migrations"]]
            fields["members"] = {name: Member(*it) for name, it in fields["members"].items()}
            return cls(**fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(f"The backup's manifest is none of Overtake's: {error!r}.") from error
