"""Seeds: which roads are driven and how networks begin, all derived from one key.

A seed is the first 64 bits, most significant first, of HMAC-SHA-256 with the competition's key (as
UTF-8) over an ASCII message: a word and its values joined by colons. No value holds a colon, and
each word has a fixed number of values (none is one, too), so no two meanings share a message.
"""

import hashlib
import hmac


def run_seed(key: str, training: int, run: int) -> int:
    """The road of one run: message ``run:<training>:<run>``.

    The same for every submission of a competition, so that all of them meet the same traffic.
    """
    return _seed(key, f"run:{training}:{run}")


def run_seeds(key: str, training: int, runs: int) -> tuple[int, ...]:
    """The roads that one trained network drives, in order."""
    return tuple(run_seed(key, training, run) for run in range(runs))


def training_seed(key: str, config_hash: str, training: int) -> int:
    """All chance in one training: message ``train:<config hash>:<training>``.

    An identical configuration therefore gets the identical training.
    """
    return _seed(key, f"train:{config_hash}:{training}")


def bootstrap_seed(key: str, name: str) -> int:
    """The resamples behind an interval: message ``bootstrap:<name>``.

    Args:
        key: The competition's key.
        name: The configuration's hash, or the name of a driver.
    """
    return _seed(key, f"bootstrap:{name}")


def standing_seed(key: str) -> int:
    """The resamples behind ranks and their intervals: message ``standing``."""
    return _seed(key, "standing")


def to_hex(seed: int) -> str:
    """A seed as 16 hexadecimal digits, which survive every JSON reader."""
    return f"{seed:016x}"


def from_hex(text: str) -> int:
    """The seed that 16 hexadecimal digits spell.

    Raises:
        ValueError: They are not 16 lower-case hexadecimal digits.
    """
    if len(text) != 16 or set(text) - set("0123456789abcdef"):  # noqa: PLR2004
        raise ValueError(f"a seed is 16 hexadecimal digits, not {text[:20]!r}")
    return int(text, 16)


def _seed(key: str, message: str) -> int:
    digest = hmac.new(key.encode("utf-8", "surrogatepass"), message.encode(), hashlib.sha256)
    return int.from_bytes(digest.digest()[:8], "big")
