"""A grader that expects other golden gradings: what a machine with other bits looks like."""

from pathlib import Path

from tests.processes import ROOT


def other_grader(folder: Path) -> Path:
    """Lay one into a folder: the real one, its expectation apart. Returns that file."""
    room, real = folder / "grader", ROOT / "grader"
    room.mkdir()
    # everything else comes from where it really lies, compiled already
    more = ["import sys", f"sys.path.append({str(ROOT)!r})", f"__path__.append({str(real)!r})"]
    own = (real / "__init__.py").read_text()
    (room / "__init__.py").write_text("\n".join([own, *more, ""]))
    lines = (real / "golden.py").read_text().splitlines()
    (at,) = [at for at, it in enumerate(lines) if it.startswith("EXPECTED")]
    lines[at] = f'EXPECTED: Final = "{"0" * 64}"'
    golden = room / "golden.py"
    golden.write_text("\n".join(lines))
    return golden
