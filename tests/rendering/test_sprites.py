"""Pictures of many images: every image lies at its place, pixel by pixel, and no caption lies on another."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mnist_core.rendering.sprites import encode_png, render_grid, render_maps, render_sprite

IMAGES = np.random.default_rng(0).integers(0, 256, (23, 28, 28), dtype=np.uint8)
PAPER = 250


def cut_out(pixels, number, columns):
    row, column = divmod(number, columns)
    return pixels[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]


# Sprites


@pytest.mark.parametrize("columns", [1, 2, 5, 10, 23, 30])
def test_every_image_lies_at_its_place(columns):
    pixels = np.asarray(render_sprite(IMAGES, columns))
    for number, image in enumerate(IMAGES):
        assert np.array_equal(cut_out(pixels, number, columns), image)


@pytest.mark.parametrize(("columns", "rows"), [(1, 23), (5, 5), (10, 3), (23, 1), (30, 1)])
def test_a_sprite_is_as_wide_as_its_columns_and_as_high_as_it_must(columns, rows):
    sprite = render_sprite(IMAGES, columns)
    assert (sprite.mode, sprite.size) == ("L", (28 * columns, 28 * rows))


def test_what_the_last_row_lacks_is_black():
    pixels = np.asarray(render_sprite(np.full((3, 28, 28), 255, np.uint8), 5))
    assert pixels[:, : 3 * 28].min() == 255
    assert pixels[:, 3 * 28 :].max() == 0


def test_a_sprite_of_no_images_is_one_black_image():
    sprite = render_sprite(IMAGES[:0], 10)
    assert (sprite.mode, sprite.size, sprite.getextrema()) == ("L", (28, 28), (0, 0))


def test_images_need_not_lie_in_order_in_memory():
    turned = IMAGES.transpose(0, 2, 1)[::-2]
    assert np.array_equal(cut_out(np.asarray(render_sprite(turned, 4)), 5, 4), IMAGES[12].T)


def test_a_png_gives_the_same_pixels_back():
    sprite = render_sprite(IMAGES, 5)
    opened = Image.open(io.BytesIO(encode_png(sprite)))
    assert (opened.format, opened.mode) == ("PNG", "L")
    assert np.array_equal(opened, sprite)


def test_a_png_of_digits_is_smaller_than_its_pixels():
    digits = np.zeros((100, 28, 28), np.uint8)
    digits[:, 6:22, 12:16] = 255
    assert len(encode_png(render_sprite(digits, 10))) < 280 * 280 / 10


@pytest.mark.parametrize(
    ("images", "received"),
    [(IMAGES / 255, "float64"), (IMAGES[0], r"\(28, 28\)"), (IMAGES[:, :27], r"\(23, 27, 28\)")],
    ids=["floats", "one", "cropped"],
)
def test_images_of_another_form_are_named(images, received):
    for render in (lambda: render_sprite(images, 5), lambda: render_grid(images, ["a"] * len(images))):
        with pytest.raises(ValueError, match=rf"uint8 \(n, 28, 28\). Received: .*{received}"):
            render()


def test_there_is_at_least_one_column():
    for render in (lambda: render_sprite(IMAGES, 0), lambda: render_grid(IMAGES, ["a"] * 23, 0)):
        with pytest.raises(ValueError, match=r"`columns` must be at least 1\. Received: columns=0"):
            render()


# Sheets with captions

CAPTIONS = [f"{number} read as {number % 10}" for number in range(23)]
LONG = ["W" * 60] * 23
SCALES = [1, 2, 3, 5]


def gap_of(scale):
    return 4 * scale


def sheet_of(captions=CAPTIONS, columns=5, scale=3, images=IMAGES):
    return np.asarray(render_grid(images, captions, columns, scale))


def row_height(sheet, scale, rows):
    return (len(sheet) - gap_of(scale)) // rows


def caption_of(sheet, number, columns=5, scale=3, rows=5):
    """The paper below an image, as wide as the image, down to the next row."""
    row, column = divmod(number, columns)
    side, height = 28 * scale, row_height(sheet, scale, rows)
    left, top = gap_of(scale) + column * (side + gap_of(scale)), gap_of(scale) + row * height
    return sheet[top + side : top + height, left : left + side]


def letters_of(paper):
    """First and last column, first and last row that are not paper."""
    rows, columns = np.nonzero(paper != PAPER)
    return columns.min(), columns.max(), rows.min(), rows.max()


@pytest.mark.parametrize("scale", SCALES)
def test_every_image_is_enlarged_at_its_place(scale):
    sheet = sheet_of(scale=scale)
    side, gap, height = 28 * scale, gap_of(scale), row_height(sheet, scale, 5)
    for number, image in enumerate(IMAGES):
        left, top = gap + number % 5 * (side + gap), gap + number // 5 * height
        shown = sheet[top : top + side, left : left + side]
        assert np.array_equal(shown, image.repeat(scale, 0).repeat(scale, 1))


@pytest.mark.parametrize("captions", [CAPTIONS, LONG, ["|" * 200] * 23, ["_jÄ@" * 9] * 23], ids=range(4))
@pytest.mark.parametrize("scale", SCALES)
def test_between_neighbours_there_is_paper(captions, scale):
    """One pixel of a letter may hang over the edge of its image; what lies between stays free."""
    sheet = sheet_of(captions, scale=scale)
    for column in range(6):
        left = column * (28 + 4) * scale
        assert (sheet[:, left + 1 : left + gap_of(scale) - 1] == PAPER).all()


@pytest.mark.parametrize("captions", [CAPTIONS, LONG, ["_jÄ@" * 9] * 23], ids=range(3))
@pytest.mark.parametrize("scale", SCALES)
def test_captions_keep_off_the_images_above_and_below(captions, scale):
    sheet = sheet_of(captions, scale=scale)
    for number in range(23):
        paper = caption_of(sheet, number, scale=scale)
        assert (paper[:scale] == PAPER).all()
        assert (paper[-gap_of(scale) :] == PAPER).all()


def test_every_caption_stands_below_its_own_image():
    sheet = sheet_of(["", "a", *[""] * 21])
    written = [(caption_of(sheet, number) != PAPER).any() for number in range(23)]
    assert np.flatnonzero(written).tolist() == [1]


@pytest.mark.parametrize("captions", [CAPTIONS, LONG, ["8"] * 23], ids=range(3))
def test_captions_are_centred(captions):
    sheet = sheet_of(captions)
    for number in range(23):
        left, right, _, _ = letters_of(caption_of(sheet, number))
        assert (left + right) / 2 == pytest.approx(41.5, abs=2.5)


def test_captions_are_dark_on_light_paper():
    paper = caption_of(sheet_of(), 0)
    assert (paper.min() < 80, np.median(paper)) == (True, PAPER)


def test_a_longer_caption_makes_all_smaller_and_none_larger():
    heights = []
    for longest in ("8", "88 read as 88", "8888 read as 8888"):
        _, _, top, bottom = letters_of(caption_of(sheet_of(["8", longest, *[""] * 21]), 0))
        heights.append(bottom - top)
    assert heights[0] >= heights[1] >= heights[2] >= 7
    assert heights[0] > heights[2]


def test_a_caption_that_is_too_long_is_cut_and_says_so():
    sheet = sheet_of(["12345 and very much more that cannot be shown", *[""] * 22])
    expected = Image.new("L", caption_of(sheet, 0).shape[::-1], PAPER)
    font = ImageFont.load_default(12)
    beginnings = ("12345 and very much more"[:length] for length in range(24, 0, -1))
    shown = next(text for text in beginnings if font.getlength(text.rstrip() + "…") <= 84)
    ImageDraw.Draw(expected).text((42, 6), shown.rstrip() + "…", 40, font, anchor="ma")
    assert np.array_equal(caption_of(sheet, 0), expected)


def test_a_caption_is_one_line():
    captions = ["7\nread\tas  1", *[""] * 22]
    assert np.array_equal(sheet_of(captions), sheet_of(["7 read as 1", *[""] * 22]))


def test_few_images_make_a_narrow_sheet():
    assert render_grid(IMAGES[:3], CAPTIONS[:3]).size == render_grid(IMAGES[:3], CAPTIONS[:3], 3).size
    assert render_grid(IMAGES[:3], CAPTIONS[:3]).width == 3 * 84 + 4 * 12


def test_a_sheet_of_nothing_is_paper():
    assert render_grid(IMAGES[:0], []).getextrema() == (PAPER, PAPER)


def test_there_is_a_caption_for_each_image():
    for captions in (CAPTIONS[:22], [*CAPTIONS, "more"]):
        with pytest.raises(ValueError, match=f"one for each image: 23. Received: {len(captions)}"):
            render_grid(IMAGES, captions)


def test_a_sheet_is_not_smaller_than_its_images():
    with pytest.raises(ValueError, match=r"`scale` must be at least 1\. Received: scale=0"):
        render_grid(IMAGES, CAPTIONS, scale=0)


def test_maps_lie_row_by_row_with_0_black_and_the_largest_white():
    maps = np.zeros((2, 3, 5), np.float32)
    maps[0, 1, 4] = 4
    maps[1, 2, 1] = 1
    pixels = np.asarray(render_maps(maps, 3))
    assert pixels.shape == (2 * 2, 3 * 3)
    assert (pixels[2, 3 + 1], pixels[1, 3 + 2], np.count_nonzero(pixels)) == (255, 64, 2)


def test_in_maps_with_negative_values_0_is_grey():
    maps = np.array([[-2.0, 0, 1]], np.float32)[..., None]
    assert np.asarray(render_maps(maps, 1)).tolist() == [[0, 128, 191]]


@pytest.mark.parametrize(("shape", "columns"), [((2, 3), 1), ((2, 3, 0), 1), ((2, 3, 4), 0)])
def test_what_is_no_maps_is_refused(shape, columns):
    with pytest.raises(ValueError, match="Expected maps"):
        render_maps(np.zeros(shape, np.float32), columns)
