"""A class's drawings are divided by pupils, taken home and loaded again."""

import io

import numpy as np
import pytest
from support.classroom import reading
from support.ink import FOUR, SEVEN, ZERO

from mnist_core.classroom import class_set
from mnist_core.classroom.class_set import load_class_set
from mnist_core.classroom.drawings import Sent
from mnist_core.data.labelled import load_labelled
from mnist_core.errors import DataError, RoomError
from mnist_core.preprocessing.ink import check_ink, render_ink


def drawn(lesson, num_pupils=5, num_drawings=3):
    pupils = lesson.join(num_pupils)
    for number in range(1, num_drawings + 1):
        for pupil in pupils:
            ink, label = [(SEVEN, 7), (FOUR, 4), (ZERO, 0)][number % 3]
            lesson.draw(pupil, number, label=label, digit=label, ink=ink)
    return pupils


def collect(lesson):
    return lesson.rooms.collect_class_set(lesson.teacher)


def test_halves_hold_pupils_not_drawings_and_are_of_one_size(lesson):
    drawn(lesson)
    found = collect(lesson)
    assert found.images.shape == (15, 28, 28)
    assert found.images.dtype == np.uint8
    assert sorted(found.labels) == [0] * 5 + [4] * 5 + [7] * 5
    halves = {writer: set(found.halves[found.writers == writer]) for writer in range(5)}
    assert sorted(half for (half,) in halves.values()) == [0, 0, 0, 1, 1]
    assert lesson.screen()["class_set"] == {"pupils": [3, 2], "earlier": [0]}


def test_only_who_draws_is_counted_for_a_half_and_stays_in_it(lesson):
    pupils = lesson.join(8)
    halves = []
    for number, pupil in enumerate((pupils[0], pupils[2], pupils[4], pupils[6], pupils[0], pupils[2]), start=1):
        lesson.draw(pupil, number)
        halves.append(lesson.device(pupil)["half"])
    assert halves == [0, 1, 0, 1, 0, 1]
    assert lesson.device(pupils[1])["half"] is None


def test_an_image_is_what_the_network_sees(lesson):
    lesson.draw(lesson.join(), ink=SEVEN)
    (image,) = collect(lesson).images
    assert np.abs(image / 255 - render_ink(check_ink(SEVEN))).max() < 0.12


def test_only_labelled_accepted_drawings_of_the_right_activities_are_in_it(lesson):
    pupil, sheet = lesson.join(), lesson.rooms.add_pupil(lesson.teacher)
    with pytest.raises(DataError, match="no labelled drawings yet"):
        collect(lesson)
    lesson.draw(pupil, 1, label=7)
    lesson.draw(pupil, 2, label=None)
    lesson.draw(pupil, 3, is_digit=False)
    lesson.rooms.set_state(lesson.teacher, lesson.draw(pupil, 4), "hidden")
    lesson.start("did_it_learn")
    lesson.draw(pupil, 5)
    lesson.start("on_paper")
    lesson.rooms.submit(sheet, lesson.round, Sent(1, image=np.eye(28), label=3), [reading(5)])
    found = collect(lesson)
    assert found.labels.tolist() == [7, 3]
    assert [ink is None for ink in found.ink] == [False, True]
    assert np.array_equal(found.images[1], np.eye(28) * 255)


def test_ink_is_taken_home_and_loaded_next_year(lesson, tmp_path):
    drawn(lesson)
    found = collect(lesson)
    with (tmp_path / "class.npz").open("wb") as file:
        found.write_ink(file)
    labelled = load_labelled(tmp_path / "class.npz")
    assert (labelled.kind, labelled.num_writers) == ("ink", 5)
    again = load_class_set(tmp_path / "class.npz")
    assert np.array_equal(again.images, found.images)
    assert np.array_equal(again.labels, found.labels)
    assert np.array_equal(again.writers, found.writers)


def test_pictures_are_taken_home_and_loaded_too(lesson, tmp_path):
    drawn(lesson)
    found = collect(lesson)
    np.savez_compressed(tmp_path / "class.npz", **found.as_arrays())
    again = load_class_set(tmp_path / "class.npz")
    assert np.array_equal(again.images, found.images)
    assert again.ink == [None] * 15


def test_last_years_class_is_added_by_writers(lesson, tmp_path):
    drawn(lesson, 3, 2)
    own = collect(lesson)
    np.savez_compressed(tmp_path / "class.npz", **own.as_arrays())
    for _ in range(2):
        lesson.rooms.add_class_set(lesson.teacher, load_class_set(tmp_path / "class.npz"))
    both = collect(lesson)
    assert np.array_equal(both.images, np.concatenate([own.images] * 3))
    assert len(set(both.writers)) == 9
    assert all(len(set(both.halves[both.writers == writer])) == 1 for writer in range(9))
    assert lesson.screen()["class_set"]["earlier"] == [12]
    assert lesson.wall()["count"] == 6


def test_a_set_that_does_not_say_who_wrote_is_of_one_writer(tmp_path):
    np.savez(tmp_path / "some.npz", x=np.zeros((3, 28, 28), np.uint8), y=np.array([1, 2, 3]))
    assert load_class_set(tmp_path / "some.npz").writers.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "arrays",
    [
        {"x": np.zeros((2, 20, 20), np.uint8), "y": np.array([1, 2])},
        {"x": np.zeros((2, 28, 28), np.uint8), "y": np.array([1, 12])},
        {"x": np.zeros((7000, 28, 28), np.uint8), "y": np.zeros(7000, int)},
        {
            "points": np.zeros((2, 2)),
            "stroke_start": np.array([0, 2]),
            "sample_start": np.array([0, 1]),
            "y": np.array([1]),
        },
        {"z": np.zeros(3)},
    ],
    ids=["size", "label", "too many", "a dot", "something else"],
)
def test_what_is_no_class_set_is_refused(tmp_path, arrays):
    np.savez_compressed(tmp_path / "some.npz", **arrays)
    with pytest.raises(DataError, match=r"some\.npz"):
        load_class_set(tmp_path / "some.npz")


def test_a_room_takes_only_so_many_of_others(lesson, tmp_path, monkeypatch):
    np.savez(tmp_path / "some.npz", x=np.zeros((3, 28, 28), np.uint8), y=np.array([1, 2, 3]))
    earlier = load_class_set(tmp_path / "some.npz")
    monkeypatch.setattr(class_set, "MOST_EARLIER", 5)
    lesson.rooms.add_class_set(lesson.teacher, earlier)
    with pytest.raises(RoomError, match="At most 5"):
        lesson.rooms.add_class_set(lesson.teacher, earlier)


def test_a_class_that_only_wrote_on_paper_has_no_ink(lesson):
    sheet = lesson.rooms.add_pupil(lesson.teacher)
    lesson.rooms.submit(sheet, lesson.round, Sent(1, image=np.eye(28), label=7))
    with pytest.raises(DataError, match="nothing with a pen"):
        collect(lesson).write_ink(io.BytesIO())
