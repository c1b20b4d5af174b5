"""The pad and everything that it moves: bars, verdict, what the network sees, samples.

A `gr.HTML` component with its own script. While the pen moves the script calls the functions below, one call in flight.
They never raise: an exception would reach the page as a silent nothing. They return `{"ok": ...}` or `{"error": ...}`.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
import numpy as np

from ..dataset import ASSETS_DIR, Samples
from ..errors import MnistError, PictureError
from ..picture import open_picture, picture_to_image
from ..store import StoredModel
from .evidence import show_evidence
from .hand import compare_hand, pack_hand
from .reader import Answer, Reader
from .texts import load_texts

SKETCHPAD_DIR = ASSETS_DIR / "sketchpad"
# Together the body of one function, so each may use what stands above it.
SCRIPTS = ("ink.js", "pad.js", "live.js", "answer.js", "hand.js", "evidence.js", "sketchpad.js")

_log = logging.getLogger(__name__)

Message = dict[str, Any]


def build_sketchpad(reader: Reader, samples: Samples) -> gr.HTML:
    """Adds the pad to the Blocks that are being built; `samples` are shown beside it."""
    return gr.HTML(
        # The template is a constant: what stands in a prop would be inserted as HTML.
        html_template=(SKETCHPAD_DIR / "sketchpad.html").read_text(encoding="utf-8"),
        js_on_load="\n".join((SKETCHPAD_DIR / name).read_text(encoding="utf-8") for name in SCRIPTS),
        apply_default_css=False,
        server_functions=list(live_functions(reader, samples)),
        texts=load_texts(),
        elem_id="sketch",
    )


def live_functions(reader: Reader, samples: Samples) -> tuple[Callable[[Message], Message], ...]:
    """The functions that the pad's script calls; each takes and returns one JSON object."""
    generator = np.random.default_rng()

    @_never_raise
    def classify_drawing(message: Message) -> Message:
        """`{strokes, image?, model?}` to the answer; `image` is base64 of 784 bytes that the strokes lie on."""
        strokes, model = message.get("strokes") or [], str(message.get("model") or "")
        if message.get("image"):
            return _pack(reader.read_drawing_on(_decode_image(message["image"]), strokes, model))
        return _pack(reader.read_ink(strokes, model))

    @_never_raise
    def read_picture(message: Message) -> Message:
        """`{picture}`, base64 of a picture file, to `{image}`, base64 of 784 bytes."""
        return {"image": _encode_image(picture_to_image(open_picture(_decode_base64(message.get("picture")))))}

    @_never_raise
    def pick_samples(message: Message) -> Message:
        """`{}` to `{samples, source, name}`: two real images of each label, in random order."""
        del message
        of_label = [np.flatnonzero(samples.labels == label) for label in range(10)]
        chosen = np.concatenate([generator.permutation(indices)[:2] for indices in of_label])
        generator.shuffle(chosen)
        picked = [
            {"index": int(index), "label": int(samples.labels[index]), "image": _encode_bytes(samples.images[index])}
            for index in chosen
        ]
        return {"samples": picked, "source": samples.source, "name": samples.name}

    @_never_raise
    def describe_models(message: Message) -> Message:
        """`{}` to `{models, device, note}` for the details below the pad."""
        del message
        models = [_describe_model(model) for model in reader.list_models()]
        return {"models": models, "device": reader.device.name, "note": reader.device.note}

    own = classify_drawing, read_picture, pick_samples, describe_models
    return *own, *map(_never_raise, (compare_hand, pack_hand, show_evidence))


def _never_raise(function: Callable[[Message], Message]) -> Callable[[Message], Message]:
    @wraps(function)
    def answer(message: Message) -> Message:
        try:
            return {"ok": True, **function(message if isinstance(message, dict) else {})}
        except MnistError as error:
            return {"error": str(error)}
        except Exception:
            _log.exception("%s failed", function.__name__)
            return {"error": "The server could not answer this; its log says why."}

    return answer


def _describe_model(model: StoredModel) -> Message:
    metrics, data = model.metrics, model.metrics.get("data", "mnist")
    test = metrics.get("test")
    changes = ", ".join([*([] if data == "mnist" else [data]), *model.recipe.list_changes()])
    # A folder that was named by hand is called by that name, the others by what was trained.
    has_own_name = not model.name.startswith(f"{model.recipe.name}-")
    return {
        "name": model.name,
        "label": model.name if has_own_name else f"{model.recipe.name} ({changes})" if changes else model.recipe.name,
        "complete": model.complete,
        "parameters": metrics["parameters"],
        "validation_accuracy": metrics["validation"]["accuracy"],
        "data": _name_data(model),
        "images": metrics["num_training_images"],
        "epochs": len(model.history),
        "seconds": metrics["seconds"],
        "test": test and {"accuracy": test["accuracy"], "interval": test["interval"]},
    }


def _name_data(model: StoredModel) -> str:
    name = model.metrics.get("data", "mnist")
    # Where there was pen ink to measure on, there was some to learn from.
    has_ink = model.recipe.ink and "validation_ink" in model.metrics
    return ("MNIST" if name == "mnist" else name) + (" and pen ink" if has_ink else "")


def _pack(answer: Answer) -> Message:
    return {
        "probabilities": [round(float(probability), 6) for probability in answer.probabilities],
        "verdict": {"kind": answer.verdict.kind, "labels": answer.verdict.labels},
        "doubt": answer.doubt,
        "limit": answer.limit,
        "image": _encode_image(answer.image),
        "model": answer.model,
        "milliseconds": round(answer.milliseconds, 2),
    }


def _encode_image(image: np.ndarray) -> str:
    return _encode_bytes(np.rint(image * 255).astype(np.uint8))


def _encode_bytes(pixels: np.ndarray) -> str:
    return base64.b64encode(pixels.tobytes()).decode()


def _decode_image(text: Any) -> np.ndarray:
    pixels = np.frombuffer(_decode_base64(text), np.uint8)
    if pixels.size != 28 * 28 or not pixels.any():
        raise PictureError(f"Expected 784 bytes, not all 0, as the image below the ink. Received: {pixels.size}.")
    return pixels.reshape(28, 28).astype(np.float32) / 255


def _decode_base64(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise PictureError("Expected a picture as base64 text.") from error
