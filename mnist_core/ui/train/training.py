"""What the train tab asks: runs that are begun, looked at, steered and replayed, and networks that are checked."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ...augmentation.transforms import Augmentation, augment
from ...checks import is_index, is_whole
from ...data.own_drawings import MOST_DRAWINGS, OwnDrawings
from ...data.sample import load_sample
from ...errors import PictureError, QueryError
from ...hosting.identity import current_visitor
from ...models.architectures import NUM_CLASSES
from ...models.code.command_line import write_command
from ...models.code.keras_writing import write_keras_program
from ...models.code.reading import describe_layer
from ...models.recipes import CHANGEABLE, RECIPES, Recipe
from ...preprocessing.ink import check_ink, render_ink
from ...services.replays import Replays
from ...services.run_plans import TUNED_MODEL, told_to_visitors
from ...services.runs import Runs
from ..wire import LiveFunction, Message, decode_base64, decode_image, encode_bytes, never_raise
from .code import code_functions

_NUM_PREVIEWS = 24
# A seven, whose turns and slants are seen best.
_PREVIEWED = 7


def training_functions(runs: Runs) -> tuple[LiveFunction, ...]:
    """Returns the functions that the tab's scripts call, each from one JSON object to another; none of them raises."""
    replays = Replays(runs)

    def look_at_training(message: Message) -> Message:
        """Answers `{run?, since?, image?, wake?}` with `{training, recipes?, runs, run?}`: all, and what is new of one.

        The recipes come with the first answer, that is, without `since`.
        """
        if message.get("wake"):
            runs.wake()
        since = _read_since(message.get("since"))
        answer = runs.look(current_visitor(), _text(message, "run"), since, _read_image(message.get("image")))
        if "since" in message:
            return answer
        return {**answer, "recipes": [_describe_recipe(recipe, runs) for recipe in RECIPES.values()]}

    def begin_training(message: Message) -> Message:
        """Answers `{recipe, changes, start?: {model, freeze}, own?}` with `{run}`, which begins or waits.

        With `own`, which is `{samples: [{strokes or image, label}], mix, tune}`, it learns from a visitor's drawings,
        from nothing or, to tune, from lenet.
        """
        plan, own = _read_plan(message), _read_own(message.get("own"))
        return {"run": runs.begin(current_visitor(), *plan, own=own)}

    def steer_training(message: Message) -> Message:
        """Answers `{run, action, value?}` with `{}`, or for the action "longer" with `{run}`; see `Runs.steer`."""
        run, action = _text(message, "run"), _text(message, "action")
        followed = runs.steer(current_visitor(), run, action, message.get("value"))
        return {"run": followed} if followed else {}

    def check_network(message: Message) -> Message:
        """Answers as `begin_training` with what would be trained.

        That is `{layers, parameters, seconds, changes, command, keras}`, the last a program.
        """
        recipe = runs.plan(current_visitor(), *_read_plan(message))
        return {**_describe_network(recipe), "seconds": round(runs.speed.estimate(recipe), 1)}

    def replay_training(message: Message) -> Message:
        """Answers `{run, epoch, image?}` with what the network of that epoch was like; see `Replays.replay`."""
        epoch = message.get("epoch")
        if not is_whole(epoch):
            raise QueryError("Expected the number of an epoch. Received: {epoch!r:.20}.", epoch=epoch)
        return replays.replay(_text(message, "run"), epoch, _read_image(message.get("image")))

    functions = (
        look_at_training,
        begin_training,
        steer_training,
        check_network,
        replay_training,
        preview_augmentation,
        *code_functions(),
    )
    return tuple(map(never_raise, functions))


def preview_augmentation(message: Message) -> Message:
    """Answers `{changes, seed?}` with `{images}`: a digit as 24 times in training, each as base64 of 784 bytes."""
    changes = _read_changes(message)
    names = {entry.name for entry in dataclasses.fields(Augmentation)}
    with told_to_visitors(changes):
        augmentation = Augmentation(**{name: value for name, value in changes.items() if name in names})
    images, labels = load_sample()
    image = images[np.flatnonzero(labels == _PREVIEWED)[0]].astype(np.float32) / 255
    seed = message.get("seed")
    generator = np.random.default_rng(seed if is_whole(seed) and seed >= 0 else 0)
    changed = augment(np.repeat(image[None], _NUM_PREVIEWS, axis=0), augmentation, generator)
    return {"images": [encode_bytes(np.rint(each * 255).astype(np.uint8)) for each in changed]}


def _describe_network(recipe: Recipe) -> Message:
    layers = recipe.network.layers()
    return {
        "layers": [describe_layer(layer) for layer in layers],
        "parameters": recipe.network.num_parameters,
        "changes": recipe.list_changes(),
        "command": _tell_command(recipe),
        "keras": write_keras_program(recipe),
    }


def _tell_command(recipe: Recipe) -> str:
    """Returns the command that trains a recipe; empty where the command line has no option for a change."""
    try:
        return write_command(recipe)
    except ValueError:
        return ""


def _describe_recipe(recipe: Recipe, runs: Runs) -> Message:
    network = recipe.network
    parts: Message = {"dense_units": network.dense_units, "dropout": network.dropout}
    if network.blocks:
        parts |= {"filters": [block[0] for block in network.blocks], "kernel": network.kernel}
    if network.has_pooling:
        parts |= {"pooling": network.pooling, "pool_size": network.pool_size}
    if network.blocks or network.dense_units:
        parts["activation"] = network.activation
    own = {name: getattr(recipe, name) for name in sorted(CHANGEABLE) if hasattr(recipe, name)}
    return {
        "name": recipe.name,
        "epochs": recipe.epochs,
        "summary": network.summary,
        "parameters": network.num_parameters,
        "seconds": round(runs.speed.estimate(recipe), 1),
        "changeable": {**own, **parts, **vars(recipe.augmentation)},
    }


def _read_plan(message: Message) -> tuple[str, Message, str, list[str]]:
    """Returns recipe, changes, the model to start from and the layers to freeze of a question."""
    own = message.get("own")
    if isinstance(own, dict) and own.get("tune"):
        message = {"start": {"model": TUNED_MODEL}, **message, "recipe": TUNED_MODEL}
    start = message.get("start")
    start = start if isinstance(start, dict) else {}
    freeze = start.get("freeze")
    patterns = [pattern for pattern in freeze if isinstance(pattern, str)] if isinstance(freeze, list) else []
    return _text(message, "recipe"), _read_changes(message), _text(start, "model"), patterns


def _read_changes(message: Message) -> Message:
    """Returns the changes of a question; of lists, only those that can be a recipe's."""
    changes = message.get("changes")
    return dict(changes) if isinstance(changes, dict) else {}


def _read_own(own: Any) -> OwnDrawings | None:
    """Returns the drawings of a question; None where it has none.

    Raises:
        MnistError: One of them is none, or they are too few or too many.
    """
    if not isinstance(own, dict):
        return None
    samples = own.get("samples")
    samples = samples if isinstance(samples, list) and len(samples) <= MOST_DRAWINGS else []
    if not all(isinstance(sample, dict) and is_index(sample.get("label"), NUM_CLASSES) for sample in samples):
        raise QueryError("Expected each drawing with its strokes or its image and a label from 0 to 9.")
    images = [_read_drawing(sample) for sample in samples]
    labels = np.array([sample["label"] for sample in samples], np.uint8)
    pixels = np.rint(np.array(images).reshape(-1, 28, 28) * 255).astype(np.uint8)
    return OwnDrawings(pixels, labels, bool(own.get("mix")))


def _read_drawing(sample: Message) -> np.ndarray:
    if "image" in sample:
        return decode_image(sample["image"])
    return render_ink(check_ink(sample.get("strokes")))


def _read_since(since: Any) -> Message:
    if not isinstance(since, dict):
        return {}
    return {name: value for name in ("step", "check", "epoch") if is_whole(value := since.get(name))}


def _read_image(text: Any) -> str:
    """Returns base64 of an image; empty for an empty pad.

    Raises:
        PictureError: It is something else.
    """
    if not text:
        return ""
    pixels = decode_base64(text)
    if len(pixels) != 28 * 28:
        raise PictureError("Expected 784 bytes as an image. Received: {size}.", size=len(pixels))
    return str(text) if any(pixels) else ""


def _text(message: Message, name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""
