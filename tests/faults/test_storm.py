"""Short storms, beside no other test: they have times to keep. The long one is `make faults`."""

import pytest

from tests.faults.storm import Storm, check
from tests.faults.world import embedded, on_real_services
from tests.processes import PATIENCE

SUBMISSIONS = 12  # and more while faults are left
pytestmark = pytest.mark.alone


def test_nothing_is_lost_or_doubled_on_real_services(record_property):
    with on_real_services() as world:
        storm = Storm(world, seed=1, submissions=SUBMISSIONS)
        storm.run(rounds=1, pause=1, patience=PATIENCE)
        for what, value in check(world, storm.handed_in).items():
            record_property(f"storm on PostgreSQL, {what}", value)
    assert list(world.everything()) == []


def test_nothing_is_lost_or_doubled_in_the_embedded_mode(record_property):
    with embedded() as world:
        storm = Storm(world, seed=2, submissions=SUBMISSIONS)
        storm.run(rounds=1, pause=1, patience=PATIENCE)
        for what, value in check(world, storm.handed_in).items():
            record_property(f"storm on SQLite, {what}", value)
    assert list(world.everything()) == []
