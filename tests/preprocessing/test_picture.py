"""Pictures of one digit, however they were taken and stored, become the image that MNIST would have made of them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_core.data.labelled import load_labelled
from mnist_core.errors import MnistError, PictureError
from mnist_core.preprocessing.decoding import open_picture
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.preprocessing.picture import draw_on_image, picture_to_image

SEVEN = ((20, 20), (80, 24), (50, 120)), ((35, 70), (75, 66))
SIZES = pytest.mark.parametrize("size", [28, 50, 100, 200, 300, 600])


def scan(scale=2.0, size=(280, 280), corner=(20, 10), pen=14, paper=255, ink=0):
    """A dark seven on light paper, drawn with a pen of that width."""
    picture = Image.new("L", size, paper)
    draw = ImageDraw.Draw(picture)
    for stroke in SEVEN:
        points = [(x * scale + corner[0], y * scale + corner[1]) for x, y in stroke]
        draw.line(points, fill=ink, width=round(pen * scale), joint="curve")
    return picture


def encode(picture, file_format="PNG", **options):
    stream = io.BytesIO()
    picture.save(stream, file_format, **options)
    return stream.getvalue()


def read(source):
    return picture_to_image(open_picture(source))


def correlation(image, other):
    return float(np.corrcoef(image.ravel(), other.ravel())[0, 1])


def moved_correlation(image, other):
    """The best correlation when one image may be moved by a pixel: where half a pixel decides, either side is right."""
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(correlation(np.roll(image, move, axis=(0, 1)), other) for move in moves)


def centre_of_mass(image):
    pixels = np.arange(28)
    return image.sum(axis=1) @ pixels / image.sum(), image.sum(axis=0) @ pixels / image.sum()


def box(image):
    return tuple(np.ptp(np.flatnonzero(image.any(axis=axis))) + 1 for axis in (1, 0))


def enlarge(digit, factor=10):
    return np.kron(digit, np.ones((factor, factor), np.uint8))


def noisy(pixels, deviation, seed=0):
    noise = np.random.default_rng(seed).normal(0, deviation, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def likeness(digits, change, reference=None):
    """Correlation of each changed digit's image with the digit itself, or with the image of its reference."""
    expected = digits if reference is None else [picture_to_image(reference(digit)) for digit in digits]
    return np.array(
        [correlation(picture_to_image(change(digit)), e) for digit, e in zip(digits, expected, strict=True)]
    )


def huge_png(side):
    """A 1-bit picture of many pixels in few bytes."""
    rows = zlib.compress(bytes((1 + side // 8) * side), 1)
    chunks = (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")
    packed = (
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data)) for tag, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.fixture(scope="module")
def digits(sample):
    return sample[0][::50]


@pytest.fixture(scope="module")
def expected():
    return picture_to_image(scan())


# ---- MNIST's own images ----


@pytest.mark.parametrize(
    "change",
    [
        lambda digit: digit,
        lambda digit: digit / 255,
        lambda digit: digit.astype(np.float32) / 255,
        lambda digit: 255 - digit,
        lambda digit: np.stack([digit] * 3, axis=-1),
        lambda digit: np.dstack([digit] * 3 + [digit * 0 + 255]),
        lambda digit: Image.fromarray(digit),
        lambda digit: Image.fromarray(digit).convert("RGB"),
        lambda digit: np.pad(digit, ((3, 0), (0, 5))),
        lambda digit: digit // 2,
    ],
    ids=["bytes", "float64", "float32", "inverted", "colours", "opaque", "grey", "rgb", "moved", "dim"],
)
def test_mnist_comes_back_nearly_itself(digits, change):
    alike = likeness(digits, change)
    assert np.median(alike) > 0.999
    assert (alike > 0.98).mean() >= 0.98


def test_mnist_keeps_its_amount_of_ink(digits):
    images = np.stack([picture_to_image(digit) for digit in digits])
    assert np.abs(images - digits / np.float32(255)).mean() < 0.002


def test_mnist_scaled_up_comes_back_nearly_itself(digits):
    assert np.median(likeness(digits[::5], enlarge)) > 0.98


def test_mnist_in_a_corner_of_a_page_comes_back_nearly_itself(digits):
    pages = [np.pad(255 - enlarge(digit, 5), ((10, 300), (250, 7)), constant_values=255) for digit in digits[::5]]
    alike = [correlation(picture_to_image(page), digit) for page, digit in zip(pages, digits[::5], strict=True)]
    assert np.median(alike) > 0.95


@pytest.mark.parametrize(("background", "strength"), [(100, 0.5), (30, 0.3), (200, 0.2)])
def test_fog_is_taken_away(digits, background, strength):
    alike = likeness(digits, lambda digit: (digit * strength + background).astype(np.uint8))
    assert np.median(alike) > 0.99
    assert (alike > 0.95).mean() >= 0.98


@pytest.mark.parametrize("size", [28, 280])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_shadow_is_taken_away(digits, size, axis):
    shadow = np.linspace(40, 120, size).reshape((-1, 1) if axis == 0 else (1, -1))
    digits = digits[::10]
    alike = likeness(
        digits,
        lambda digit: (enlarge(digit, size // 28) * 0.5 + shadow).astype(np.uint8),
        lambda digit: enlarge(digit, size // 28),
    )
    assert np.median(alike) > 0.97


def test_noise_of_a_camera_is_taken_away(digits):
    digits = digits[::5]
    alike = likeness(digits, lambda digit: noisy(235 - enlarge(digit) * 0.8, 6), enlarge)
    assert np.median(alike) > 0.95


def test_dust_on_a_noisy_scan_is_taken_away():
    clean = noisy(np.asarray(scan()) * 0.8 + 20, 4)
    dusty = clean.copy()
    dusty[[5, 100, 270, 150], [270, 5, 260, 240]] = 20
    assert moved_correlation(picture_to_image(dusty), picture_to_image(clean)) > 0.97


@pytest.mark.parametrize(("pen", "size", "corner"), [(14, (140, 224), (0, 0)), (40, (200, 300), (20, 10))])
def test_ink_that_covers_much_of_a_noisy_picture_is_no_noise(pen, size, corner):
    picture = scan(size=size, corner=corner, pen=pen)
    photo = Image.fromarray(noisy(np.asarray(picture) * 0.7 + 30, 5))
    assert moved_correlation(picture_to_image(photo), picture_to_image(picture)) > 0.97


def test_a_noisy_scan_of_16_by_16_pixels_is_read(digits):
    def reduce(digit):
        crop = Image.fromarray(digit)
        return np.asarray(crop.crop(crop.getbbox()).resize((16, 16)))

    alike = likeness(digits, lambda digit: noisy(20 + reduce(digit) * 0.8, 6), reduce)
    assert np.median(alike) > 0.95


# ---- what an image is ----


@pytest.mark.parametrize("scale", [0.2, 0.5, 1, 2, 3.9])
def test_image_is_as_mnist_makes_them(scale):
    image = picture_to_image(scan(scale, (520, 520)))
    assert (image.shape, image.dtype) == ((28, 28), np.float32)
    assert image.min() == 0
    assert 0.8 < image.max() <= 1
    assert max(box(image)) == 20
    assert centre_of_mass(image) == pytest.approx((14, 14), abs=0.51)


def test_aspect_ratio_is_kept():
    pixels = np.zeros((200, 200), np.uint8)
    pixels[50:150, 90:115] = 255
    assert box(picture_to_image(pixels)) == (20, 5)


@pytest.mark.parametrize("corner", [(-10, -10), (0, 250), (330, 240), (200, 100)])
def test_place_does_not_matter(corner):
    there, middle = (picture_to_image(scan(1, (450, 400), place)) for place in (corner, (150, 130)))
    assert correlation(there, middle) > 0.99


@pytest.mark.parametrize("scale", [0.5, 1, 4, 12])
def test_size_does_not_matter(expected, scale):
    side = round(140 * scale)
    assert moved_correlation(picture_to_image(scan(scale, (side, side), (0, 0))), expected) > 0.97


def test_tiny_in_a_corner_is_huge_in_the_middle(expected):
    tiny, huge = scan(0.4, (500, 300), (450, 3)), scan(4, (500, 500), (50, 0))
    assert moved_correlation(picture_to_image(tiny), picture_to_image(huge)) > 0.92


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (255, 0), (90, 160), (160, 90), (255, 200), (20, 60)])
def test_dark_on_light_equals_light_on_dark(expected, paper, ink):
    assert correlation(picture_to_image(scan(paper=paper, ink=ink)), expected) > 0.999


@pytest.mark.parametrize("pen", [0.3, 1, 2])
def test_a_thin_pen_on_a_large_page_does_not_vanish(pen):
    image = picture_to_image(scan(3.5, (500, 500), (0, 0), pen=pen))
    assert image.max() > 0.8
    assert 40 < image.sum() < 160


def test_a_coloured_pen_is_read(expected):
    ink = 255 - np.asarray(scan()).astype(float)
    blue = 255 - ink[..., None] / 255 * (np.array([255, 255, 255]) - [30, 60, 160])
    assert correlation(picture_to_image(blue.astype(np.uint8)), expected) > 0.999


def test_the_picture_given_is_not_changed():
    picture = scan()
    before, pixels = picture.tobytes(), np.array(picture)
    picture_to_image(picture)
    picture_to_image(pixels)
    assert picture.tobytes() == pixels.tobytes() == before


# ---- nothing to read ----


@pytest.mark.parametrize("level", [0, 1, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (1, 400), (28, 28), (300, 200)])
def test_blank_is_refused(level, size):
    with pytest.raises(PictureError, match="blank"):
        picture_to_image(np.full(size, level, np.uint8))


@SIZES
def test_pure_noise_is_refused(size):
    pixels = np.random.default_rng(size).integers(0, 256, (size, size), dtype=np.uint8)
    with pytest.raises(PictureError, match="noisy"):
        picture_to_image(pixels)


@SIZES
def test_a_blank_page_with_noise_is_refused(size):
    with pytest.raises(PictureError, match="noisy"):
        picture_to_image(noisy(np.full((size, size), 128.0), 30, seed=size))


def test_too_faint_is_refused():
    with pytest.raises(PictureError, match="faint"):
        picture_to_image(scan(paper=200, ink=190))


@pytest.mark.parametrize("shape", [(), (28,), (0, 5), (5, 0), (28, 28, 1), (28, 28, 2), (28, 28, 5), (1, 28, 28, 3)])
def test_an_array_of_another_shape_is_refused_with_its_shape(shape):
    with pytest.raises(PictureError) as caught:
        picture_to_image(np.zeros(shape, np.uint8))
    assert f"Received: {shape}" in str(caught.value)


@pytest.mark.parametrize("dtype", [np.int64, np.uint16, bool, complex, object, "U3"])
def test_an_array_of_another_type_is_refused_with_its_type(dtype):
    with pytest.raises(PictureError) as caught:
        picture_to_image(np.zeros((28, 28), dtype))
    assert f"Received: {np.dtype(dtype)}" in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_floats_that_are_not_finite_are_refused(bad):
    pixels = np.zeros((28, 28))
    pixels[10, 10] = bad
    with pytest.raises(PictureError, match="finite"):
        picture_to_image(pixels)


@pytest.mark.parametrize("level", [1e308, -1e308, 1.5, -0.5])
def test_floats_outside_the_range_are_cut(expected, level):
    pixels = np.where(np.asarray(scan()) < 128, level, 0.5)
    assert correlation(picture_to_image(pixels), expected) > 0.99


# ---- files ----

TRANSPARENT = np.dstack([np.zeros((280, 280, 3), np.uint8), 255 - np.asarray(scan())])


@pytest.mark.parametrize(
    ("file_format", "picture"),
    [
        ("PNG", scan()),
        ("GIF", scan()),
        ("BMP", scan()),
        ("TIFF", scan()),
        ("PPM", scan()),
        ("PNG", scan().convert("RGB")),
        ("PNG", scan().convert("RGBA")),
        ("PNG", scan().convert("P")),
        ("PNG", scan().convert("RGB").quantize(7)),
        ("PNG", scan().convert("1")),
        ("PNG", Image.fromarray(np.asarray(scan()).astype(np.uint16) * 257)),
        ("PNG", Image.fromarray(np.asarray(scan()).astype(np.uint16) * 100 + 9000)),
        ("PNG", Image.fromarray(TRANSPARENT)),
        ("PNG", Image.fromarray(TRANSPARENT + np.uint8([255, 255, 255, 0]))),
        ("PNG", Image.fromarray(TRANSPARENT + np.uint8([200, 40, 30, 0]))),
        ("PNG", Image.fromarray(TRANSPARENT[..., 2:])),
        ("TIFF", scan().convert("CMYK")),
        ("TIFF", scan().convert("I")),
        ("TIFF", Image.fromarray(np.asarray(scan()) / np.float32(255))),
    ],
    ids=[
        "png",
        "gif",
        "bmp",
        "tiff",
        "ppm",
        "rgb",
        "rgba",
        "palette",
        "short-palette",
        "1-bit",
        "16-bit",
        "16-bit-narrow",
        "black-on-clear",
        "white-on-clear",
        "red-on-clear",
        "grey-and-alpha",
        "cmyk",
        "32-bit",
        "float",
    ],
)
@pytest.mark.parametrize("enlarged", [False, True], ids=["small", "large"])
def test_the_way_a_picture_is_stored_does_not_matter(expected, file_format, picture, enlarged):
    if enlarged:
        picture = picture.resize((1120, 1120), Image.Resampling.NEAREST)
    assert moved_correlation(read(encode(picture, file_format)), expected) > 0.97


@pytest.mark.parametrize(("file_format", "mode"), [("JPEG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGB")])
@pytest.mark.parametrize("side", [280, 2000])
def test_lossy_files_are_read_nearly_the_same(expected, file_format, mode, side):
    source = encode(scan().resize((side, side)).convert(mode), file_format, quality=80)
    assert moved_correlation(read(source), expected) > 0.93


def test_rings_around_the_ink_of_a_jpeg_do_not_count(digits):
    digits = digits[::5]
    alike = likeness(digits, lambda digit: open_picture(encode(Image.fromarray(255 - enlarge(digit)), "JPEG")), enlarge)
    assert np.median(alike) > 0.98
    assert (alike > 0.95).mean() >= 0.9


def with_margin(alpha, margin=40, colour=0):
    """A scan as a window of a program, on a margin that is transparent as `alpha` says, of a colour."""
    scanned = np.pad(np.asarray(scan()), margin, constant_values=colour)
    return Image.fromarray(np.dstack([scanned] * 3 + [np.pad(np.full((280, 280), 255, np.uint8), margin) + alpha]))


SHADOW = np.pad(np.zeros((280, 280)), 40, mode="linear_ramp", end_values=1)
SHADOW = (np.where(SHADOW > 0, 120 * (1 - SHADOW), 0)).astype(np.uint8)


@pytest.mark.parametrize(
    "alpha",
    [np.uint8(0), np.pad(np.zeros((280, 280), np.uint8), 40, constant_values=128), SHADOW],
    ids=["clear", "half", "shadow"],
)
@pytest.mark.parametrize("colour", [0, 255])
def test_what_is_transparent_around_paper_and_ink_is_no_ink(expected, alpha, colour):
    assert moved_correlation(picture_to_image(with_margin(alpha, colour=colour)), expected) > 0.99


def test_a_half_transparent_strip_is_no_ink(expected):
    alpha = np.full((280, 280), 255, np.uint8)
    alpha[:, 260:] = 128
    picture = Image.fromarray(np.dstack([np.asarray(scan())] * 3 + [alpha]))
    assert moved_correlation(picture_to_image(picture), expected) > 0.99


def test_transparent_palette_is_paper(expected):
    picture = scan().point(lambda level: 255 * (level > 128)).convert("RGB").quantize(2)
    source = encode(picture, transparency=picture.getpixel((0, 0)))
    assert moved_correlation(read(source), expected) > 0.97


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("file_format", "side"), [("PNG", 280), ("JPEG", 1500)])
def test_pictures_are_turned_upright(expected, orientation, file_format, side):
    undo = [None, None, 0, 3, 1, 5, 2, 6, 4][orientation]  # PIL's transposition that the orientation makes good
    picture = scan().resize((side, side))
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = encode(picture if undo is None else picture.transpose(undo), file_format, exif=exif)
    assert moved_correlation(read(source), expected) > 0.93


def test_a_path_is_read_like_its_bytes(tmp_path, expected):
    path = tmp_path / "seven"
    path.write_bytes(encode(scan()))
    assert np.array_equal(read(path), expected)


@pytest.mark.parametrize("size", [(5, 3), (512, 10), (513, 10), (3000, 1999), (100_000, 1), (1, 4097)])
def test_longer_side_becomes_at_most_512(size):
    opened = open_picture(encode(Image.new("1", size)))
    assert max(opened.size) <= 512
    assert min(opened.size) >= 1
    assert max(opened.size) >= min(256, max(size))


def test_twenty_thousand_squared_is_too_large():
    with pytest.raises(PictureError, match="too large"):
        open_picture(huge_png(20_000))


def test_too_large_says_how_large():
    with pytest.raises(PictureError, match=r"6400 x 6400. At most 32 million"):
        open_picture(huge_png(6400))


def test_one_pixel_is_opened_and_refused():
    with pytest.raises(PictureError, match="blank"):
        read(encode(Image.new("L", (1, 1), 255)))


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
@pytest.mark.parametrize("share", [0.002, 0.1, 0.5, 0.9])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
def test_a_truncated_file_is_refused(file_format, share):
    source = encode(scan(), file_format)
    with pytest.raises(PictureError):
        open_picture(source[: int(len(source) * share)])


def test_a_truncated_file_is_called_damaged():
    with pytest.raises(PictureError, match="damaged"):
        open_picture(encode(scan())[:-300])


@pytest.mark.parametrize("content", [b"", b"hello", "größer".encode(), b"%!PS-Adobe-3.0 EPSF-3.0\n", bytes(999)])
def test_what_is_no_picture_is_refused_with_what_is_read(tmp_path, content):
    path = tmp_path / "seven.png"
    path.write_bytes(content)
    for source in (path, content):
        with pytest.raises(PictureError, match="PNG, JPEG"):
            open_picture(source)


def test_formats_that_nobody_asked_for_are_not_decoded():
    with pytest.raises(PictureError, match="PNG, JPEG"):
        open_picture(encode(scan(), "ICO"))


@pytest.mark.parametrize("name", ["", "missing.png"], ids=["folder", "missing"])
def test_a_path_without_a_file_is_refused(tmp_path, name):
    with pytest.raises(PictureError):
        open_picture(tmp_path / name)


@pytest.mark.parametrize(
    "picture",
    [
        Image.fromarray(np.full((28, 28), np.nan, np.float32)),
        Image.fromarray(np.full((28, 28), np.inf, np.float32)),
        Image.new("LAB", (28, 28)),
        Image.fromarray(np.full((28, 28), -(2**31), np.int32)),
    ],
    ids=["nan", "inf", "lab", "smallest-integer"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_odd_pixels_are_refused_as_a_picture_error(picture):
    with pytest.raises(PictureError):
        read(encode(picture, "TIFF"))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_damaged_bytes_are_read_or_refused(seed):
    random = np.random.default_rng(seed)
    source = bytearray(encode(scan(0.5, (70, 70), (5, 5)), ["PNG", "JPEG", "GIF", "BMP", "TIFF"][seed % 5]))
    for place in random.integers(0, len(source), 8):
        source[place] = random.integers(0, 256)
    try:
        image = read(bytes(source))
    except PictureError:
        return
    assert np.isfinite(image).all()


def test_picture_errors_are_shown_to_visitors():
    assert issubclass(PictureError, MnistError)


# ---- a pen on top ----


def test_no_strokes_change_nothing(digits):
    image = picture_to_image(digits[3])
    assert np.array_equal(draw_on_image(image, []), image)


def test_ink_on_a_blank_image_is_ink():
    strokes = check_ink([[[0.2, 0.2], [0.8, 0.2], [0.4, 0.8]]])
    assert correlation(draw_on_image(np.zeros((28, 28), np.float32), strokes), render_ink(strokes)) > 0.9


def test_a_stroke_adds_ink_and_is_normalised_again():
    one = picture_to_image(np.pad(np.full((100, 12), 255, np.uint8), 40))
    crossed = draw_on_image(one, check_ink([[[0.25, 0.5], [0.8, 0.5]]]))
    assert crossed.sum() > one.sum() + 15
    assert max(box(crossed)) == 20
    assert centre_of_mass(crossed) == pytest.approx((14, 14), abs=0.51)


def test_a_stroke_beyond_the_edge_leaves_the_image(digits):
    image = picture_to_image(digits[3])
    assert correlation(draw_on_image(image, check_ink([[[5, 5], [6, 6]]])), image) > 0.99


# ---- digits of other people ----


@pytest.mark.parametrize("name", ["img_mouse.npz", "img_canvas5.npz"])
def test_pictures_of_other_people_look_like_mnist(development_file, sample, name):
    drawn, (x, y) = load_labelled(development_file(name)), sample
    means = np.stack([x[y == digit].mean(axis=0) for digit in range(10)])
    images = [picture_to_image(picture) for picture in drawn.samples[::20]]
    read_as = [np.argmax([correlation(image, mean) for mean in means]) for image in images]
    assert (read_as == drawn.labels[::20]).mean() > 0.6
