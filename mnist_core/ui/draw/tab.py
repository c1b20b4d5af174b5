"""The pad and everything that it moves: bars, verdict, what the network sees, samples.

A `gr.HTML` component with its own script. While the pen moves the script calls the functions below, one call in flight.
They never raise: an exception would reach the page as a silent nothing. They return `{"ok": ...}` or `{"error": ...}`.
"""

from __future__ import annotations

import gradio as gr
import numpy as np

from ...data.sample import Samples
from ...paths import ASSETS_DIR
from ...services.reader import Answer, Reader
from ..data.tab import DataTab
from ..model_list import models_of
from ..texts import select_texts
from ..wire import (
    LiveFunction,
    Message,
    decode_image,
    describe_answer,
    encode_bytes,
    encode_image,
    join_scripts,
    never_raise,
)
from .evidence import show_evidence
from .own_test import compare_hand, pack_hand

SKETCHPAD_DIR = ASSETS_DIR / "sketchpad"
# Together the body of one function, so each may use what stands above it.
SCRIPTS = (
    "ink.js",
    "pad.js",
    "live.js",
    "answer.js",
    "hand.js",
    "evidence.js",
    "relatives.js",
    "own.js",
    "sketchpad.js",
)


def build_sketchpad(reader: Reader, samples: Samples, tab: DataTab) -> gr.HTML:
    """Adds the pad to the Blocks that are being built; `samples` are shown beside it, `tab` knows relatives."""
    # The template is a constant: what stands in a prop would be inserted as HTML.
    template = (SKETCHPAD_DIR / "sketchpad.html").read_text(encoding="utf-8")
    script = join_scripts(ASSETS_DIR / "common.js", *(SKETCHPAD_DIR / name for name in SCRIPTS))
    return gr.HTML(
        html_template=template,
        js_on_load=script,
        apply_default_css=False,
        server_functions=list(live_functions(reader, samples, tab)),
        texts=select_texts(template + script),
        elem_id="sketch",
    )


def live_functions(reader: Reader, samples: Samples, tab: DataTab) -> tuple[LiveFunction, ...]:
    """The functions that the pad's script calls; each takes and returns one JSON object."""
    generator = np.random.default_rng()

    @never_raise
    def classify_drawing(message: Message) -> Message:
        """`{strokes, image?, model?}` to the answer; `image` is base64 of 784 bytes that the strokes lie on."""
        strokes, model = message.get("strokes") or [], str(message.get("model") or "")
        if message.get("image"):
            return _pack(reader.read_drawing_on(decode_image(message["image"]), strokes, model))
        return _pack(reader.read_ink(strokes, model))

    @never_raise
    def pick_samples(message: Message) -> Message:
        """`{}` to `{samples, source, name}`: two real images of each label, in random order."""
        del message
        of_label = [np.flatnonzero(samples.labels == label) for label in range(10)]
        chosen = np.concatenate([generator.permutation(indices)[:2] for indices in of_label])
        generator.shuffle(chosen)
        picked = [
            {"index": int(index), "label": int(samples.labels[index]), "image": encode_bytes(samples.images[index])}
            for index in chosen
        ]
        return {"samples": picked, "source": samples.source, "name": samples.name}

    others = models_of(reader), compare_hand, pack_hand, show_evidence, tab.find_relatives
    return classify_drawing, pick_samples, *map(never_raise, others)


def _pack(answer: Answer) -> Message:
    return {
        **describe_answer(answer.probabilities, answer.verdict),
        "doubt": answer.doubt,
        "limit": answer.limit,
        "image": encode_image(answer.image),
        "model": answer.model,
        "milliseconds": round(answer.milliseconds, 2),
    }
