"""Codes are read however they are typed; tokens are long."""

import pytest

from mnist_core.classroom.codes import CODE_LENGTH, LETTERS, is_token, make_code, make_token, read_code


def test_a_code_has_no_vowels_and_no_letters_that_look_alike():
    assert not set(LETTERS) & set("AEIOUYGQS0123456789")
    assert len(LETTERS) ** CODE_LENGTH > 400_000_000
    assert set(make_code()) <= set(LETTERS)
    assert len({make_code() for _ in range(100)}) == 100


@pytest.mark.parametrize("typed", ["bcd fhjk", " BCD-FHJK ", "bcd\tfhjk\n"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == "BCDFHJK"


@pytest.mark.parametrize("typed", [None, 7, [], {}])
def test_what_is_no_text_is_no_code(typed):
    assert read_code(typed) == ""


def test_a_token_is_told_from_anything_else():
    assert is_token(make_token())
    assert not any(map(is_token, [None, 7, "", "short", "x" * 65, "ü" * 30, "a b" * 10, ["x" * 30]]))
