"""The train tab: a `gr.HTML` component with its own scripts, which build all that it shows."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from ...services.reader import Reader
from ..model_list import models_of
from ..part import add_part
from ..wire import LiveFunction, never_raise


def build_train(reader: Reader, functions: Sequence[LiveFunction]) -> gr.HTML:
    """Adds the train tab to the Blocks that are being built; its scripts call `functions`, none of which may raise."""
    return add_part("train", "train", (*functions, never_raise(models_of(reader))))
