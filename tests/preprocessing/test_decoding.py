"""Picture files of every kind become pictures that can be read, and what is no picture is called what it is."""

import io
import itertools
import struct
import subprocess
import sys

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw

from mnist_core.errors import PictureError
from mnist_core.preprocessing.decoding import open_picture

pillow_heif.register_heif_opener()

CORNERS = ((60, 50), (180, 58), (120, 240))


def seven(num_corners=3, mode="L", size=(280, 280)):
    """A dark seven on light paper, or the beginning of one."""
    paper, ink = {"L": (255, 0), "RGB": ("white", "black"), "RGBA": ((255, 255, 255, 0), "black")}[mode]
    picture = Image.new(mode, size, paper)
    if num_corners > 1:
        ImageDraw.Draw(picture).line(CORNERS[:num_corners], fill=ink, width=24)
    return picture


def encode(picture, file_format, **options):
    stream = io.BytesIO()
    picture.save(stream, file_format, **options)
    return stream.getvalue()


def ink_of(picture):
    """Where a picture is dark and can be seen."""
    layers = np.asarray(picture.convert("LA"))
    return (layers[..., 0] < 128) & (layers[..., 1] > 128)


def is_seven(picture):
    return (ink_of(picture) == ink_of(seven())).mean() > 0.99


@pytest.mark.parametrize("file_format", ["AVIF", "HEIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_what_phones_take_is_read(file_format, mode):
    opened = open_picture(encode(seven(mode=mode), file_format))
    assert opened.mode == mode
    assert is_seven(opened)


def test_a_heic_file_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right
    turned = seven(mode="RGB").transpose(Image.Transpose.ROTATE_90)
    assert is_seven(open_picture(encode(turned, "HEIF", exif=exif.tobytes())))


def test_heic_is_known_only_when_such_a_file_comes():
    program = (
        "import sys\nfrom mnist_core.preprocessing.decoding import open_picture\n"
        "open_picture(sys.stdin.buffer.read())\nprint('pillow_heif' in sys.modules)"
    )
    for file_format in ("PNG", "HEIF"):
        content = encode(seven(mode="RGB"), file_format)
        result = subprocess.run([sys.executable, "-c", program], input=content, capture_output=True, check=True)
        assert result.stdout.strip() == (b"True" if file_format == "HEIF" else b"False")


@pytest.mark.parametrize("file_format", ["AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_truncated_file_of_a_phone_is_refused(file_format, share):
    source = encode(seven(mode="RGB"), file_format)
    with pytest.raises(PictureError):
        open_picture(source[: int(len(source) * share)])


@pytest.mark.parametrize("file_format", ["AVIF", "HEIF"])
def test_a_bomb_of_a_phones_format_is_refused_before_it_is_decoded(file_format):
    source = bytearray(encode(Image.new("RGB", (64, 64)), file_format))
    place = source.index(b"ispe") + 8  # the width and height that the file announces
    source[place : place + 8] = struct.pack(">II", 9000, 9000)
    with pytest.raises(PictureError, match=r"9000 x 9000|damaged"):
        open_picture(bytes(source))


@pytest.mark.parametrize(
    ("file_format", "mode"), [("GIF", "L"), ("PNG", "L"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("AVIF", "RGB")]
)
def test_of_an_animation_the_frame_with_most_ink_is_read(file_format, mode):
    first, *others = (seven(number, mode) for number in (1, 2, 3, 2, 1))
    assert is_seven(open_picture(encode(first, file_format, save_all=True, append_images=others)))


def test_white_ink_on_a_dark_animation_counts_as_well():
    first, *others = (Image.eval(seven(number), lambda level: 255 - level) for number in (1, 3, 1))
    source = encode(first, "GIF", save_all=True, append_images=others)
    assert is_seven(Image.eval(open_picture(source).convert("L"), lambda level: 255 - level))


def test_of_a_document_of_pages_the_first_is_read():
    source = encode(seven(), "TIFF", save_all=True, append_images=[Image.new("L", (280, 280), 0)])
    assert is_seven(open_picture(source))


def test_a_long_animation_is_read_as_far_as_there_is_time(monkeypatch):
    times = itertools.count(0, 0.1)
    monkeypatch.setattr("mnist_core.preprocessing.decoding.time.monotonic", lambda: next(times))
    frames = [seven(number) for number in (1, *[2] * 8, 3)]
    for index, frame in enumerate(frames):
        frame.putpixel((0, 0), index)  # equal frames would be joined
    opened = open_picture(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (ink_of(opened) == ink_of(seven(2))).mean() > 0.99


def test_a_jpeg_of_hundreds_of_scans_is_refused_and_not_computed_for_minutes():
    source = encode(seven(), "JPEG", progressive=True)
    last = source[source.rindex(b"\xff\xda") : -2]
    assert is_seven(open_picture(source))
    with pytest.raises(PictureError, match="too many scans"):
        open_picture(source[:-2] + 100 * last + source[-2:])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n", "PDF. Take a screenshot"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG. Take a screenshot"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a drawing -->\n<svg/>', "SVG. Take a screenshot"),
        (b"8BPS\0\1", "Photoshop. Take a screenshot"),
        (b"\xff\x0a\0\0", "JPEG XL. Take a screenshot"),
        (b"\n<!DOCTYPE html><html><svg></svg></html>", "web page. Save the picture"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "film. Stop it"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "film. Stop it"),
        (b"\x1aE\xdf\xa3\x01\0", "film. Stop it"),
        (b"RIFF\0\0\0\0AVI LIST", "film. Stop it"),
        (b"PK\3\4\x14\0", "archive or an office document. Save the picture in it"),
        (b"", "not a picture that can be read"),
        (b"a letter", "not a picture that can be read"),
    ],
)
def test_what_is_no_picture_is_called_what_it_is_with_a_way_out(tmp_path, content, words):
    path = tmp_path / "seven.png"
    path.write_bytes(content)
    for source in (path, content):
        with pytest.raises(PictureError, match=words) as error:
            open_picture(source)
        assert len(str(error.value)) < 250
