"""Images -> what the last layer but one makes of them: the embedding, from a stored model's LiteRT file.

The file that answers on the pad gives logits alone. Here the same file is given a second output, the values that its
last dense layer receives. TensorFlow is not needed. Nothing is stored here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import DamagedModelError
from ..models.calibration import Calibration
from ..models.inference import MOST_IMAGES
from ..models.litert import expose, list_operators, pack, unpack
from ..models.runner import LiteRTRunner
from ..models.store import StoredModel

_LOGITS, _EMBEDDING = "logits", "embedding"


class Embedder:
    """Gives logits and embeddings; may be called from any thread.

    Args:
        stored: The model.

    Raises:
        DamagedModelError: Its LiteRT file is damaged or does not end in a dense layer.
    """

    def __init__(self, stored: StoredModel) -> None:
        self.calibration: Calibration = stored.calibration
        try:
            content = add_embedding(stored.read_litert())
        except ValueError as error:
            raise DamagedModelError(stored.folder, f"its embedding cannot be read: {error}") from error
        self._runner = LiteRTRunner(content)

    def embed(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Reads at most 64 images.

        Args:
            images: float32 (n, 28, 28) in [0, 1].

        Returns:
            Logits, float32 (n, 10) or (n, 11), and embeddings, float32 (n, units of the last layer but one).
        """
        if len(images) > MOST_IMAGES:
            raise ValueError(f"Expected at most {MOST_IMAGES} images at a time. Received: {len(images)}.")
        outputs = self._runner.run(images)
        return outputs[_LOGITS], outputs[_EMBEDDING].reshape(len(images), -1)


def add_embedding(content: bytes) -> bytes:
    """Returns the same LiteRT file with a second output, `embedding`: what its last dense layer receives.

    Raises:
        ValueError: It is no LiteRT file, or its last operation is not a dense layer.
    """
    model = unpack(content)
    kind, last = list_operators(model)[-1]
    outputs = list(model.subgraphs[0].outputs)
    if kind != "FULLY_CONNECTED" or list(last.outputs) != outputs:
        raise ValueError("its last operation is not a dense layer")
    expose(model, {_LOGITS: int(outputs[0]), _EMBEDDING: int(last.inputs[0])})
    return pack(model)


@dataclass(frozen=True)
class Projection:
    """A fixed rotation of embeddings onto the directions in which they vary most.

    Args:
        mean: float32 (units,).
        directions: float32 (units, n), columns of length 1, the one with the largest variance first.
        explained: Share of the variance that they hold, in [0, 1].
    """

    mean: np.ndarray
    directions: np.ndarray
    explained: float

    def apply(self, embeddings: np.ndarray) -> np.ndarray:
        """Maps embeddings of shape (n, units) to vectors, float32 (n, directions)."""
        return (embeddings - self.mean) @ self.directions


def fit_projection(embeddings: np.ndarray, num_directions: int = 128) -> Projection:
    """Fits principal components to embeddings, float32 (n, units); at most as many as there are of either.

    Each direction points where its largest entry is positive, so that the same embeddings always give the same map.
    """
    mean = embeddings.mean(axis=0)
    centred = (embeddings - mean).astype(np.float64)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    num_directions = min(num_directions, *embeddings.shape)
    variances, directions = variances[::-1], directions[:, ::-1][:, :num_directions]
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(num_directions)])
    total = float(variances.sum())
    explained = min(1.0, float(variances[:num_directions].sum()) / total) if total else 1.0
    return Projection(mean.astype(np.float32), (directions * signs).astype(np.float32), explained)
