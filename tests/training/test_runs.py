"""A run is trained once, measured once it has ended, and stored; another may start from it."""

import dataclasses
import json
import os
from types import SimpleNamespace

import numpy as np
import pytest
from support.models import LINEAR, fake_run, run_python, small_data, stored_linear, trained, update_checksum

from mnist_core.augmentation.damage import damage_images
from mnist_core.data.mnist import Dataset
from mnist_core.data.pendigits import PenInk
from mnist_core.data.prepared import PreparedSet
from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import add_alphabets, add_ink
from mnist_core.errors import ArchitectureError, DeviceError, StorageError
from mnist_core.evaluation.metrics import evaluate
from mnist_core.models.architectures import Parts
from mnist_core.models.calibration import Calibration, find_doubt, fit_calibration
from mnist_core.models.inference import LiteRTPredictor
from mnist_core.models.recipes import RECIPES, Recipe
from mnist_core.models.store import load_stored, save_run
from mnist_core.training import devices, runs
from mnist_core.training.pools import build_pools
from mnist_core.training.runs import Workbench, device_finder, start_from

LENET = Recipe(name="lenet", architecture="lenet", parts=Parts(filters=(2, 2), dense_units=(4,)))


class WatchedSet:
    """Test images that tell when they are looked at."""

    def __init__(self, events):
        x, y = load_sample()
        self._prepared = PreparedSet.from_mnist(x[2::50], y[2::50])
        self._events = events

    def __getattr__(self, name):
        self._events.append("test read")
        return getattr(self._prepared, name)


@pytest.fixture(autouse=True)
def keep_session(monkeypatch):
    """What earlier runs left in Keras stays: to collect it takes longer than all else that most of these tests do."""
    monkeypatch.setattr("keras.utils.clear_session", lambda: None)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A run with everything real: what is stored, and what happened in which order."""
    events = []

    def watched_evaluate(predictor, prepared):
        events.append("test" if isinstance(prepared, WatchedSet) else "validation")
        return evaluate(predictor, prepared)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "evaluate", watched_evaluate)
        bench = Workbench(
            small_data(),
            WatchedSet(events),
            (tmp_path_factory.mktemp("models"),),
            on_progress=lambda progress: events.append("step"),
        )
        stored = bench.train(dataclasses.replace(LINEAR, limit=400))
    return SimpleNamespace(stored=stored, metrics=stored.metrics, events=events, bench=bench)


@pytest.fixture
def not_training(monkeypatch):
    """Hands out a run that was trained before, and counts how often."""
    asked, run = [], trained()

    def train(recipe, data, **options):
        asked.append(recipe)
        return dataclasses.replace(run, recipe=recipe, data_digest=data.digest)

    monkeypatch.setattr("mnist_core.training.loop.train", train)
    return asked


@pytest.fixture
def quick_save(monkeypatch):
    """Stores weights that were made up, which takes no time."""

    def save(run, metrics, folder):
        return save_run(fake_run(run.recipe, run.stopped_after, run.data_digest), metrics, folder)

    monkeypatch.setattr(runs, "save_run", save)


@pytest.fixture
def bench(not_training, quick_save, tmp_path):
    """A workbench that neither trains nor converts."""
    return Workbench(small_data(), None, (tmp_path / "shipped", tmp_path / "own"))


def fake_model(folder, recipe=LENET):
    return save_run(fake_run(recipe), {}, folder)


def test_metrics_say_what_was_trained(measured):
    metrics = measured.metrics
    assert (metrics["parameters"], metrics["num_training_images"], metrics["data"]) == (7850, 400, "mnist")
    assert metrics["seconds"] == pytest.approx(sum(entry["seconds"] for entry in measured.stored.history))
    assert 0 < metrics["seconds"] < 100


@pytest.mark.parametrize(("name", "num_samples"), [("validation", 200), ("test", 100)])
def test_figures_agree_with_each_other(measured, name, num_samples):
    figures = measured.metrics[name]
    confusion = np.array(figures["confusion_matrix"])
    low, high = figures["interval"]
    assert figures["num_samples"] == confusion.sum() == num_samples
    assert low < figures["accuracy"] == confusion.trace() / num_samples < high
    assert [row["num_samples"] for row in figures["per_class"]] == confusion.sum(axis=1).tolist()


def test_validation_accuracy_is_that_of_the_last_epoch(measured):
    expected = measured.stored.history[-1]["val_accuracy"]
    assert measured.metrics["validation"]["accuracy"] == pytest.approx(expected, abs=1e-6)


def test_test_figures_are_those_of_the_stored_model(measured):
    x, y = load_sample()
    answers = LiteRTPredictor(measured.stored).predict_logits(x[2::50].astype(np.float32) / 255).argmax(axis=1)
    assert measured.metrics["test"]["accuracy"] == pytest.approx((answers == y[2::50]).mean())


def test_test_images_are_read_once_and_only_when_training_has_ended(measured):
    events = measured.events
    assert events.count("test") == 1
    assert events.count("step") == 3 * 4 + 3
    assert max(index for index, event in enumerate(events) if event == "step") < events.index("test")
    assert events.index("test") < events.index("test read")


def test_ten_outputs_are_not_calibrated(measured):
    assert "calibration" not in measured.metrics
    assert measured.stored.calibration == Calibration()
    assert measured.metrics["validation"]["accepted"] == 1


def test_training_is_exact_unless_it_is_told_otherwise(bench, monkeypatch):
    given = []

    def train(recipe, data, *, exact, **options):
        given.append(exact)
        return dataclasses.replace(trained(), recipe=recipe)

    monkeypatch.setattr("mnist_core.training.loop.train", train)
    stored = [dataclasses.replace(bench, **options).train(LINEAR) for options in ({}, {"exact": False})]
    assert given == [model.metrics["exact"] for model in stored] == [True, False]


# Ink and outliers


def line(*corners):
    return np.array(corners, np.float32)


def draw_by(*writers):
    """A one and a seven by each of these writers."""
    drawings = [[line((50, 10), (50, 90))], [line((15, 15), (85, 15), (45, 95))]] * len(writers)
    return PenInk(drawings, np.array([1, 7] * len(writers)), np.repeat(writers, 2))


# One of them cannot be read.
VALIDATION_INK = PenInk([*draw_by(3).ink, [line((3, 3))]], np.array([1, 7, 2]), np.array([3, 3, 3]))


PEN = dataclasses.replace(LINEAR, ink=20, outliers=30, epochs=2)


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """A small model that learned pen ink and outliers: what is stored, and what was fitted on what."""
    fitted, seen = [], []

    def watched_fit(groups, digits):
        fitted.append((list(groups), list(digits)))
        return fit_calibration(groups, digits)

    def watched_evaluate(predictor, prepared):
        seen.append((prepared, predictor.calibration))
        return evaluate(predictor, prepared)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "fit_calibration", watched_fit)
        patch.setattr(runs, "evaluate", watched_evaluate)
        x, y = load_sample()
        data = dataclasses.replace(small_data(), ink=draw_by(1, 2), validation_ink=VALIDATION_INK)
        test = PreparedSet.from_mnist(x[2::50], y[2::50])
        bench = Workbench(data, test, (tmp_path_factory.mktemp("models"),))
        stored = bench.train(PEN)
    return SimpleNamespace(stored=stored, metrics=stored.metrics, fitted=fitted, seen=seen, bench=bench)


def test_eleven_outputs_are_calibrated_and_the_calibration_is_stored(calibrated):
    assert calibrated.metrics["calibration"] == calibrated.stored.calibration.as_dict()
    assert calibrated.stored.calibration != Calibration()
    assert LiteRTPredictor(calibrated.stored).calibration == calibrated.stored.calibration


def test_a_calibration_is_fitted_on_validation_images_drawn_and_damaged_digits(calibrated):
    ((groups, digits),) = calibrated.fitted
    data, predictor = calibrated.bench.data, LiteRTPredictor(calibrated.stored)
    clean = data.x_validation.astype(np.float32) / 255
    damaged = damage_images(clean, np.random.default_rng(0))
    assert [labels.tolist() for _, labels in groups] == [data.y_validation.tolist(), [1, 7, 2], groups[0][1].tolist()]
    np.testing.assert_allclose(groups[0][0], predictor.predict_logits(clean), atol=1e-4)
    np.testing.assert_allclose(groups[2][0], predictor.predict_logits(damaged), atol=1e-4)
    assert [len(logits) for logits in digits] == [200, 3]
    assert np.array_equal(digits[0], groups[0][0])


def test_validation_digits_are_accepted_as_the_calibration_promises(calibrated):
    ((_, digits),) = calibrated.fitted
    limit = calibrated.stored.calibration.limit
    assert all((find_doubt(logits) <= limit).mean() >= 0.985 for logits in digits)
    assert calibrated.metrics["validation"]["accepted"] >= 0.985


def test_all_figures_are_those_of_calibrated_answers(calibrated):
    assert [calibration for _, calibration in calibrated.seen] == [calibrated.stored.calibration] * 3
    x, y = load_sample()
    again = evaluate(LiteRTPredictor(calibrated.stored), PreparedSet.from_mnist(x[2::50], y[2::50]))
    assert calibrated.metrics["test"]["nll"] == pytest.approx(again["nll"], abs=1e-4)
    assert calibrated.metrics["test"]["uncalibrated"]["nll"] == pytest.approx(again["uncalibrated"]["nll"], abs=1e-4)


def test_pen_ink_of_the_validation_writers_is_measured(calibrated):
    figures = calibrated.metrics["validation_ink"]
    assert figures["num_samples"] == 3
    assert np.sum(figures["confusion_matrix"]) == 2
    assert [entry["num_samples"] for entry in figures["per_class"]] == [0, 1, 1, 0, 0, 0, 0, 1, 0, 0]


def test_outliers_of_validation_digits_are_measured(calibrated):
    figures = calibrated.metrics["outliers"]
    assert (figures["label"], figures["num_samples"], list(figures["auroc"])) == (None, 1400, ["validation"])
    assert 0.5 < figures["auroc"]["validation"] < 1
    assert figures["accepted"] < calibrated.metrics["validation"]["accepted"]


def test_the_outliers_are_always_the_same_and_none_that_were_learned(calibrated):
    data = calibrated.bench.data
    first, second = (runs._generate_outliers(data) for _ in range(2))
    assert np.array_equal(first.images, second.images)
    other = dataclasses.replace(data, x_train=255 - data.x_train)
    assert np.array_equal(runs._generate_outliers(other).images, first.images)
    learned = build_pools(PEN, data)[1].images
    measured = {image.tobytes() for image in np.rint(first.images * 255).astype(np.uint8)}
    assert len(measured) > 1390
    assert not measured & {image.tobytes() for image in learned}


def test_a_run_without_ink_is_measured_on_the_ink_at_hand(bench):
    """So that it can be compared with those that have learned from ink."""
    with_ink = dataclasses.replace(bench, data=dataclasses.replace(small_data(), validation_ink=VALIDATION_INK))
    metrics = with_ink.train(LINEAR).metrics
    assert metrics["validation_ink"]["num_samples"] == 3
    assert metrics["outliers"]["num_samples"] == 1400
    assert not {"validation_ink", "outliers"} & bench.train(LINEAR).metrics.keys()


def test_images_that_were_learned_beside_the_sets_own_are_not_counted_as_its(calibrated):
    assert calibrated.metrics["num_training_images"] == 500
    assert calibrated.metrics["parameters"] == 11 * 785


def test_only_a_recipe_with_ink_sees_the_ink(bench):
    with_ink = dataclasses.replace(bench, data=add_ink(small_data(), draw_by(*range(1, 31))))
    assert with_ink.data_for(PEN) == with_ink.data
    assert with_ink.data_for(LINEAR) == small_data()
    assert with_ink.data_for(dataclasses.replace(LINEAR, outliers=3)) == small_data()


def test_only_a_recipe_that_asks_for_characters_sees_them(bench):
    with_characters = dataclasses.replace(bench, data=add_alphabets(small_data()))
    wanted = dataclasses.replace(LINEAR, outliers=3, alphabets=True)
    assert with_characters.data_for(wanted) == with_characters.data
    assert with_characters.data_for(dataclasses.replace(LINEAR, outliers=3)) == small_data()
    assert wanted.key(with_characters.data.digest) != wanted.key(small_data().digest)


def test_the_characters_of_four_people_are_measured_and_never_learned(bench):
    data = add_alphabets(small_data())
    plain, measured = (runs._generate_outliers(one).images for one in (small_data(), data))
    assert len(measured) == len(plain) == 1400
    assert not np.array_equal(measured[-175:], plain[-175:])
    without = dataclasses.replace(data, alphabets=None)
    assert np.array_equal(runs._generate_outliers(without).images, measured)


def test_ink_at_hand_does_not_hide_what_was_trained_without(bench, not_training):
    """A recipe without ink has the same result wherever it was trained."""
    with_ink = dataclasses.replace(bench, data=add_ink(small_data(), draw_by(*range(1, 31))))
    stored = bench.train(LINEAR)
    assert with_ink.find(LINEAR) == stored
    assert with_ink.load_or_train(LINEAR).key == stored.key
    assert not_training == [LINEAR]


def test_ink_at_hand_does_not_change_the_name_of_what_was_trained_without(bench):
    with_ink = dataclasses.replace(bench, data=dataclasses.replace(small_data(), ink=draw_by(1, 2)))
    first, second = with_ink.train(LINEAR), bench.train(LINEAR)
    assert (first.name, first.key) == (second.name, second.key)
    assert first.name == f"small-linear-{first.key}"


def test_a_recipe_with_ink_has_another_result_where_there_is_none(bench):
    with_ink = dataclasses.replace(bench, data=add_ink(small_data(), draw_by(*range(1, 31))))
    recipe = dataclasses.replace(LINEAR, ink=20)
    first, second = with_ink.train(recipe), bench.train(recipe)
    assert first.name.endswith(first.key)
    assert first.key != second.key
    assert (with_ink.find(recipe), bench.find(recipe)) == (first, second)


def test_another_writers_ink_is_another_result(bench):
    recipe = dataclasses.replace(LINEAR, ink=20)
    first, second = (dataclasses.replace(small_data(), ink=draw_by(1, writer)) for writer in (2, 3))
    stored = dataclasses.replace(bench, data=first).train(recipe)
    assert dataclasses.replace(bench, data=second).find(recipe) is None
    assert dataclasses.replace(bench, data=first).find(recipe) == stored


# Stores


def test_what_was_trained_is_found_again(measured):
    assert measured.bench.find(measured.stored.recipe) == measured.stored
    assert measured.bench.find(LINEAR) is None


def test_without_test_images_there_are_no_test_figures(bench):
    metrics = bench.train(LINEAR).metrics
    assert metrics.keys() >= {"validation", "parameters"}
    assert "test" not in metrics


def test_a_recipe_is_trained_only_once(bench, not_training):
    first, second = (bench.load_or_train(LINEAR) for _ in range(2))
    assert first == second
    assert not_training == [LINEAR]


def test_other_data_is_trained_on_anew(bench, not_training):
    bench.load_or_train(LINEAR)
    other = dataclasses.replace(small_data(), x_train=255 - small_data().x_train)
    dataclasses.replace(bench, data=other).load_or_train(LINEAR)
    assert not_training == [LINEAR, LINEAR]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("metrics.json", {"validation": {"accuracy": "high"}}),
        ("metrics.json", {"parameters": None}),
        ("metrics.json", {"seconds": []}),
        ("history.json", []),
        ("history.json", [{"loss": 1.0}]),
    ],
)
def test_a_model_without_the_figures_that_are_compared_is_found_but_trained_again_for_them(
    bench, not_training, name, change
):
    folder = bench.train(LINEAR).folder
    old = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**old, **change} if isinstance(old, dict) else change))
    update_checksum(folder, name)
    assert bench.find(LINEAR).folder == folder
    bench.load_or_train(LINEAR)
    bench.load_or_train(LINEAR)
    assert not_training == [LINEAR, LINEAR]


def test_models_in_every_root_are_found_and_new_ones_go_into_the_last(bench, not_training, tmp_path):
    bench.train(LINEAR, tmp_path / "shipped/mine")
    assert bench.load_or_train(LINEAR).name == "mine"
    assert bench.load_or_train(dataclasses.replace(LINEAR, seed=1)).folder.parent == tmp_path / "own"
    assert len(not_training) == 2


def test_a_stopped_run_is_stored_and_passed_on_as_a_stop(bench, monkeypatch):
    stopped = dataclasses.replace(trained(), stopped_after=2)
    monkeypatch.setattr("mnist_core.training.loop.train", lambda *arguments, **options: stopped)
    with pytest.raises(KeyboardInterrupt, match="stopped-after-2"):
        bench.load_or_train(LINEAR)
    (folder,) = bench.roots[-1].iterdir()
    assert load_stored(folder).metrics["validation"]["num_samples"] == 200
    assert bench.find(LINEAR) is None


@pytest.mark.parametrize(("name", "expected"), [("mnist", "small-linear-{}"), ("letters", "small-linear-letters-{}")])
def test_a_model_of_other_data_has_its_name(bench, name, expected):
    named = dataclasses.replace(bench, data=dataclasses.replace(small_data(), name=name))
    stored = named.train(LINEAR)
    assert stored.name == expected.format(stored.key)
    assert stored.metrics["data"] == name


def test_a_folder_that_is_named_is_taken(bench, tmp_path):
    assert bench.train(LINEAR, tmp_path / "deep/mine").folder == tmp_path / "deep/mine"
    assert not bench.roots[-1].exists()


def test_an_impossible_network_is_refused_before_keras_is_imported(tmp_path):
    code = (
        "import sys; from support.models import *; from mnist_core.training.runs import Workbench\n"
        "from mnist_core.models.architectures import Parts\n"
        "recipe = Recipe('deep', 'lenet', Parts(filters=(2, 2, 2, 2)))\n"
        "try: Workbench(small_data(), None, (Path(sys.argv[1]),)).train(recipe)\n"
        "except Exception as error: print(type(error).__name__, error.layer)\n"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    child = run_python(code, tmp_path / "models")
    assert (child.returncode, child.stdout) == (0, "ArchitectureError conv4\n"), child.stderr
    assert not (tmp_path / "models").exists()


def test_a_full_disk_does_not_cost_the_training(bench, monkeypatch, tmp_path, tmp_path_factory):
    save, said, elsewhere = runs.save_run, [], tmp_path_factory.mktemp("elsewhere")

    def save_elsewhere(run, metrics, folder):
        if tmp_path in folder.parents:
            raise StorageError("The disk is full.", folder)
        return save(run, metrics, folder)

    monkeypatch.setattr(runs, "save_run", save_elsewhere)
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    stored = dataclasses.replace(bench, say=said.append).train(LINEAR)
    assert elsewhere in stored.folder.parents
    assert stored.metrics["validation"]["num_samples"] == 200
    assert "The disk is full." in said[0]


def test_a_folder_that_cannot_be_written_is_refused_before_training(bench, not_training, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="file"):
        bench.train(LINEAR, tmp_path / "file/mine")
    assert not_training == []


def test_a_workbench_for_a_dataset_validates_on_the_sample_and_tests_on_its_test_images(tmp_path):
    x, y = load_sample()
    dataset = Dataset(np.concatenate([x, 255 - x[:30]]), np.concatenate([y, y[:30]]), x[:20], y[:20], "made up")
    bench = Workbench.for_dataset(dataset, (tmp_path,))
    assert np.array_equal(bench.data.x_validation, x)
    assert len(bench.data.x_train) == 30
    assert np.array_equal(bench.test.images, x[:20].astype(np.float32) / 255)


# Starts


def test_a_start_is_named_with_its_weights(tmp_path):
    model = fake_model(tmp_path / "source")
    start = start_from(LENET, model, ["conv*"]).start
    assert (start.model, start.weights, start.freeze) == ("source", model.weights_digest, ("conv1", "conv2"))


def test_a_start_from_the_same_architecture_takes_its_parts_over(tmp_path):
    recipe = start_from(RECIPES["lenet"], fake_model(tmp_path / "source"))
    assert recipe.parts == LENET.parts
    assert (recipe.epochs, recipe.optimizer) == (RECIPES["lenet"].epochs, "adam")


def test_a_start_changes_the_key_by_its_weights_alone(tmp_path):
    first, same = (fake_model(tmp_path / name) for name in ("first", "same"))
    other = fake_model(tmp_path / "other", dataclasses.replace(LENET, seed=9))
    keys = [start_from(LENET, model).key("a" * 64) for model in (first, same, other)]
    assert first.weights_digest == same.weights_digest
    assert keys[0] == keys[1] != keys[2] != LENET.key("a" * 64)


def test_a_start_may_come_from_a_network_with_other_parts_whose_weights_fit(tmp_path):
    recipe = dataclasses.replace(LENET, parts=dataclasses.replace(LENET.parts, activation="tanh", dropout=0.5))
    assert start_from(recipe, fake_model(tmp_path / "source")).parts == recipe.parts


@pytest.mark.parametrize(
    ("recipe", "layer"),
    [
        (dataclasses.replace(LENET, parts=Parts(filters=(2, 3), dense_units=(4,))), "conv2"),
        (dataclasses.replace(LENET, parts=Parts(filters=(2, 2), dense_units=(5,))), "dense1"),
        (dataclasses.replace(LENET, parts=Parts(filters=(2, 2), dense_units=())), "dense1"),
        (RECIPES["lenet_dropout"], "conv1"),
        (RECIPES["linear"], "conv1"),
    ],
)
def test_a_start_from_another_network_is_refused_by_the_name_of_a_layer(tmp_path, recipe, layer):
    with pytest.raises(ArchitectureError, match=rf"cannot start from source: .*\b{layer}\b.*\."):
        start_from(recipe, fake_model(tmp_path / "source"))


@pytest.mark.parametrize("freeze", [["*"], ["conv*", "dense1", "logits"]])
def test_freezing_everything_is_refused(tmp_path, freeze):
    with pytest.raises(ArchitectureError, match="nothing to train"):
        start_from(LENET, fake_model(tmp_path / "source"), freeze)


def test_freezing_a_layer_that_is_not_there_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(ArchitectureError, match=r"'conv3'.*conv1, conv2, dense1, logits"):
        start_from(LENET, fake_model(tmp_path / "source"), ["conv3"])


def test_a_run_is_handed_the_model_that_it_starts_from(bench, monkeypatch, tmp_path):
    given = []

    def train(recipe, data, *, start, **options):
        given.append(start.get_weights())
        return dataclasses.replace(trained(), recipe=recipe)

    monkeypatch.setattr("mnist_core.training.loop.train", train)
    source = stored_linear()
    dataclasses.replace(bench, roots=(source.folder.parent, tmp_path / "own")).train(start_from(LINEAR, source))
    for weights, expected in zip(given[0], trained().model.get_weights(), strict=True):
        assert np.array_equal(weights, expected)


def test_metrics_are_plain_json(measured):
    assert json.loads(json.dumps(measured.metrics)) == measured.metrics


# Quick


@pytest.mark.parametrize(("exact", "expected"), [(True, None), (False, "BF16")])
def test_a_quick_run_asks_the_processor_for_short_numbers(monkeypatch, tmp_path, exact, expected):
    monkeypatch.setenv("ONEDNN_DEFAULT_FPMATH_MODE", "to be taken back")
    monkeypatch.delenv("ONEDNN_DEFAULT_FPMATH_MODE")
    asked = []

    def note(recipe, data, **options):
        asked.append((os.environ.get("ONEDNN_DEFAULT_FPMATH_MODE"), options["exact"]))
        return fake_run(recipe)

    monkeypatch.setattr("mnist_core.training.loop.train", note)
    monkeypatch.setattr(Workbench, "measure", lambda bench, run: {})
    Workbench(small_data(), None, (tmp_path,), exact=exact).train(LINEAR)
    assert asked == [(expected, exact)]


# Devices


def test_devices_are_looked_for_once_and_only_when_they_are_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(devices, "choose_devices", lambda requested: asked.append(requested) or ["GPU:0"])
    find_devices = device_finder("gpu")
    assert asked == []
    assert (find_devices(), find_devices(), asked) == (["GPU:0"], ["GPU:0"], ["gpu"])


def test_a_device_that_cannot_be_is_refused_before_anything_is_loaded():
    with pytest.raises(DeviceError, match="abacus"):
        device_finder("abacus")
