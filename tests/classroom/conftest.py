"""A class in its room."""

import pytest
from support.classroom import Lesson


@pytest.fixture
def lesson(tmp_path):
    made = Lesson(tmp_path)
    yield made
    made.rooms.close()
