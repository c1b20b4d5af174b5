"""The functions that programs call by name, through `gradio_client`, plain HTTP or MCP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.events import api
from gradio.exceptions import InvalidPathError
from gradio.utils import get_function_params, get_upload_folder, is_in_or_equal
from PIL import Image

from ..browse.catalogue import select_samples
from ..browse.query import Query
from ..checks import check_index, check_whole
from ..errors import PictureError, QueryError
from ..models.numbers import NumberDigit, name_digit
from ..preprocessing.decoding import measure_side, open_picture
from ..preprocessing.ink import check_ink, render_ink
from ..preprocessing.picture import Frame
from ..services.library import Library
from ..services.reader import Answer, NumberAnswer, Reader
from .messages import describe_sample
from .wire import check_sendable, explain

_MOST_SAMPLES = 1000
_MOST_NEIGHBOURS = 100
_NO_UPLOAD = "No picture was received. Expected an upload; with gradio_client pass handle_file(path)."


class EndpointBlocks(gr.Blocks):
    """Blocks whose endpoints complete a call that plain HTTP brings, as `gradio_client` completes it beforehand."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *arguments: Any, **options: Any) -> list[Any]:
        """As of `Blocks`, of a call that may leave out what has a default."""
        complete = _complete(get_function_params(block_fn.fn), inputs) if block_fn.fn else inputs
        try:
            return await super().preprocess_data(block_fn, complete, *arguments, **options)
        except (
            InvalidPathError
        ) as error:  # a file that the caller names on the server; Gradio's words tell where that is
            raise gr.Error(_NO_UPLOAD, print_exception=False) from error


def _complete(parameters: Sequence[tuple[str, bool, Any, Any]], given: Sequence[Any]) -> list[Any]:
    """Completes the arguments of a call; one that is left out, or null, has its default if there is one.

    Args:
        parameters: Of each the name, whether it has a default, the default and the type.
        given: The first arguments.
    """
    values = [*given]
    for place, (name, has_default, default, _) in enumerate(parameters):
        is_left_out = place >= len(values)
        if is_left_out and not has_default:
            names = ", ".join(parameter[0] for parameter in parameters)
            raise gr.Error(
                f"{name!r} is missing. Expected data to hold, in this order: {names}. What is optional may be left out "
                "at the end, or be null.",
                print_exception=False,
            )
        if is_left_out:
            values.append(default)
        elif has_default and values[place] is None:
            values[place] = default
    return values


def add_endpoints(reader: Reader, library: Library) -> None:
    """Publishes the functions below in the Blocks that are being built."""
    _add_reading(reader)
    _add_browsing(reader, library)


def _add_reading(reader: Reader) -> None:

    def classify_ink(strokes: list[Any], model: str = "") -> dict[str, Any]:
        """Reads one digit from pen strokes.

        Args:
            strokes: A list of strokes, each a list of [x, y] or [x, y, milliseconds]; x to the right, y down, any unit.
            model: Name of a stored model; empty for the default.

        Returns:
            label (0 to 9), probabilities (ten, in [0, 1]), verdict (kind and labels), doubt (in [0, 1], how little it
            looks like a digit), accepted (whether it is taken for a digit), image (28 rows of 28 values in [0, 1], 1 is
            full ink), model.
        """
        return _describe_answer(_or_error(lambda: reader.read_ink(strokes, str(model))))

    def classify_picture(picture: gr.FileData, model: str = "") -> dict[str, Any]:
        """Reads one digit from a picture of any size, dark on light or light on dark.

        Args:
            picture: A PNG, JPEG, GIF, BMP, WebP, TIFF, PPM, AVIF or HEIC file.
            model: Name of a stored model; empty for the default.

        Returns:
            label (0 to 9), probabilities (ten, in [0, 1]), verdict (kind and labels), doubt (in [0, 1], how little it
            looks like a digit), accepted (whether it is taken for a digit), image (28 rows of 28 values in [0, 1], 1 is
            full ink), model.
        """
        return _describe_answer(_or_error(lambda: reader.read_picture(_open_upload(picture), str(model)).answer))

    def read_number(
        strokes: list[Any] | None = None, picture: gr.FileData | None = None, model: str = ""
    ) -> dict[str, Any]:
        """Reads a number of up to 12 digits from pen strokes or a picture, from left to right.

        Args:
            strokes: As of `/classify_ink`, in the order in which they were drawn; or empty, and
            picture: as of `/classify_picture`.
            model: Name of a stored model; empty for the default.

        Returns:
            number (such as "2026"; "?" in the place of what is no digit, points and commas left out), confidence (that
            all digits are right, in [0, 1]), digits (from left to right, each with label, probabilities, verdict,
            doubt, accepted, image and box: [x, y, width, height] in the unit of the strokes or in the picture's
            pixels), marks (how many digits stand before each point or comma), model.
        """
        if strokes or picture is None:
            return _describe_number(_or_error(lambda: reader.read_number(strokes or [], str(model))))
        return _or_error(lambda: _read_number_on(reader, picture, str(model)))

    api(classify_ink, api_name="classify_ink", queue=False)
    api(classify_picture, api_name="classify_picture", queue=False)
    api(read_number, api_name="read_number", queue=False)


def _add_browsing(reader: Reader, library: Library) -> None:
    def list_samples(
        split: str = "",
        label: int | None = None,
        predicted: int | None = None,
        model: str = "",
        sort: str = "index",
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        """Lists samples of a set of digits.

        Args:
            split: train, test, built_in or the name of a file beside the data; empty for the training images.
            label: Only samples with this label, 0 to 9.
            predicted: Only samples that the model answers so, 0 to 9.
            model: Name of a stored model; empty for the default.
            sort: index, confidence, loss, margin, ink or slant.
            limit: Samples at most, 1 to 1000.
            offset: How many of those found to leave out first.

        Returns:
            split, total (how many are found), samples (each with index, label, seen, and predicted, confidence and
            accepted once the model's answers are known).
        """
        return _or_error(lambda: _list_samples(library, split, label, predicted, str(model), sort, limit, offset))

    def find_neighbours(
        strokes: list[Any] | None = None,
        split: str = "",
        index: int | None = None,
        model: str = "",
        space: str = "embedding",
        limit: int = 10,
    ) -> dict[str, Any]:
        """Finds the training images most like a drawing, or like a sample. They illustrate and do not prove.

        Args:
            strokes: A drawing, as of `/classify_ink`; or empty, and
            split: name of the sample's set, empty for the training images, and
            index: its index there.
            model: Name of a stored model; empty for the default.
            space: "embedding", what the model's last layer but one makes of them, or "pixels".
            limit: How many, 1 to 100.

        Returns:
            split (where they come from), neighbours (each with index, label, distance and seen, nearest first),
            has_near (whether the nearest is as near as is usual for digits), limit (that distance).
        """
        return _or_error(lambda: _find_neighbours(library, strokes, split, index, str(model), space, limit))

    api(list_samples, api_name="list_samples", queue=False)
    api(find_neighbours, api_name="find_neighbours", queue=False)


def _read_number_on(reader: Reader, picture: Any, model: str) -> dict[str, Any]:
    path = _find_upload(picture)
    read, side = reader.read_picture(open_picture(path), model), measure_side(path)
    digits: list[tuple[Answer | NumberDigit, Frame]] = [(read.answer, read.found.frame)]
    verdict, marks = read.answer.verdict, list[int]()
    number, confidence = name_digit(verdict), verdict.confidence
    if read.number:
        reading = read.number.reading
        digits = [*zip(reading.digits, read.number.frames, strict=True)]
        number, confidence, marks = reading.text, reading.confidence, [*reading.marks]
    return {
        "number": number,
        "confidence": confidence,
        "digits": [
            {**_describe_digit(digit), "box": [length * side for length in frame.box]} for digit, frame in digits
        ],
        "marks": marks,
        "model": read.answer.model,
    }


def _list_samples(
    library: Library,
    split: str,
    label: int | None,
    predicted: int | None,
    model: str,
    sort: str,
    limit: int,
    offset: int,
) -> dict[str, Any]:
    query = Query.from_dict({"label": label, "predicted": predicted, "sort": sort})
    check_whole("limit", limit, 1, _MOST_SAMPLES)
    check_whole("offset", offset, 0)
    catalogue, _ = library.open_for(query, split, model)
    chosen = select_samples(catalogue, query)
    samples = [describe_sample(catalogue, index) for index in chosen[offset : offset + limit].tolist()]
    return {
        "split": catalogue.split.name,
        "total": len(chosen),
        "samples": [_rename(sample) for sample in samples],
    }


def _find_neighbours(
    library: Library, strokes: list[Any] | None, split: str, index: int | None, model: str, space: str, limit: int
) -> dict[str, Any]:
    check_whole("limit", limit, 1, _MOST_NEIGHBOURS)
    if strokes:
        image = render_ink(check_ink(strokes))
    elif index is None:
        raise QueryError("There is nothing to look for. Expected strokes, or the index of a sample.")
    else:
        images = library.open_split(split).images
        image = images[check_index(index, len(images))].astype(np.float32) / 255
    found = library.find_relatives(image, model, space, limit)
    return {
        "split": found.split.name,
        "neighbours": [_rename(relative) for relative in found.describe()],
        "has_near": found.has_near,
        "limit": found.limit,
    }


def _rename(sample: dict[str, Any]) -> dict[str, Any]:
    """Renames isSeen, as the page calls it, to seen, as programs do."""
    names = {"isSeen": "seen", "isAccepted": "accepted"}
    return {names.get(name, name): value for name, value in sample.items()}


def _open_upload(picture: Any) -> Image.Image:
    return open_picture(_find_upload(picture))


def _find_upload(picture: Any) -> Path:
    path = picture.get("path") if isinstance(picture, dict) else getattr(picture, "path", None)
    # Gradio checks only the path of what calls itself a file; without this any picture on the server could be read.
    if not isinstance(path, str) or not is_in_or_equal(path, get_upload_folder()):
        raise PictureError(_NO_UPLOAD)
    return Path(path)


def _or_error(answer: Callable[[], Any]) -> Any:
    """Returns what `answer` gives; what it cannot do becomes an error that the caller can read."""
    try:
        found = answer()
        check_sendable(found)
        return found
    except Exception as error:
        raise gr.Error(explain(error, "an endpoint"), print_exception=False) from error


def _describe_answer(answer: Answer) -> dict[str, Any]:
    return {**_describe_digit(answer), "model": answer.model}


def _describe_number(answer: NumberAnswer) -> dict[str, Any]:
    reading = answer.reading
    return {
        "number": reading.text,
        "confidence": reading.confidence,
        "digits": [{**_describe_digit(digit), "box": list(digit.box)} for digit in reading.digits],
        "marks": list(reading.marks),
        "model": answer.whole.model,
    }


def _describe_digit(digit: Answer | NumberDigit) -> dict[str, Any]:
    return {
        "label": digit.label,
        "probabilities": digit.probabilities.tolist(),
        "verdict": {"kind": digit.verdict.kind, "labels": list(digit.verdict.labels)},
        "doubt": digit.doubt,
        "accepted": digit.verdict.kind != "refused",
        "image": np.round(digit.image.astype(np.float64), 4).tolist(),
    }
