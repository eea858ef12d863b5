"""Tests that take long and are left to `make test-deep`: said with their number, never just gone.

A pytest plugin. `--deep` runs what is marked `deep` as well.
"""

from typing import Any

import pytest

LEFT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="run the tests marked deep as well")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("deep"):
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    if deep:
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]
    config.stash[LEFT] = len(deep)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under xdist only the workers know; each collects everything."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["deep"] = session.config.stash.get(LEFT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", {})
    node.config.stash[LEFT] = max(node.config.stash.get(LEFT, 0), output.get("deep", 0))


def left(config: pytest.Config) -> int:
    """How many tests of those asked for were left to `make test-deep`."""
    return config.stash.get(LEFT, 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if left(config):
        terminalreporter.line(f"{left(config)} deep tests left to make test-deep")
