"""The functions that programs call by name, through `gradio_client`, plain HTTP or MCP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.utils import get_upload_folder, is_in_or_equal
from PIL import Image

from ..errors import MnistError, PictureError
from ..picture import open_picture, picture_to_image
from .reader import Answer, Reader


def add_endpoints(reader: Reader) -> None:
    """Publishes `/classify_ink` and `/classify_picture` in the Blocks that are being built."""

    def classify_ink(strokes: list, model: str = "") -> dict:
        """Reads one digit from pen strokes.

        Args:
            strokes: A list of strokes, each a list of [x, y] or [x, y, milliseconds]; x to the right, y down, any unit.
            model: Name of a stored model; empty for the default.

        Returns:
            label (0 to 9), probabilities (ten, in [0, 1]), verdict (kind and labels), doubt (in [0, 1], how little it
            looks like a digit), accepted (whether it is taken for a digit), image (28 rows of 28 values in [0, 1], 1 is
            full ink), model.
        """
        return _answer_with(lambda: reader.read_ink(strokes, str(model)))

    def classify_picture(picture: gr.FileData, model: str = "") -> dict:
        """Reads one digit from a picture of any size, dark on light or light on dark.

        Args:
            picture: A PNG, JPEG, GIF, BMP, WebP, TIFF or PPM file.
            model: Name of a stored model; empty for the default.

        Returns:
            label (0 to 9), probabilities (ten, in [0, 1]), verdict (kind and labels), doubt (in [0, 1], how little it
            looks like a digit), accepted (whether it is taken for a digit), image (28 rows of 28 values in [0, 1], 1 is
            full ink), model.
        """
        return _answer_with(lambda: reader.read_image(picture_to_image(_open_upload(picture)), str(model)))

    gr.api(classify_ink, api_name="classify_ink", queue=False)
    gr.api(classify_picture, api_name="classify_picture", queue=False)


def _open_upload(picture: Any) -> Image.Image:
    path = picture.get("path") if isinstance(picture, dict) else getattr(picture, "path", None)
    # Gradio checks only the path of what calls itself a file; without this any picture on the server could be read.
    if not isinstance(path, str) or not is_in_or_equal(path, get_upload_folder()):
        raise PictureError("No picture was received. Expected an upload; with gradio_client pass handle_file(path).")
    return open_picture(Path(path))


def _answer_with(read: Callable[[], Answer]) -> dict:
    try:
        answer = read()
    except MnistError as error:
        raise gr.Error(str(error), print_exception=False) from error
    return {
        "label": answer.label,
        "probabilities": answer.probabilities.tolist(),
        "verdict": {"kind": answer.verdict.kind, "labels": list(answer.verdict.labels)},
        "doubt": answer.doubt,
        "accepted": answer.verdict.kind != "refused",
        "image": np.round(answer.image.astype(np.float64), 4).tolist(),
        "model": answer.model,
    }
