"""A backup in words, for whoever made or restored one."""

from collections.abc import Sequence

from leaderboard.backup.archive import ARTIFACTS
from leaderboard.backup.manifest import Manifest

_TOLD = ("user", "competition", "submission", "evaluation", "training", "run")


def summary(manifest: Manifest) -> str:
    size = sum(member.size for member in manifest.members.values())
    artifacts = sum(name.startswith(ARTIFACTS) for name in manifest.members)
    counts = [_counted(manifest.rows.get(f"leaderboard_{name}", 0), name) for name in _TOLD]
    made_by = f"Overtake {manifest.application}, grader {manifest.grader}"
    database = f"{manifest.database} {manifest.database_version}"
    lines = (
        f"made at {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC by {made_by}",
        f"{database}, {len(manifest.migrations)} migrations, {size / 1e6:.1f} MB",
        ", ".join([*counts, _counted(artifacts, "artifact")]),
        f"boards: {', '.join(sorted(manifest.boards)) or 'none'}",
    )
    return "\n".join(f"   {line}" for line in lines)


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def listed(found: Sequence[str], *, most: int = 6) -> str:
    rest = [f"and {len(found) - most} more"] if len(found) > most else []
    return ", ".join([*found[:most], *rest])
