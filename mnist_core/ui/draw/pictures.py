"""Pictures, which a route of their own takes as they are: as base64 in a message they would need its limit of 30 MB.

The page asks again whenever its visitor moves the frame; it sends a small picture each time.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import asdict, fields

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ...errors import PictureError
from ...models.pictures import PictureNumber
from ...preprocessing.decoding import open_picture
from ...preprocessing.picture import Frame, Step, show_step
from ...services.reader import Reader
from ..wire import Message, describe_digit, describe_error, describe_reading, encode_image, encode_picture, never_raise

_FIELDS = tuple(field.name for field in fields(Frame))
# In shares of the picture's longer side: a frame that was turned may stand out a little.
_LARGEST, _SMALLEST = 2.0, 0.01
_STEP_SIZE = 192
_JPEG_QUALITY = 90


def picture_route(reader: Reader) -> Route:
    """Returns the route, to be sent a picture file.

    In the query may stand where to look, as of `Frame`: `x`, `y`, `width`, `height` and `angle`; `model`; and
    `preview=1`, where the page cannot show the file.
    """

    @never_raise
    def read_picture(message: Message) -> Message:
        """Answers `{picture, query}`, the bytes of a picture file, with `{image, frame, steps, preview?}`.

        `image` is base64 of 784 bytes, `frame` has the fields of `Frame`, each of `steps` a name and a picture, base64
        of a PNG file whose longer side is at most 192 pixels; `preview` is the whole picture as a `data:` address. Of
        several digits `number` has `text`, `confidence`, `marks` and `digits`, each with its answer, its `image`, the
        same as a `picture`, and its `frame`. For a picture on which nothing is found the answer is an error with
        `isPicture`, and its preview.
        """
        query = message["query"]
        frame, picture = _read_frame(query), open_picture(message["picture"])
        shown: Message = {"preview": _encode_preview(picture)} if "preview" in query else {}
        try:
            read = reader.read_picture(picture, query.get("model", ""), frame)
        except PictureError as error:
            return {"ok": False, "isPicture": True, **describe_error(error, "read_picture"), **shown}
        steps = [{"name": step.name, "picture": _encode_step(step)} for step in read.found.steps]
        several = {"number": _pack_number(read.number)} if read.number else {}
        return {
            "image": encode_image(read.found.image),
            "frame": asdict(read.found.frame),
            "steps": steps,
            **several,
            **shown,
        }

    async def answer(request: Request) -> JSONResponse:
        message = {"picture": await request.body(), "query": request.query_params}
        return JSONResponse(await run_in_threadpool(read_picture, message))

    return Route("/picture", answer, methods=["POST"])


def _pack_number(number: PictureNumber) -> Message:
    return {
        **describe_reading(number.reading),
        "digits": [
            {**describe_digit(digit), "frame": asdict(frame), "picture": _encode_step(show_step("image", digit.image))}
            for digit, frame in zip(number.reading.digits, number.frames, strict=True)
        ],
    }


def _read_frame(query: Mapping[str, str]) -> Frame | None:
    """Returns the frame that a query names, if it names one."""
    if "width" not in query:
        return None
    try:
        frame = Frame(**{name: float(query.get(name, "nan")) for name in _FIELDS})
    except ValueError:
        frame = Frame(0, 0, 0, 0)
    lengths = frame.x, frame.y, frame.width, frame.height
    if not (
        all(abs(length) <= _LARGEST for length in lengths)
        and min(frame.width, frame.height) >= _SMALLEST
        and abs(frame.angle) <= 360
    ):
        raise PictureError(
            "Expected a frame as x, y, width, height and angle: lengths in shares of the picture's longer side, "
            "degrees clockwise. Received: {query:.200}.",
            query=str(query),
        )
    return frame


def _encode_step(step: Step) -> str:
    picture = Image.fromarray(step.pixels)
    picture.thumbnail((_STEP_SIZE, _STEP_SIZE), Image.Resampling.BOX)
    return encode_picture(picture)


def _encode_preview(picture: Image.Image) -> str:
    if picture.mode == "RGBA":
        return f"data:image/png;base64,{encode_picture(picture)}"
    if picture.mode == "F":
        picture = picture.point(lambda level: level * 255)
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=_JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"
