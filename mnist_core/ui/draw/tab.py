"""The pad and everything that it moves: bars, verdict, what the network sees, samples.

A `gr.HTML` component with its own script. While the pen moves the script calls the functions below, one call in flight.
They never raise: an exception would reach the page as a silent nothing. They return `{"ok": ...}` or `{"error": ...}`.
"""

from __future__ import annotations

import gradio as gr
import numpy as np

from ...data.sample import Samples
from ...services.library import Library
from ...services.reader import Reader
from ..model_list import models_of
from ..part import add_part
from ..relatives import relatives_of
from ..wire import LiveFunction, Message, encode_bytes, never_raise
from .classify import classify_with, compare_with
from .evidence import show_evidence
from .own_test import compare_hand, pack_hand


def build_sketchpad(reader: Reader, samples: Samples, library: Library) -> gr.HTML:
    """Adds the pad to the Blocks that are being built; `samples` are shown beside it."""
    return add_part("draw", "sketch", live_functions(reader, samples, library))


def live_functions(reader: Reader, samples: Samples, library: Library) -> tuple[LiveFunction, ...]:
    """Returns the functions that the pad's script calls; each takes and returns one JSON object."""
    generator = np.random.default_rng()

    @never_raise
    def pick_samples(message: Message) -> Message:
        """Answers `{}` with `{samples, source, name}`: two real images of each label, in random order."""
        del message
        of_label = [np.flatnonzero(samples.labels == label) for label in range(10)]
        chosen = np.concatenate([generator.permutation(indices)[:2] for indices in of_label])
        generator.shuffle(chosen)
        picked = [
            {"index": int(index), "label": int(samples.labels[index]), "image": encode_bytes(samples.images[index])}
            for index in chosen
        ]
        return {"samples": picked, "source": samples.source, "name": samples.name}

    others = models_of(reader), compare_with(reader), compare_hand, pack_hand, show_evidence, relatives_of(library)
    return classify_with(reader), pick_samples, *map(never_raise, others)
