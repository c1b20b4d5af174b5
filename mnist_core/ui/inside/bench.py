"""What the views of the inside tab work on: models taken apart, drawings, and images that a model has not seen."""

from __future__ import annotations

import numpy as np

from ...browse.answers import find_seen
from ...errors import QueryError
from ...explain.anatomy import Anatomy
from ...services.library import Library
from ...services.reader import Reader
from ..wire import Message, decode_image

_LEAST_NEW = 100


class Bench:
    """Opens models and images for the views; may be called from any thread.

    Args:
        reader: What answers on the pad.
        library: Where models and data are looked up.
    """

    def __init__(self, reader: Reader, library: Library) -> None:
        self.reader = reader
        self.models = reader.models
        self.library = library

    def open(self, model: str) -> Anatomy:
        """Returns a stored model taken apart, by name; empty for the default.

        Raises:
            ModelError: There is none of that name, or it cannot be opened.
        """
        return self.models.open(self.models.find(model)).anatomy

    def decode(self, message: Message) -> tuple[Anatomy, np.ndarray]:
        """Returns the model and the image, float32 (28, 28) in [0, 1], of a message `{image, model}`.

        Raises:
            ModelError: As `open`.
            PictureError: There is no image, or an empty one.
        """
        return self.open(str(message.get("model") or "")), decode_image(message.get("image"))

    def new_images(self, model: str, num_images: int = 1000) -> tuple[np.ndarray, np.ndarray, str]:
        """Returns images that a model was not trained on.

        Args:
            model: Name of the model; empty for the default.
            num_images: At most so many; spread evenly over the set, which holds all digits.

        Returns:
            Images, float32 (n, 28, 28) in [0, 1], labels, int64 (n,), and the name of the set: MNIST's test images, or
            the built-in ones.

        Raises:
            QueryError: It was trained on nearly all images at hand.
        """
        stored = self.models.find(model)
        sources = self.library.list_splits()
        for kind in ("test", "built_in"):
            for source in sources:
                if source.kind != kind:
                    continue
                split = self.library.open_split(source.name)
                new = np.flatnonzero(~find_seen(split, stored))
                if len(new) >= _LEAST_NEW:
                    chosen = new[np.linspace(0, len(new) - 1, min(num_images, len(new))).astype(int)]
                    return split.images[chosen].astype(np.float32) / 255, split.labels[chosen], source.name
        raise QueryError(
            "{name} was trained on all images available here, so there are none to measure it on.", name=stored.name
        )
