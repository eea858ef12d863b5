"""A grader that expects other golden gradings: what a machine with other bits looks like."""

from pathlib import Path

from tests.processes import ROOT


def other_grader(folder: Path) -> Path:
    """Lay one into a folder: the real one, its expectation apart. Returns that file."""
    room = folder / "grader"
    room.mkdir()
    own = (ROOT / "grader" / "__init__.py").read_text()
    # everything else comes from where it really lies, compiled already
    more = (
        f"import sys\nsys.path.append({str(ROOT)!r})\n__path__.append({str(ROOT / 'grader')!r})\n"
    )
    (room / "__init__.py").write_text(own + "\n" + more)
    lines = (ROOT / "grader" / "golden.py").read_text().splitlines()
    (at,) = [at for at, it in enumerate(lines) if it.startswith("EXPECTED")]
    lines[at] = f'EXPECTED: Final = "{"0" * 64}"'
    golden = room / "golden.py"
    golden.write_text("\n".join(lines))
    return golden
