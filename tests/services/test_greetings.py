"""Which devices have called is known for nine minutes."""

from mnist_core.services.greetings import Greetings


def test_devices_are_listed_for_nine_minutes_the_newest_first():
    now = [0.0]
    greetings = Greetings(lambda: now[0])
    greetings.note("10.0.0.1", True)
    now[0] = 30.0
    greetings.note("10.0.0.2", False)
    assert greetings.list_all() == [
        {"address": "10.0.0.2", "seconds": 0, "live": False},
        {"address": "10.0.0.1", "seconds": 30, "live": True},
    ]
    now[0] = 541.0
    assert [device["address"] for device in greetings.list_all()] == ["10.0.0.2"]
