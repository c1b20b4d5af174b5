"""Pictures, which a route of their own takes as they are: as base64 in a message they would need its limit of 30 MB."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ...preprocessing.decoding import open_picture
from ...services.reader import Reader
from ..wire import Message, encode_image, never_raise


def picture_route(reader: Reader) -> Route:
    """Returns the route, to be sent a picture file."""

    @never_raise
    def read_picture(message: Message) -> Message:
        """Answers `{picture}`, the bytes of a picture file, with `{image}`, base64 of 784 bytes."""
        found, _ = reader.read_picture(open_picture(message["picture"]))
        return {"image": encode_image(found.image)}

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse(await run_in_threadpool(read_picture, {"picture": await request.body()}))

    return Route("/picture", answer, methods=["POST"])
