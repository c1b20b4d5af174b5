"""A recipe, or layers -> Keras code that builds, and trains, that network with Keras alone.

What Keras has no means for is left out, and the code says so at its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...augmentation.transforms import Augmentation
from ..layers import Layer
from ..recipes import Recipe

_NUM_TRAINING = 55_000
_SIDE = 28

_DATA = """(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train[..., None].astype("float32") / 255
x_test = x_test[..., None].astype("float32") / 255
# The last 5,000 training images are not learned from: they tell how well it goes. The test set is for the end.
x_validation, y_validation = x_train[{num_training}:], y_train[{num_training}:]
x_train, y_train = x_train[:{num_training}][:{limit}], y_train[:{num_training}][:{limit}]
"""
_NOISE = """# {share:.0%} of the labels are replaced by another digit.
generator = np.random.default_rng([{seed}, 0x6E6F697365])
wrong = generator.permutation(len(y_train))[:round({label_noise:g} * len(y_train))]
y_train[wrong] = (y_train[wrong] + generator.integers(1, 10, len(wrong))) % 10
"""
_ONE_HOT = """y_train, y_validation, y_test = (
    keras.utils.to_categorical(labels, {num_outputs}) for labels in (y_train, y_validation, y_test)
)
"""
_UNTIL = """

class StopWhenGood(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] >= {until:g}:
            self.model.stop_training = True


"""
_READ = '''def read_digits(images):
    """Reads images as the sketchpad does: (n, 28, 28), light ink on black, in [0, 1], or whole numbers up to 255.

    Returns the digits, and the probabilities of all ten.
    """
    images = np.asarray(images)
    if images.dtype.kind in "iu":
        images = images / 255
    logits = network.predict(images.reshape(-1, 28, 28, 1).astype("float32"), verbose=0){ten}
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return probabilities.argmax(axis=1), probabilities


digits, probabilities = read_digits(x_test[:10])
print("read:", digits, "with", probabilities.max(axis=1).round(3))
'''


@dataclass(frozen=True)
class Section:
    """A piece of a program.

    Args:
        title: What it does, in a few words.
        code: Its lines.
    """

    title: str
    code: str


def write_keras_network(layers: Sequence[Layer]) -> str:
    """Returns a `Sequential` of these layers, with what it imports."""
    return f"import keras\nfrom keras import layers\n\n{_write_sequential(layers)}"


def write_keras_program(recipe: Recipe) -> str:
    """Returns a program that trains the recipe's network with Keras alone.

    Raises:
        ArchitectureError: The network is impossible.
    """
    left_out = list_left_out(recipe)
    head = [f'"""{recipe.name}: a network that reads digits, trained on MNIST with Keras alone.']
    head += (
        ["", "Left out, because Keras has no means for it:", *(f"- {text}" for text in left_out)] if left_out else []
    )
    sections = (f"# {section.title}\n{section.code}" for section in write_sections(recipe))
    return "\n".join([*head, '"""', "", *sections])


def write_sections(recipe: Recipe) -> list[Section]:
    """Returns the program in pieces, as the cells of a notebook.

    Raises:
        ArchitectureError: The network is impossible.
    """
    return [
        Section("What is needed", _write_imports(recipe)),
        Section("The data", _write_data(recipe)),
        Section("The network", _write_sequential(recipe.network.layers())),
        Section("Learning", _write_training(recipe)),
        Section("How good it is", _write_test(recipe)),
        Section("Reading images", _READ.format(ten="[:, :10]" if recipe.outliers else "")),
    ]


def list_left_out(recipe: Recipe) -> list[str]:
    """Returns what of a recipe its program leaves out, as sentences without an end."""
    augmentation = recipe.augmentation
    parts = {
        "elastic bends of this kind": augmentation.elastic,
        "changes of stroke thickness": augmentation.thickness,
        "damage to images": augmentation.damage,
        "the finish, in which the learning rate rises once more": recipe.num_finishing,
        "flips with another probability than a half": _odd_flips(augmentation),
        "pen drawings beside MNIST's images": recipe.ink,
        "images that are no digits; the eleventh output has no examples": recipe.outliers,
    }
    left_out = [text for text, value in parts.items() if value]
    if recipe.start:
        left_out.append(f"the start from the stored model {recipe.start.model}; it begins with random weights")
    return left_out


def _odd_flips(augmentation: Augmentation) -> bool:
    return any(value not in (0, 0.5) for value in (augmentation.flip_horizontal, augmentation.flip_vertical))


def _write_imports(recipe: Recipe) -> str:
    return f"import keras\nimport numpy as np\nfrom keras import layers\n\nkeras.utils.set_random_seed({recipe.seed})\n"


def _write_data(recipe: Recipe) -> str:
    code = _DATA.format(num_training=_NUM_TRAINING, limit="" if recipe.limit is None else recipe.limit)
    code = code.replace("[:]", "")
    if recipe.label_noise:
        code += _NOISE.format(share=recipe.label_noise, seed=recipe.seed, label_noise=recipe.label_noise)
    if recipe.loss == "one_hot":
        code += _ONE_HOT.format(num_outputs=recipe.network.num_outputs)
    return code


def _write_sequential(all_layers: Sequence[Layer]) -> str:
    lines = [f"    layers.{_name_call(layer)},\n" for layer in all_layers]
    return "network = keras.Sequential([\n    keras.Input((28, 28, 1)),\n" + "".join(lines) + "])\nnetwork.summary()\n"


def _name_call(layer: Layer) -> str:
    return f'{layer.code[:-1]}{"" if layer.code.endswith("()") else ", "}name="{layer.name}")'


def _write_training(recipe: Recipe) -> str:
    num_outputs = recipe.network.num_outputs
    learning = list(_write_augmentation(recipe.augmentation))
    code, model = "", "network"
    if learning:
        model = "model"
        code += (
            "# Changes to the images, drawn anew in each epoch; they are made while the network learns, never after.\n"
        )
        code += "model = keras.Sequential([\n    keras.Input((28, 28, 1)),\n"
        code += "".join(f"    layers.{line},\n" for line in learning) + "    network,\n])\n"
    code += f"steps = -(-len(x_train) // {recipe.batch_size})  # of an epoch\n"
    if recipe.until:
        code = _UNTIL.format(until=recipe.until).lstrip("\n") + code
    code += f"learning_rate = {_write_schedule(recipe)}\noptimizer = {_write_optimizer(recipe)}\n"
    name = "SparseCategoricalCrossentropy" if recipe.loss == "sparse" else "CategoricalCrossentropy"
    # The network gives logits, one for each digit.
    code += f"loss = keras.losses.{name}(from_logits=True)  # the network gives {num_outputs} logits\n"
    code += f'{model}.compile(optimizer, loss, metrics=["accuracy"])\n'
    callbacks = ["keras.callbacks.SwapEMAWeights(swap_on_epoch=True)"] if recipe.averaging else []
    callbacks += ["StopWhenGood()"] if recipe.until else []
    code += f"history = {model}.fit(\n    x_train,\n    y_train,\n    batch_size={recipe.batch_size},\n"
    code += f"    epochs={recipe.epochs},\n    validation_data=(x_validation, y_validation),\n"
    return code + (f"    callbacks=[{', '.join(callbacks)}],\n)\n" if callbacks else ")\n")


def _write_augmentation(augmentation: Augmentation) -> Iterator[str]:
    """Yields Keras' layers for it; amounts are shares of the side, of a turn, or of a size."""
    paper = 'fill_mode="constant", fill_value=0.0'
    if augmentation.rotation:
        yield f"RandomRotation({augmentation.rotation / 360:.6g}, {paper})"
    if augmentation.scale:
        yield f"RandomZoom({augmentation.scale:g}, {paper})"
    if augmentation.stretch:
        yield f"RandomZoom({augmentation.stretch:g}, {augmentation.stretch:g}, {paper})"
    if augmentation.shear:
        yield f"RandomShear(x_factor={min(augmentation.shear, 1.0):g}, {paper})"
    if augmentation.shift:
        share = f"{augmentation.shift / _SIDE:.6g}"
        yield f"RandomTranslation({share}, {share}, {paper})"
    for way, probability in (("horizontal", augmentation.flip_horizontal), ("vertical", augmentation.flip_vertical)):
        if probability:
            yield f'RandomFlip("{way}")'


def _write_schedule(recipe: Recipe) -> str:
    rate = f"{recipe.learning_rate:g}"
    if recipe.schedule == "cosine":
        return (
            "keras.optimizers.schedules.CosineDecay(\n"
            f"    {recipe.learning_rate / 100:g}, max(1, {recipe.epochs - 1} * steps), warmup_target={rate}, "
            "warmup_steps=steps\n)"
        )
    if recipe.schedule == "exponential":
        return f"keras.optimizers.schedules.ExponentialDecay({rate}, {recipe.epochs} * steps, decay_rate=0.01)"
    return rate


def _write_optimizer(recipe: Recipe) -> str:
    name = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}.get(recipe.optimizer, "SGD")
    words = ["learning_rate"]
    if recipe.optimizer == "momentum":
        words += ["momentum=0.9", "nesterov=True"]
    if recipe.weight_decay or recipe.optimizer == "adamw":
        words.append(f"weight_decay={recipe.weight_decay:g}")
    if recipe.averaging:  # over at most a tenth of all steps
        words += [
            "use_ema=True",
            f"ema_momentum=max(0.0, min({recipe.averaging:g}, 1 - 10 / ({recipe.epochs} * steps)))",
        ]
    return f"keras.optimizers.{name}({', '.join(words)})"


def _write_test(recipe: Recipe) -> str:
    compiled = "model" if list(_write_augmentation(recipe.augmentation)) else "network"
    return (
        "# The test set is read once, when nothing can be changed any more.\n"
        f"loss_of_test, accuracy = {compiled}.evaluate(x_test, y_test, verbose=0)\n"
        'print(f"{accuracy:.2%} of the test images are read rightly")\n'
        f'network.save("{recipe.name}.keras")\n'
    )
