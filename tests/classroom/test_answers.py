"""Pupils commit themselves before anything is shown, on the drawings of others alone."""

import pytest

from mnist_core.classroom.answers import NUM_TO_JUDGE
from mnist_core.errors import QueryError, RoomError


def guess(lesson, token, answer):
    lesson.rooms.guess(token, lesson.round, answer)


# Guess first


def test_a_guess_can_be_changed_until_the_bars_are_shown(lesson):
    first, second, third = lesson.join(3)
    lesson.start("guess_first")
    guess(lesson, first, 1)
    guess(lesson, first, 7)
    guess(lesson, second, 7)
    assert lesson.device(first)["guess"] == 7
    assert lesson.device(third)["guess"] is None
    assert lesson.wall()["guesses"] == {"num_committed": 2, "counts": None}
    assert lesson.device(third)["activity"]["counts"] is None
    lesson.step("bars")
    assert lesson.wall()["guesses"]["counts"] == [0, 0, 0, 0, 0, 0, 0, 2, 0, 0]
    assert lesson.device(third)["activity"]["counts"] == lesson.wall()["guesses"]["counts"]
    with pytest.raises(RoomError, match="have been shown"):
        guess(lesson, third, 1)
    assert lesson.device(first)["guess"] == 7


def test_a_guess_about_what_was_shown_before_is_refused(lesson):
    pupil = lesson.join()
    lesson.start("guess_first")
    before = lesson.round
    lesson.start("guess_first")
    with pytest.raises(RoomError):
        lesson.rooms.guess(pupil, before, 7)


@pytest.mark.parametrize("answer", [10, -1, None, "7", True, 7.0])
def test_there_are_ten_answers(lesson, answer):
    pupil = lesson.join()
    lesson.start("guess_first")
    with pytest.raises(QueryError):
        guess(lesson, pupil, answer)


def test_raised_hands_are_counted_with_the_devices(lesson):
    pupil = lesson.join()
    lesson.start("did_it_learn")
    lesson.rooms.count_hands(lesson.teacher, [3, 20])
    lesson.rooms.count_hands(lesson.teacher, [4, 20])
    guess(lesson, pupil, 0)
    lesson.step("draw")
    assert lesson.wall()["guesses"] == {"num_committed": 1, "counts": [5, 20]}
    with pytest.raises(RoomError, match="nothing to guess"):
        lesson.rooms.count_hands(lesson.teacher, [1, 2])


@pytest.mark.parametrize("counts", [[1], [1, 2, 3], [1, -1], [1, "2"], None, [1, 10_000]])
def test_hands_that_do_not_fit_the_choices_are_refused(lesson, counts):
    lesson.start("did_it_learn")
    with pytest.raises(QueryError):
        lesson.rooms.count_hands(lesson.teacher, counts)


# Can you read them?


def test_what_the_network_missed_is_read_by_the_others_without_a_hint(lesson):
    author, reader = lesson.join(2)
    missed, read = lesson.draw(author, 1, label=7, digit=1), lesson.draw(author, 2, label=7, digit=7)
    (put,) = lesson.device(reader)["to_vote"]
    assert put.keys() == {"id", "ink", "vote"}
    assert put["id"] == missed
    assert lesson.device(author)["to_vote"] == []
    shown = {entry["id"]: entry for entry in lesson.wall()["drawings"]}
    assert shown[missed].keys() == {"id", "ink", "is_missed"}
    assert shown[read]["label"] == 7


def test_votes_are_changed_until_the_results_and_then_shown(lesson):
    author, *readers = lesson.join(4)
    missed = lesson.draw(author, label=7, digit=1)
    for reader, answer in zip(readers, (1, 7, 7), strict=True):
        lesson.rooms.vote(reader, missed, answer)
    lesson.rooms.vote(readers[0], missed, 7)
    assert lesson.device(readers[0])["to_vote"][0]["vote"] == 7
    lesson.step("results")
    (shown,) = lesson.wall()["drawings"]
    assert (shown["label"], shown["digit"], shown["votes"][7]) == (7, 1, 3)
    with pytest.raises(RoomError, match="have been shown"):
        lesson.rooms.vote(readers[0], missed, 1)


def test_nobody_votes_on_the_own_drawing_or_on_what_is_not_shown(lesson):
    author, reader = lesson.join(2)
    missed, waiting = lesson.draw(author, 1, digit=1), lesson.draw(author, 2, is_digit=False)
    for token, drawing, answer in ((author, missed, 7), (reader, waiting, 7), (reader, 999, 7), (reader, missed, 10)):
        with pytest.raises(QueryError):
            lesson.rooms.vote(token, drawing, answer)


def test_a_hidden_drawing_is_not_put_to_the_class_any_more(lesson):
    author, reader = lesson.join(2)
    missed = lesson.draw(author, digit=1)
    version = lesson.device(reader)["version"]
    lesson.rooms.set_state(lesson.teacher, missed, "hidden")
    news = lesson.device(reader, version)
    assert news["is_new"]
    assert news["to_vote"] == []


# Fool the network


def fooling(lesson, num_pupils):
    """A class of which each has drawn a 7 that the network reads as a 1."""
    pupils = lesson.join(num_pupils)
    lesson.start("fool_it", digit=7, level="linear")
    drawn = [lesson.draw(pupil, label=None, digit=1) for pupil in pupils]
    lesson.step("judge")
    return pupils, drawn


def test_everybody_judges_six_of_others_and_every_drawing_is_judged_as_often(lesson):
    pupils, drawn = fooling(lesson, 10)
    judged = []
    for pupil, own in zip(pupils, drawn, strict=True):
        put = [entry["id"] for entry in lesson.device(pupil)["to_vote"]]
        assert len(put) == NUM_TO_JUDGE
        assert own not in put
        judged += put
    assert {judged.count(drawing) for drawing in drawn} == {NUM_TO_JUDGE}


def test_three_votes_decide(lesson):
    pupils, drawn = fooling(lesson, 6)
    for voter, answer in zip(pupils[1:], (1, 0, 1, 0, 0), strict=True):
        before = lesson.wall()["drawings"][0]["is_fooling"]
        lesson.rooms.vote(voter, drawn[0], answer)
    assert before is True
    assert lesson.wall()["drawings"][0]["is_fooling"] is True
    for voter, answer in zip(pupils[2:5], (0, 0, 1), strict=True):
        lesson.rooms.vote(voter, drawn[1], answer)
    assert [entry["is_fooling"] for entry in lesson.wall()["drawings"]] == [True, False, None, None, None, None]


def test_who_has_judged_six_has_done_so(lesson):
    pupils, _ = fooling(lesson, 10)
    for entry in lesson.device(pupils[0])["to_vote"]:
        lesson.rooms.vote(pupils[0], entry["id"], 1)
    put = lesson.device(pupils[0])["to_vote"]
    assert [entry["vote"] for entry in put] == [1] * NUM_TO_JUDGE


def test_a_verdict_is_yes_or_no_and_given_only_when_asked_for(lesson):
    pupils, drawn = fooling(lesson, 2)
    with pytest.raises(QueryError):
        lesson.rooms.vote(pupils[0], drawn[1], 7)
    lesson.step("results")
    with pytest.raises(RoomError):
        lesson.rooms.vote(pupils[0], drawn[1], 1)


def test_what_the_network_reads_fools_nobody_and_is_not_judged(lesson):
    pupil, other = lesson.join(2)
    lesson.start("fool_it")
    lesson.draw(pupil, label=None, digit=7)
    lesson.step("judge")
    assert lesson.device(other)["to_vote"] == []
    assert lesson.wall()["drawings"][0]["is_missed"] is False


# The three questions


def answer(lesson, token, *answers):
    for question, choice in enumerate(answers):
        lesson.rooms.answer_question(token, lesson.round, question, choice)


def test_the_teacher_sees_both_histograms_and_nobody_a_mark(lesson):
    first, second = lesson.join(2)
    lesson.start("questions")
    answer(lesson, first, 0, 1, 2)
    answer(lesson, first, 1)
    answer(lesson, second, 1)
    assert lesson.device(first)["answers"] == [1, 1, 2]
    assert lesson.wall()["num_answered"] == 1
    lesson.start("questions", when="after")
    assert lesson.device(first)["answers"] == [None, None, None]
    answer(lesson, second, 2, 2, 2)
    counts = lesson.screen()["questions"]
    assert counts["before"] == [[0, 2, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]]
    assert counts["after"] == [[0, 0, 1, 0, 0, 0]] * 3
    assert "questions" not in lesson.wall()


def test_answers_come_in_time_and_to_questions_that_there_are(lesson):
    pupil = lesson.join()
    lesson.start("questions")
    for question, choice in ((3, 0), (0, 6), (None, 0), (0, None)):
        with pytest.raises(QueryError):
            lesson.rooms.answer_question(pupil, lesson.round, question, choice)
    lesson.step("closed")
    with pytest.raises(RoomError, match="closed"):
        answer(lesson, pupil, 0)


def test_who_has_no_animal_commits_to_nothing(lesson):
    pupil = lesson.join()
    lesson.rooms.leave(pupil)
    lesson.start("guess_first")
    with pytest.raises(RoomError, match="has no animal"):
        guess(lesson, pupil, 7)
