"""How tests are shared out among processes: who needs the same servers stays together."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/end_to_end/test_main_job.py": "site",
    "tests/end_to_end/test_trained.py": "site",
    "tests/end_to_end/test_faults.py": "site",
    "tests/end_to_end/test_workers.py": "workers",
    "tests/end_to_end/test_browser.py": "pages",
    "tests/end_to_end/test_submit_page.py": "pages",
    "tests/end_to_end/test_pages.py": "pages",
    "tests/end_to_end/test_replay.py": "pages",
    "tests/end_to_end/test_how.py": "pages",
    "tests/end_to_end/test_serve.py": "serve",
    "tests/end_to_end/test_health.py": "health",
    "tests/deploy/test_processes.py": "compose",
}


class _Sharing(LoadScopeScheduling):
    """One test at a time to whoever is free; the groups, being larger, come first.

    They are what takes long, so none of them is left over for the end. (This is what
    `--dist loadgroup` is for, whose groups get lost between xdist 3.8 and pytest 9.2.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _Sharing(config, log)
