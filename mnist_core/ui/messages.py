"""What scripts and programs are told of a sample."""

from __future__ import annotations

from ..browse.catalogue import Catalogue
from ..data.splits import NO_LABEL
from .wire import Message


def describe_sample(catalogue: Catalogue, index: int) -> Message:
    """Describes a sample: index, label (None without one), isSeen; with answers predicted, confidence, isAccepted."""
    label = int(catalogue.labels[index])
    sample = {
        "index": index,
        "label": None if label == NO_LABEL else label,
        "isSeen": bool(catalogue.seen[index]),
    }
    if catalogue.answers is None:
        return sample
    return {
        **sample,
        "predicted": int(catalogue.predictions[index]),
        "confidence": round(float(catalogue.confidence[index]), 4),
        "isAccepted": bool(catalogue.answers.predictions.accepted[index]),
    }
