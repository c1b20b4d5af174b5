"""What is written trains the same network with Keras alone: as a program, as a notebook, and as a command."""

import ast
import dataclasses
import json
import shlex

import numpy as np
import pytest
from support.models import STACKS, sample_images

from mnist_core import __main__ as command_line
from mnist_core.augmentation.transforms import Augmentation
from mnist_core.commands.train import read_changes
from mnist_core.data.sample import load_sample
from mnist_core.models.architectures import Parts
from mnist_core.models.code.command_line import write_command
from mnist_core.models.code.keras_writing import list_left_out, write_keras_network, write_keras_program, write_sections
from mnist_core.models.code.notebook import write_notebook
from mnist_core.models.recipes import RECIPES, Start, change_recipe

SMALL = {"limit": 120, "epochs": 1, "batch_size": 60}
MOVED = Augmentation(rotation=10, scale=0.1, stretch=0.1, shear=0.2, shift=2, flip_horizontal=0.5)
# Everything that a program may hold, between them.
WRITTEN = {
    "plain": change_recipe(RECIPES["lenet"], {**SMALL, "filters": (2, 3), "dense_units": (4,)}),
    "moved": dataclasses.replace(
        change_recipe(RECIPES["linear"], {**SMALL, "optimizer": "momentum", "schedule": "exponential"}),
        augmentation=MOVED,
        averaging=0.9,
    ),
    "one hot": change_recipe(RECIPES["dense512"], {**SMALL, "dense_units": (5,), "label_noise": 0.1, "until": 0.01}),
    "eleven": change_recipe(RECIPES["sketchnet"], {**SMALL, "filters": (2, 2, 2)}),
    "layers": change_recipe(RECIPES["fast"], {**SMALL, "layers": STACKS["normal after"]}),
    "signed": change_recipe(RECIPES["wide_dense"], {**SMALL, "filters": (2,), "dense_units": (4,)}),
}
# Recipes, and the words that the command line needs for each.
COMMANDS = [
    ({}, ""),
    ({"epochs": 2, "learning_rate": 0.5}, "--epochs 2 --learning-rate 0.5"),
    ({"filters": (2, 3), "dense_units": ()}, "--filters 2 3 --dense-units"),
    ({"layers": ["Flatten()", 'Dense(5, "relu")']}, """--layers 'Flatten()' 'Dense(5, activation="relu")'"""),
    ({"rotation": 12, "optimizer": "adamw"}, "--optimizer adamw --weight-decay 0.004 --rotation 12"),
    ({"alphabets": True}, "--alphabets"),
]


@pytest.fixture
def small_mnist(monkeypatch, tmp_path):
    """A few of the built-in images where Keras loads MNIST from, and a folder to write into."""
    import keras

    x, y = load_sample()
    sets = (np.concatenate([x] * 12), np.concatenate([y] * 12)), (x[::50], y[::50])
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: sets)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("recipe", WRITTEN.values(), ids=WRITTEN)
def test_a_program_trains_the_network_of_the_recipe(small_mnist, capsys, recipe):
    names: dict[str, object] = {}
    exec(compile(write_keras_program(recipe), "program", "exec"), names)
    network, expected = names["network"], recipe.network.layers()
    assert [(layer.name, layer.output.shape[1:], layer.count_params()) for layer in network.layers] == [
        (layer.name, layer.output_shape, layer.num_parameters) for layer in expected
    ]
    assert len(names["x_train"]) == 120
    assert np.isfinite(names["history"].history["val_loss"]).all()
    assert f"{names['accuracy']:.2%} of the test images" in capsys.readouterr().out


def test_a_program_reads_images_as_the_sketchpad_does(small_mnist):
    """From bytes or shares alike, with the probabilities of softmax."""
    from mnist_core.models.calibration import softmax

    names: dict[str, object] = {}
    exec(compile(write_keras_program(WRITTEN["eleven"]), "program", "exec"), names)
    images = sample_images(1000)[:3]
    digits, probabilities = names["read_digits"](images)
    again, _ = names["read_digits"](np.rint(images * 255).astype(np.uint8))
    logits = np.asarray(names["network"](images[..., None]))[:, :10]
    np.testing.assert_allclose(probabilities, softmax(logits), atol=1e-5)
    assert digits.tolist() == again.tolist() == logits.argmax(axis=1).tolist()


def test_the_cells_of_a_notebook_are_the_program(small_mnist):
    notebook = json.loads(write_notebook(WRITTEN["plain"]))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(set(cell) == {"cell_type", "id", "metadata", "source", "execution_count", "outputs"} for cell in cells)
    assert ["".join(cell["source"]) for cell in cells] == [
        section.code.strip() for section in write_sections(WRITTEN["plain"])
    ]
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile("".join(cell["source"]), "cell", "exec"), names)
    assert names["network"].count_params() == WRITTEN["plain"].network.num_parameters


@pytest.mark.parametrize("name", RECIPES)
def test_the_program_of_every_recipe_is_python_and_says_what_it_leaves_out(name):
    program = write_keras_program(RECIPES[name])
    ast.parse(program)
    assert max(map(len, program.splitlines())) <= 140
    assert all(text in program for text in list_left_out(RECIPES[name]))


def test_what_keras_cannot_is_left_out_in_words():
    start = Start("lenet-1", "a" * 64)
    recipe = dataclasses.replace(RECIPES["sketchnet"], start=start, augmentation=Augmentation(flip_vertical=0.25))
    said = " ".join(list_left_out(recipe))
    assert all(words in said for words in ("flips", "pen drawings", "no digits", "lenet-1"))
    assert list_left_out(RECIPES["lenet"]) == []


def test_a_network_alone_is_written_with_its_imports():
    import keras

    names: dict[str, object] = {}
    recipe = dataclasses.replace(RECIPES["lenet"], parts=Parts(layers=STACKS["steps"]))
    exec(compile(write_keras_network(recipe.network.layers()), "network", "exec"), names)
    assert isinstance(names["network"], keras.Sequential)
    assert names["network"].count_params() == recipe.network.num_parameters


@pytest.mark.parametrize(("changes", "words"), COMMANDS)
def test_the_command_gives_the_recipe(changes, words):
    recipe = change_recipe(RECIPES["lenet"], changes)
    command = write_command(recipe)
    assert command == f"python -m mnist_core train lenet {words}".strip()
    options = command_line._build_parser().parse_args(shlex.split(command)[3:])
    assert change_recipe(RECIPES["lenet"], read_changes(options)) == recipe


def test_a_command_for_all_epochs_has_an_aim_that_is_not_reached():
    command = write_command(dataclasses.replace(RECIPES["fast"], until=None))
    assert command == "python -m mnist_core train fast --until 1"


def test_a_command_turns_off_what_its_recipe_has():
    command = write_command(dataclasses.replace(RECIPES["sketchnet"], alphabets=False))
    assert command == "python -m mnist_core train sketchnet --no-alphabets"


def test_a_command_names_the_model_to_start_from():
    recipe = dataclasses.replace(RECIPES["lenet"], start=Start("lenet", "a" * 64, ("conv1",)))
    assert write_command(recipe) == "python -m mnist_core train lenet --from lenet --freeze conv1"


@pytest.mark.parametrize(
    "recipe", [dataclasses.replace(RECIPES["lenet"], name="own"), dataclasses.replace(RECIPES["lenet"], loss="one_hot")]
)
def test_what_no_option_changes_is_refused(recipe):
    with pytest.raises(ValueError, match=r"no recipe own|changes `loss`"):
        write_command(recipe)
