"""A file that a command writes at its end, its place tried before it begins."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.errors import ConfigError, Problem
from grader.terminal import reason


class Output:
    """A place for a file, found writable.

    Attributes:
        ending: Of its name, in small letters, such as ".png".
    """

    def __init__(self, option: str, path: str, *, endings: Sequence[str] = ()) -> None:
        """Tries the place and leaves it as it was.

        Args:
            option: That named it, for what is said.
            path: Where.
            endings: What its name may end with; none given: anything.

        Raises:
            ConfigError: It cannot be written there, or ends otherwise.
        """
        self._option, self._path = option, Path(path)
        self.ending = self._path.suffix.lower()
        if endings and self.ending not in endings:
            raise ConfigError(Problem(option, f"must end in {', '.join(endings)}, not {path!r}"))
        try:
            if self._path.exists():
                self._path.open("r+b").close()
            else:
                tempfile.TemporaryFile(dir=self._path.parent).close()
        except (OSError, ValueError) as error:
            raise self._refused(error) from None

    def write(self, content: bytes) -> None:
        """Writes the file.

        Raises:
            ConfigError: It can no longer be written.
        """
        try:
            self._path.write_bytes(content)
        except OSError as error:
            raise self._refused(error) from None

    def _refused(self, error: Exception) -> ConfigError:
        return ConfigError(Problem(self._option, f"cannot write {self._path}: {reason(error)}"))
