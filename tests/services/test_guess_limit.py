"""Wrong codes are limited by address, with room for a school behind one of them, and soon forgotten."""

import pytest

from mnist_core.errors import RefusedError
from mnist_core.services.guess_limit import MEMORY_SECONDS, MOST_WRONG, GuessLimit


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limit(clock):
    return GuessLimit(clock=clock)


def guess(limit, address="192.0.2.1", times=1):
    for _ in range(times):
        limit.check(address)
        limit.note_wrong(address)


def test_eight_classes_may_mistype_once_each(limit):
    guess(limit, times=8 * 30)


def test_then_an_address_waits_and_no_other(limit, clock):
    guess(limit, times=MOST_WRONG)
    with pytest.raises(RefusedError, match="Try again in 2 s") as caught:
        guess(limit)
    assert (caught.value.status, caught.value.retry_after) == (429, 2)
    guess(limit, "192.0.2.2")
    clock.now += 2.01
    guess(limit)
    with pytest.raises(RefusedError):
        guess(limit)


def test_a_lesson_of_guessing_finds_no_code(limit, clock):
    """One address, for four hours, against ten rooms."""
    from mnist_core.classroom.codes import CODE_LENGTH, LETTERS

    num_tries = MOST_WRONG * (1 + 4 * 3600 / MEMORY_SECONDS)
    assert 10 * num_tries / len(LETTERS) ** CODE_LENGTH < 0.001


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8::1", "2001:db8::2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_one_household_is_one_address(limit, first, second, is_same):
    guess(limit, first, MOST_WRONG)
    if is_same:
        with pytest.raises(RefusedError):
            guess(limit, second)
    else:
        guess(limit, second)


def test_after_ten_minutes_an_address_is_in_no_memory(limit, clock):
    guess(limit, "192.0.2.1")
    clock.now += MEMORY_SECONDS / 2
    guess(limit, "192.0.2.2")
    assert len(limit._wrong) == 2
    clock.now += MEMORY_SECONDS / 2
    limit.forget()
    assert list(limit._wrong) == ["192.0.2.2"]


def test_addresses_do_not_fill_the_memory(limit):
    for index in range(12_000):
        limit.note_wrong(f"10.{index // 65536}.{index // 256 % 256}.{index % 256}")
    assert len(limit._wrong) == 10_000
