"""Prints how long a photo takes from file to answer, beside decoding alone in the same run, and what memory it leaves.

    python tests/benchmarks/pictures.py

Nothing is asserted: machines differ, and shared ones change from minute to minute. Ratios within one run say more than
milliseconds.
"""

from __future__ import annotations

import concurrent.futures
import io
import statistics
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from serving import resident_megabytes, served, timed  # noqa: E402

OPTIONS = {
    "JPEG": {"quality": 90},
    "PNG": {},
    "WEBP": {"quality": 85},
    "AVIF": {"quality": 70, "speed": 8},
    "HEIF": {"quality": 60},
}
NUM_PICTURES, AT_ONCE = 100, 8


def take_photo(width: int, height: int, noise: float) -> Image.Image:
    """A photo of a seven on paper that is lit from the side."""
    paper, unit = Image.new("L", (width, height), 225), width / 400
    corners = [(150 * unit, 80 * unit), (250 * unit, 80 * unit), (190 * unit, 240 * unit)]
    ImageDraw.Draw(paper).line(corners, fill=40, width=int(14 * unit), joint="curve")
    grey = np.asarray(paper.filter(ImageFilter.GaussianBlur(2)), np.float32) * np.linspace(0.75, 1, width)
    colors = np.stack([grey, grey * 0.98, grey * 0.93], -1)
    colors += np.random.default_rng(0).normal(0, noise, colors.shape).astype(np.float32)
    return Image.fromarray(np.clip(colors, 0, 255).astype(np.uint8))


def encode(picture: Image.Image, file_format: str, **options: object) -> bytes:
    """The bytes of a picture file."""
    stream = io.BytesIO()
    picture.save(stream, file_format, **options)
    return stream.getvalue()


def measure_formats() -> None:
    """Photos of 12 megapixels, from their bytes to the probabilities, beside decoding alone."""
    import pillow_heif

    from mnist_core.models.devices import choose_device
    from mnist_core.paths import SHIPPED_DIR
    from mnist_core.preprocessing.decoding import open_picture
    from mnist_core.services.reader import Reader

    pillow_heif.register_heif_opener()
    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    photo = take_photo(4000, 3000, 4)
    for file_format, options in OPTIONS.items():
        content = encode(photo, file_format, **options)
        answers, alone = [], []
        for _ in range(7):  # in turn, as others use the machine as well
            answers.append(timed(lambda c=content: reader.read_picture(open_picture(c))))
            alone.append(timed(lambda c=content: Image.open(io.BytesIO(c)).load()))
        ours, decoding = statistics.median(answers), statistics.median(alone)
        print(f"{file_format}, 12 megapixels, {len(content) / 1e6:.1f} MB: answer after {ours * 1000:.0f} ms, "
              f"decoding alone {decoding * 1000:.0f} ms, ratio {ours / decoding:.2f}")  # fmt: skip


def measure_memory() -> None:
    """What the server holds before and after 100 pictures of 20 MB, eight at a time."""
    pictures = [encode(take_photo(2640, 2600, 40), "PNG", compress_level=1), encode(take_photo(6000, 4400, 25), "JPEG")]
    pictures = [content + bytes(max(0, 19_900_000 - len(content))) for content in pictures]
    small = encode(take_photo(400, 300, 4), "PNG")
    with served([sys.executable, "app.py", "--port", "{port}"]) as (url, _, process):

        def send(content: bytes) -> None:
            urllib.request.urlopen(f"{url}/picture", content, timeout=60).read()

        send(small)
        before = resident_megabytes(process.pid)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, (pictures * NUM_PICTURES)[:NUM_PICTURES]))
        time.sleep(2)
        after = resident_megabytes(process.pid)
    print(f"server memory: {before:.0f} MB after one small picture, {after:.0f} MB after {NUM_PICTURES} of 20 MB, "
          f"{after - before:+.0f} MB")  # fmt: skip


if __name__ == "__main__":
    measure_formats()
    measure_memory()
