"""A stored model where it can be differentiated: in TensorFlow, with its weights read into our own architecture.

LiteRT has no gradients. Making one imports TensorFlow, so a server does it in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..models.architectures import NUM_CLASSES
from ..models.calibration import softmax
from ..models.store import StoredModel, build_keras_model
from ..packages import needed_packages
from .anatomy import Anatomy
from .attribution import Target

# More at a time cost memory and no time.
_MOST_IMAGES = 64


class DifferentiableNetwork(Anatomy):
    """An `Anatomy` that has gradients too; answers and maps are still LiteRT's, which differ by 1e-6.

    Args:
        stored: The model. TensorFlow is imported.

    Raises:
        DamagedModelError: Its files are damaged.
        MissingPackageError: There is no TensorFlow, or no Keras.
    """

    def __init__(self, stored: StoredModel) -> None:
        with needed_packages():
            import keras

        super().__init__(stored)
        self._keras_model = build_keras_model(stored)
        self._layers = {layer.name: layer for layer in self._keras_model.layers}
        self._build = keras.Model
        self._functions: dict[str, Callable[[np.ndarray, np.ndarray], Any]] = {}

    def gradient(self, images: np.ndarray, target: Target) -> np.ndarray:
        """Returns the gradient of a target by the pixels.

        Args:
            images: float32 (n, 28, 28), any n; values outside [0, 1] are taken as they are.
            target: What is differentiated.

        Returns:
            float32 (n, 28, 28), in logits per full ink.
        """
        return self.differentiate(images, target.weights(self._num_outputs))[..., 0]

    def map_gradient(self, images: np.ndarray, target: Target, part: str) -> np.ndarray:
        """Returns the gradient of a target by what a part gives after its activation: float32 (n, *shape).

        Raises:
            QueryError: There is no such part.
        """
        self.find_part(part)
        return self.differentiate(images, target.weights(self._num_outputs), part)

    def loss_gradient(self, image: np.ndarray, digit: int) -> np.ndarray:
        """Returns the gradient of a digit's loss by the pixels, up to a positive factor: where the loss rises fastest.

        It is that of log-sum-exp of the nine other logits minus the digit's. The cross-entropy itself has the same
        direction, but of an image about which there is no doubt its gradient is 0 in float32.

        Args:
            image: float32 (28, 28) in [0, 1].
            digit: 0 to 9.

        Returns:
            float32 (28, 28).

        Raises:
            QueryError: It is no digit.
        """
        weights = -Target(digit).weights(self._num_outputs)
        others = np.delete(np.arange(NUM_CLASSES), digit)
        weights[others] = softmax(self.logits(image[None])[:, others])[0]
        return self.differentiate(image[None], weights)[0, ..., 0]

    @property
    def _num_outputs(self) -> int:
        return self.parts[-1].shape[0]

    def differentiate(self, images: np.ndarray, weights: np.ndarray, part: str = "") -> np.ndarray:
        """Returns the gradient of a weighted sum of logits by the output of a part, or by the images."""
        if part not in self._functions:
            self._functions[part] = self._trace(part)
        function = self._functions[part]
        batch = np.ascontiguousarray(images[..., None], np.float32)
        chunks = [batch[start : start + _MOST_IMAGES] for start in range(0, len(batch), _MOST_IMAGES)]
        return np.concatenate([function(chunk, weights).numpy() for chunk in chunks])

    def _trace(self, part: str) -> Callable[[np.ndarray, np.ndarray], Any]:
        """Returns a compiled function from images and weights to that gradient."""
        with needed_packages():
            import tensorflow

        # A normalisation and an activation of their own are named after the part that they belong to.
        own = [layer for name, layer in self._layers.items() if name == part or name.startswith(f"{part}_")]
        layer = own[-1] if part else None
        outputs = [layer.output if layer else self._keras_model.inputs[0], self._keras_model.output]
        model = self._build(self._keras_model.inputs, outputs)

        def differentiate(images: object, weights: object) -> object:
            with tensorflow.GradientTape() as tape:
                tape.watch(images)
                values, logits = model(images, training=False)
                total = tensorflow.reduce_sum(logits * weights)
            return tape.gradient(total, values if layer else images)

        signature = [tensorflow.TensorSpec((None, 28, 28, 1)), tensorflow.TensorSpec((self._num_outputs,))]
        return tensorflow.function(differentiate, input_signature=signature)
