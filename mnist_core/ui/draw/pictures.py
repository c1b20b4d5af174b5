"""Pictures, which a route of their own takes as they are: as base64 in a message they would need its limit of 30 MB."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ...preprocessing.picture import open_picture, picture_to_image
from ..wire import Message, encode_image, never_raise


def picture_route() -> Route:
    """Returns the route, to be sent a picture file."""
    return Route("/picture", _answer, methods=["POST"])


async def _answer(request: Request) -> JSONResponse:
    return JSONResponse(await run_in_threadpool(read_picture, {"picture": await request.body()}))


@never_raise
def read_picture(message: Message) -> Message:
    """Answers `{picture}`, the bytes of a picture file, with `{image}`, base64 of 784 bytes."""
    return {"image": encode_image(picture_to_image(open_picture(message["picture"])))}
