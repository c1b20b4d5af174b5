"""The network in the browser computes what LiteRT computes, for every kind of layer that a recipe can have."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.library import open_reader
from support.models import ROOT, STACKS, fake_run, lively_model, sample_images
from support.node import run_node

from mnist_core.models.architectures import ARCHITECTURES, Parts
from mnist_core.models.layers import ACTIVATIONS
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import save_run
from mnist_core.ui.inside.network import network_functions, network_route

SMALL = Parts(filters=(4, 8), dense_units=(16,))
OTHERS = [
    *(("lenet", dataclasses.replace(SMALL, activation=activation)) for activation in ACTIVATIONS[1:]),
    ("lenet", dataclasses.replace(SMALL, pooling="average", pool_size=3)),
    ("wide_dense", dataclasses.replace(SMALL, kernel=4)),  # its edges are padded, here by more after than before
    *(("lenet", Parts(layers=layers)) for layers in STACKS.values()),
]


def answer_both(folder, architecture, parts, num_images):
    """The values of all layers for some images, float32 (num_images, values), of the script and of LiteRT."""
    run = fake_run(Recipe(name="any", architecture=architecture, parts=parts))
    run.model = lively_model(architecture, parts)
    save_run(run, {}, folder / "models/any")
    reader = open_reader(folder / "models")
    anatomy = reader.models.open(reader.models.find("any")).anatomy
    describe, *_ = network_functions(SimpleNamespace(models=reader.models))
    client = TestClient(Starlette(routes=[network_route(reader)]))
    (folder / "network.json").write_text(json.dumps(describe({"model": "any"})))
    (folder / "weights.bin").write_bytes(client.get("/network/0.bin?model=any").content)
    images = sample_images(num_images)
    (folder / "images.bin").write_bytes(images.tobytes())
    result = run_node(str(ROOT / "tests/js/run_engine.mjs"), str(folder))
    assert result.returncode == 0, result.stderr
    maps = [anatomy.feature_maps(images[start : start + 50]) for start in range(0, num_images, 50)]
    expected = np.concatenate([np.hstack([one[part.name].reshape(50, -1) for part in anatomy.parts]) for one in maps])
    return np.fromfile(folder / "answers.bin", np.float32).reshape(num_images, -1), expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_recipe_gives_the_logits_of_litert(tmp_path, architecture):
    found, expected = answer_both(tmp_path, architecture, Parts(), 50)
    np.testing.assert_allclose(found[:, -10:], expected[:, -10:], atol=1e-3)


@pytest.mark.parametrize(("architecture", "parts"), OTHERS)
def test_every_kind_of_layer_gives_the_values_of_litert(tmp_path, architecture, parts):
    found, expected = answer_both(tmp_path, architecture, parts, 50)
    np.testing.assert_allclose(found, expected, atol=1e-3)
