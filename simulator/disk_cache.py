"""Where compiled code is kept: a folder named by a hash of the sources it was compiled from.

Numba's own cache looks only at the file of the function it loads. Code that it inlined from another
module may have changed since, and the old machine code would still be run. A folder of its own for
every state of the sources makes that impossible.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"
KEY_DIGITS = 16  # [hexadecimal digits]


def use_disk_cache(*rooms: Path) -> Path:
    """Points numba at the folder for the compiled code of these rooms.

    A room whose compiled code calls another's calls this again, naming both, before its own
    decorators run: `use_disk_cache(simulator_folder, own_folder)`.

    Args:
        rooms: the folders of Python sources that the compiled code comes from.

    Returns:
        The folder in use: a caller's own NUMBA_CACHE_DIR if it is set, else the first writable one
        of `<repository>/.cache/numba`, `$XDG_CACHE_HOME/overtake/numba` and a temporary folder.
    """
    given = os.environ.get(VARIABLE)
    # A parent process may have left a folder of ours in the environment and the sources may have
    # changed since, as under a reloading server: only a folder that isn't ours is a caller's wish.
    if given and Path(given).parent not in _roots():
        return Path(given)
    folder = _writable(source_key(*rooms))
    os.environ[VARIABLE] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder


def source_key(*rooms: Path) -> str:
    """Returns a hash of every Python file in these folders, their names and their contents."""
    sources = hashlib.sha256()
    for room in rooms:
        for file in sorted(room.rglob("*.py")):
            sources.update(f"{room.name}/{file.relative_to(room).as_posix()}\0".encode())
            sources.update(hashlib.sha256(file.read_bytes()).digest())
    return sources.hexdigest()[:KEY_DIGITS]


def _roots() -> list[Path]:
    repository = Path(__file__).resolve().parents[1]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    roots = [caches / "overtake" / "numba"]
    if (repository / "pyproject.toml").exists():
        roots.insert(0, repository / ".cache" / "numba")
    return roots


def _writable(key: str) -> Path:
    for root in _roots():
        folder = root / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    # Loading compiled code runs it, so a folder that others could have filled won't do.
    return Path(tempfile.mkdtemp(prefix="overtake-numba-"))
