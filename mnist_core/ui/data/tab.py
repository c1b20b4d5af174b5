"""The data tab: an album of all images at hand, what they have in common, a map of them, and relatives of any image.

A `gr.HTML` component with its own script, which calls the functions below. They never raise, see `wire`.
"""

from __future__ import annotations

import math
from typing import Any

import gradio as gr
import numpy as np

from ...browse.answers import select_for_map
from ...browse.catalogue import Catalogue, count_choices, describe_crowd, select_samples
from ...browse.query import Query
from ...checks import check_choice, check_index, check_whole, is_index
from ...data.splits import NO_LABEL, OWN
from ...errors import QueryError
from ...models.architectures import NUM_CLASSES
from ...paths import hide_folders
from ...rendering.charts import render_counts, render_distributions
from ...services.jobs import Job
from ...services.library import MAPS, MOST_OWN, Library
from ...services.reader import Reader
from ..messages import describe_sample
from ..model_list import models_of
from ..part import add_part
from ..relatives import relatives_of
from ..texts import load_texts
from ..wire import (
    LiveFunction,
    Message,
    decode_image,
    describe_answer,
    encode_bytes,
    encode_sprite,
    never_raise,
)

_MOST_ON_A_PAGE = 400
_COLUMNS = 20
# How far the part of the map about a place reaches, as a share of the whole.
_NEAR = 0.05


def build_data(tab: DataTab) -> gr.HTML:
    """Adds the data tab to the Blocks that are being built."""
    return add_part("data", "data", tab.functions)


class DataTab:
    """The functions that the scripts of the tab call with one JSON object.

    A question about samples holds `split`, `model`, and the fields of `browse.Query`; of the visitor's own drawings,
    whose split is "own", also `own`, a list of `{image, label?}`.

    Args:
        reader: What answers.
        library: Where everything else is looked up.
    """

    def __init__(self, reader: Reader, library: Library) -> None:
        self._reader = reader
        self._library = library

    @property
    def functions(self) -> tuple[LiveFunction, ...]:
        """All functions that the tab's script calls, made so that they never raise."""
        functions = (
            self.list_splits,
            self.browse_samples,
            self.watch_answers,
            self.open_sample,
            self.describe_chosen,
            self.draw_map,
            self.place_drawing,
            relatives_of(self._library),
            models_of(self._reader),
        )
        return tuple(map(never_raise, functions))

    def list_splits(self, message: Message) -> Message:
        """Answers `{}` with `{splits, training}`: what can be looked through, and where relatives come from."""
        del message
        sources = self._library.list_splits()
        splits = [{"name": source.name, "kind": source.kind, "size": source.size} for source in sources]
        return {"splits": splits, "training": self._library.find_training()}

    def browse_samples(self, message: Message) -> Message:
        """Answers a question and `{page, size}` with a page of samples.

        That is `{total, page, samples, sprite, columns, counts, known, job}`; a sample has index, label, isSeen and, as
        far as answers are known, predicted, confidence and isAccepted.
        """
        catalogue, job, query = self._open(message)
        chosen = select_samples(catalogue, query)
        size = check_whole("size", message.get("size", 100), 1, _MOST_ON_A_PAGE)
        page = min(check_whole("page", message.get("page", 0), 0), max(0, (len(chosen) - 1) // size))
        shown = chosen[page * size : (page + 1) * size]
        return {
            "total": len(chosen),
            "size": len(catalogue.split),
            "page": page,
            "samples": [describe_sample(catalogue, index) for index in shown.tolist()],
            "sprite": encode_sprite(catalogue.split.images[shown], _COLUMNS),
            "columns": _COLUMNS,
            "counts": count_choices(catalogue, query),
            "unreadable": catalogue.split.num_unreadable,
            **_describe_known(catalogue, job),
        }

    def watch_answers(self, message: Message) -> Message:
        """Answers `{split, model}` with `{known, job}`: how much is known by now, and what is still being computed."""
        catalogue, job, _ = self._open({"split": message.get("split"), "model": message.get("model")})
        return _describe_known(catalogue, job)

    def open_sample(self, message: Message) -> Message:
        """Answers a question and `{position}` among its samples, or `{index}`, with one sample as `model` reads it."""
        catalogue, _, query = self._open(message)
        chosen = select_samples(catalogue, query)
        if message.get("index") is not None:
            index = check_index(message["index"], len(catalogue.split))
            found = np.flatnonzero(chosen == index)
            position = int(found[0]) if len(found) else None
        else:
            if not len(chosen):
                raise QueryError("No samples match. Remove a filter.")
            position = check_whole("position", message.get("position", 0), 0) % len(chosen)
            index = int(chosen[position])
        image = catalogue.split.images[index]
        answer = self._reader.read_image(image.astype(np.float32) / 255, str(message.get("answerer") or ""))
        return {
            **describe_sample(catalogue, index),
            "position": position,
            "total": len(chosen),
            "size": len(catalogue.split),
            "answerer": answer.model,
            "image": encode_bytes(image),
            **describe_answer(answer.probabilities, answer.verdict),
            "ink": float(catalogue.ink[index]),
            "slant": float(catalogue.slant[index]),
            "duplicates": _find_duplicates(catalogue, index),
        }

    def describe_chosen(self, message: Message) -> Message:
        """Answers a question with what its samples have in common: charts, mean images, confusion matrix, figures.

        The last two are None where answers are not known; `isPending` says whether they are being computed.
        """
        catalogue, job, query = self._open(message)
        chosen = select_samples(catalogue, query)
        crowd = describe_crowd(catalogue, chosen)
        return {
            "total": len(chosen),
            "by": crowd["by"],
            "counts": crowd["counts"],
            "mean": encode_sprite(crowd["mean"], 10),
            "spread": encode_sprite(crowd["spread"], 10),
            "charts": _draw_charts(crowd),
            "confusion": crowd["confusion_matrix"].tolist() if "confusion_matrix" in crowd else None,
            "classes": crowd.get("per_class"),
            "isPending": catalogue.answers is None and job is not None and not job.problem,
        }

    def draw_map(self, message: Message) -> Message:
        """Answers `{split, model, map}` with `{num, size, indices, places, labels, predicted}`, the last four base64.

        They are int32, float32 pairs, int8 with -1 for none, and int8; one entry for each image on the map.
        """
        map_name = str(message.get("map") or MAPS[0])
        check_choice("map", map_name, MAPS)
        if message.get("split") == OWN:
            raise QueryError(
                "Your drawings have no map of their own. Choose another set: your last drawing is marked on its map."
            )
        catalogue, _, _ = self._open({**message, "map": map_name})
        shown = select_for_map(len(catalogue.split))
        return {
            "num": len(shown),
            "size": len(catalogue.split),
            "indices": encode_bytes(shown.astype(np.int32)),
            "places": encode_bytes(catalogue.map_places[shown]),
            "labels": encode_bytes(catalogue.labels[shown].astype(np.int8)),
            "predicted": encode_bytes(catalogue.predictions[shown].astype(np.int8)),
        }

    def place_drawing(self, message: Message) -> Message:
        """Answers `{image, split, model, map}` with where a drawing lies: `{x, y, around, label, isAccepted}`.

        `around` is the part of the map about that place: left, top, right, bottom.
        """
        image, model = decode_image(message.get("image")), str(message.get("model") or "")
        answer = self._reader.read_image(image, model)
        map_name, split = str(message.get("map") or MAPS[0]), str(message.get("split") or "")
        check_choice("map", map_name, MAPS)
        x, y = self._library.place(image, model, split, map_name).tolist()
        places = self._library.open_catalogue(split, model, map_name)[0].map_places
        across, down = (_NEAR * (np.nanmax(places, axis=0) - np.nanmin(places, axis=0))).tolist()
        return {
            "x": x,
            "y": y,
            "around": [x - across, y - down, x + across, y + down],
            "label": answer.label,
            "isAccepted": answer.verdict.kind != "refused",
        }

    def _open(self, message: Message) -> tuple[Catalogue, Job | None, Query]:
        """Returns the catalogue that a question is about, what is still being computed, and the question."""
        query, model = Query.from_dict(message), str(message.get("model") or "")
        if message.get("split") == OWN:
            return self._library.open_own(*_read_own(message.get("own")), model), None, query
        map_name = str(message.get("map") or "") if query.box is not None or "map" in message else ""
        return *self._library.open_for(query, str(message.get("split") or ""), model, map_name), query


def _read_own(drawings: Any) -> tuple[np.ndarray, np.ndarray]:
    """Returns the visitor's own drawings as images, uint8 (n, 28, 28), and labels, -1 where there is none."""
    if not isinstance(drawings, list) or len(drawings) > MOST_OWN or not all(isinstance(one, dict) for one in drawings):
        raise QueryError("Expected a list of at most {most_own} drawings.", most_own=MOST_OWN)
    images = [np.rint(decode_image(drawing.get("image")) * 255).astype(np.uint8) for drawing in drawings]
    labels = [drawing.get("label") for drawing in drawings]
    if not all(label is None or is_index(label, NUM_CLASSES) for label in labels):
        raise QueryError("Expected labels 0 to 9, or none. Received: {labels!r}.", labels=labels)
    known = [NO_LABEL if label is None else label for label in labels]
    return np.array(images, np.uint8).reshape(-1, 28, 28), np.array(known, np.int64)


def _find_duplicates(catalogue: Catalogue, index: int) -> list[int]:
    """Finds the near duplicates of one image."""
    if catalogue.duplicates is None:
        return []
    pairs = catalogue.duplicates[(catalogue.duplicates == index).any(axis=1)]
    return sorted(set(pairs.reshape(-1).tolist()) - {index})


def _draw_charts(crowd: dict[str, Any]) -> list[Message]:
    texts, end = load_texts(), _find_end(crowd["slant"], 60)
    drawn = [
        ("counts", render_counts(texts["chart_counts"], crowd["counts"])),
        ("ink", render_distributions(texts["chart_ink"], "%", crowd["ink"], low=0, high=_find_end(crowd["ink"], 40))),
        ("slant", render_distributions(texts["chart_slant"], "°", crowd["slant"], low=-end, high=end)),
    ]
    return [{"name": name, "svg": svg, "alt": _read_label(svg)} for name, svg in drawn]


def _find_end(values: list[np.ndarray], least: int) -> int:
    """Returns a multiple of ten that no value exceeds in size: the end of an axis."""
    largest = max((float(np.abs(numbers).max()) for numbers in values if len(numbers)), default=0.0)
    return max(least, 10 * math.ceil(largest / 10))


def _read_label(svg: str) -> str:
    """Returns what the chart says to those who cannot see it."""
    from xml.etree import ElementTree

    return ElementTree.fromstring(svg).get("aria-label", "")


def _describe_known(catalogue: Catalogue, job: Job | None) -> Message:
    """Returns how many of answers and duplicates are known; of what is being computed the share, and why it failed."""
    known = [catalogue.answers, catalogue.duplicates]
    return {
        "known": sum(thing is not None for thing in known),
        "job": None if job is None else {"pending": job.share, "error": hide_folders(job.problem)},
    }
