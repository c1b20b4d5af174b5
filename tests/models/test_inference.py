"""The answers are the same on every road, from every thread, and a CPU machine never imports TensorFlow to serve."""

import dataclasses
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.models import copy_model, run_python, sample_images, stored_architecture, stored_linear, trained

from mnist_core.errors import DeviceError
from mnist_core.models import devices
from mnist_core.models.calibration import Calibration, softmax
from mnist_core.models.devices import Device, choose_device
from mnist_core.models.inference import (
    LiteRTPredictor,
    TensorFlowPredictor,
    open_predictor,
    open_predictors,
    predict,
    predict_logits,
)
from mnist_core.models.predictions import read_logits, read_verdict
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR

CPU = Device("cpu", "CPU")

# Predictions


class Fixed:
    """Gives every image these logits, and notes how many were asked for at once."""

    def __init__(self, *logits, **calibration):
        self.logits = np.array(logits, np.float32)
        self.calibration = Calibration(**calibration)
        self.sizes = []

    def predict_logits(self, images):
        self.sizes.append(len(images))
        return np.tile(self.logits, (len(images), 1))


@pytest.mark.parametrize("num_images", [0, 1, 63, 64, 65, 130])
def test_probabilities_do_not_depend_on_how_many_images_are_asked_for(num_images):
    predictor, images = LiteRTPredictor(stored_linear()), sample_images(1000)
    answers, of_all = predict(predictor, images[:num_images]), predict(predictor, images)
    assert [len(part) for part in vars(answers).values()] == [num_images] * 3
    assert answers.probabilities.shape == (num_images, 10)
    np.testing.assert_allclose(answers.probabilities, of_all.probabilities[:num_images], atol=1e-6)
    np.testing.assert_allclose(answers.doubt, of_all.doubt[:num_images], atol=1e-6)


def test_predictors_are_given_small_batches():
    recorder = Fixed(*[0] * 10)
    assert predict(recorder, sample_images(1000)).probabilities.shape == (1000, 10)
    assert max(recorder.sizes) <= 64
    assert sum(recorder.sizes) == 1000


@pytest.mark.parametrize("num_outputs", [10, 11])
def test_logits_come_as_the_network_gives_them(num_outputs):
    logits = predict_logits(Fixed(*range(num_outputs)), sample_images(100))
    np.testing.assert_array_equal(logits, np.tile(np.arange(num_outputs), (100, 1)))


def test_an_answer_of_ten_logits_by_hand():
    answer = predict(Fixed(np.log(5), np.log(3), *[-50] * 8), sample_images(1000)[:1])
    np.testing.assert_allclose(answer.probabilities, [[0.625, 0.375, *[0] * 8]], atol=1e-9)
    assert answer.doubt == pytest.approx([0.375], abs=1e-6)
    assert answer.accepted.tolist() == [True]


def test_an_answer_of_eleven_logits_by_hand():
    """The eleventh takes nothing from the ten."""
    answer = predict(Fixed(np.log(5), np.log(3), *[-50] * 8, np.log(8), limit=0.4), sample_images(1000)[:1])
    np.testing.assert_allclose(answer.probabilities, [[0.625, 0.375, *[0] * 8]], atol=1e-9)
    assert answer.doubt == pytest.approx([0.5], abs=1e-6)
    assert answer.accepted.tolist() == [False]


def test_images_are_accepted_up_to_the_limit_itself():
    logits = np.zeros((3, 11), np.float32)
    logits[:, 10] = np.log([5, 10, 11])  # doubts of 1/3, 1/2 and more than that
    limit = float(read_logits(logits, Calibration()).doubt[1])
    assert limit == pytest.approx(0.5)
    assert read_logits(logits, Calibration(limit=limit)).accepted.tolist() == [True, True, False]


def test_probabilities_are_calibrated():
    logits, told = np.array([[2.0, *[0.0] * 9]]), Calibration(temperature=2, floor=0.1)
    np.testing.assert_array_equal(read_logits(logits, told).probabilities, told.probabilities(logits))
    assert read_logits(logits, told).probabilities.max() < softmax(logits).max() - 0.1


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 28, 1), (2, 28, 27), (0,)])
def test_images_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="Received"):
        predict(LiteRTPredictor(stored_linear()), np.zeros(shape, np.float32))


def test_stored_model_answers_as_the_model_that_was_trained():
    images = sample_images(100)
    expected = softmax(trained().model.predict_on_batch(images[..., None]))
    answers = predict(LiteRTPredictor(stored_linear()), images)
    np.testing.assert_allclose(answers.probabilities, expected, atol=1e-5)
    np.testing.assert_allclose(answers.doubt, 1 - expected.max(axis=1), atol=1e-5)


@pytest.mark.parametrize("architecture", ["linear", "lenet_dropout", "sketchnet"])
def test_tensorflow_answers_as_litert_does(architecture):
    stored = stored_architecture(architecture)
    first, second = (predict(kind(stored), sample_images(200)) for kind in (LiteRTPredictor, TensorFlowPredictor))
    np.testing.assert_allclose(first.probabilities, second.probabilities, atol=1e-5)


@pytest.mark.parametrize("kind", [LiteRTPredictor, TensorFlowPredictor])
def test_a_predictor_is_calibrated_as_its_model_was(tmp_path, kind):
    stored, images = stored_linear(), sample_images(100)
    calibration = Calibration(temperature=3, warming=0.5, floor=0.05, limit=0.25)
    told = dataclasses.replace(stored, metrics={"calibration": calibration.as_dict()})
    assert kind(stored).calibration == Calibration()
    assert kind(told).calibration == calibration
    expected = read_logits(kind(stored).predict_logits(images), calibration)
    np.testing.assert_array_equal(predict(kind(told), images).probabilities, expected.probabilities)
    assert 0 < expected.accepted.sum() < 100


def test_eight_threads_get_the_answers_of_one():
    predictor, images = LiteRTPredictor(stored_architecture("sketchnet")), sample_images(1000)[:320]
    parts = [images[start : start + size] for start, size in zip(range(0, 320, 8), [1, 3, 8, 5] * 10, strict=True)]
    expected = [predictor.predict_logits(part) for part in parts]
    barrier = threading.Barrier(8)

    def answer(shift):
        barrier.wait()
        return [predictor.predict_logits(part) for part in parts[shift:] + parts[:shift]]

    with ThreadPoolExecutor(8) as pool:
        for shift, answers in enumerate(pool.map(answer, range(8))):
            for given, wanted in zip(answers, expected[shift:] + expected[:shift], strict=True):
                np.testing.assert_allclose(given, wanted, atol=1e-5)


def test_answers_are_the_callers_to_keep():
    predictor, images = LiteRTPredictor(stored_linear()), sample_images(100)
    first = predictor.predict_logits(images[:1])
    kept = first.copy()
    predictor.predict_logits(images[50:51])
    np.testing.assert_array_equal(first, kept)


def test_an_open_predictor_answers_the_same_from_every_thread_after_its_folder_went(tmp_path):
    folder = copy_model(stored_linear(), tmp_path / "linear")
    predictor, images = open_predictor(load_stored(folder), CPU), sample_images(100)
    expected = predict(predictor, images)
    shutil.rmtree(folder)
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(predict, predictor, images).result()
    np.testing.assert_array_equal(answers.probabilities, expected.probabilities)


# Verdicts


def distribution(**probabilities):
    """Ten probabilities: the ones given (as d3=0.5), and the rest shared by the others."""
    given = {int(name[1:]): value for name, value in probabilities.items()}
    rest = (1 - sum(given.values())) / (10 - len(given))
    return np.array([given.get(label, rest) for label in range(10)])


@pytest.mark.parametrize(
    ("probabilities", "kind", "labels"),
    [
        (distribution(d7=0.98), "sure", (7,)),
        (distribution(d0=1.0), "sure", (0,)),
        (distribution(d9=0.5, d4=0.45), "between", (9, 4)),
        (distribution(d1=0.45, d7=0.5), "between", (7, 1)),
        (distribution(d3=0.4, d5=0.2), "unsure", (3,)),
    ],
)
def test_verdict_names_as_many_digits_as_are_likely(probabilities, kind, labels):
    verdict = read_verdict(probabilities)
    assert (verdict.kind, verdict.labels) == (kind, labels)
    assert verdict.confidence == pytest.approx(probabilities.max())


@pytest.mark.parametrize("probabilities", [distribution(d7=0.98), distribution(d7=0.5, d1=0.45), distribution(d7=0.2)])
def test_what_is_not_accepted_is_refused_however_sure(probabilities):
    verdict = read_verdict(probabilities, accepted=False)
    assert (verdict.kind, verdict.labels) == ("refused", (7,))
    assert verdict.confidence == pytest.approx(probabilities[7])


def test_verdict_on_ten_equal_probabilities_is_unsure():
    verdict = read_verdict(np.full(10, 0.1))
    assert verdict.kind == "unsure"
    assert verdict.confidence == pytest.approx(0.1)


# Devices


def simulate(monkeypatch, num_devices, name=None):
    """A machine whose driver reports so many GPUs, of which TensorFlow can use the one named, or none."""
    monkeypatch.setattr(devices, "count_cuda_devices", lambda: num_devices)
    monkeypatch.setattr(devices, "prepare_tensorflow_gpu", lambda: name)


@pytest.mark.parametrize("num_devices", [0, 1])
def test_cpu_is_the_cpu_whatever_else_there_is(monkeypatch, num_devices):
    simulate(monkeypatch, num_devices, "Big GPU")
    assert choose_device("cpu").kind == "cpu"


def test_auto_without_a_gpu_is_the_cpu_and_asks_nothing_of_tensorflow(monkeypatch):
    simulate(monkeypatch, 0)
    monkeypatch.setattr(devices, "prepare_tensorflow_gpu", lambda: pytest.fail("TensorFlow was asked"))
    device = choose_device("auto")
    assert (device.kind, device.note) == ("cpu", "")


def test_auto_with_a_gpu_that_tensorflow_cannot_use_is_the_cpu_with_a_note(monkeypatch):
    monkeypatch.setattr(devices, "count_cuda_devices", lambda: 1)
    monkeypatch.setattr("tensorflow.config.list_physical_devices", lambda kind=None: [])
    device = choose_device("auto")
    assert device.kind == "cpu"
    assert "1 GPU" in device.note
    assert "TensorFlow" in device.note


def test_a_gpu_without_tensorflow_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(devices, "count_cuda_devices", lambda: 1)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(DeviceError, match=r"TensorFlow is not installed\. Install .*tensorflow\[and-cuda\]"):
        choose_device("gpu")
    device = choose_device("auto")
    assert device.kind == "cpu"
    assert "1 GPU(s), but TensorFlow is not installed: install tensorflow[and-cuda]" in device.note


@pytest.mark.parametrize("requested", ["auto", "gpu"])
def test_a_gpu_that_can_be_used_is_named(monkeypatch, requested):
    simulate(monkeypatch, 1, "Big GPU")
    device = choose_device(requested)
    assert device.kind == "gpu"
    assert "Big GPU" in device.name


@pytest.mark.parametrize(("num_devices", "found"), [(0, "no GPU"), (2, "2 GPU")])
def test_a_gpu_that_is_not_there_is_refused_with_what_was_found(monkeypatch, num_devices, found):
    simulate(monkeypatch, num_devices)
    with pytest.raises(DeviceError, match=found) as caught:
        choose_device("gpu")
    assert caught.value.requested == "gpu"
    assert found in caught.value.found


@pytest.mark.parametrize("requested", ["tpu", "", "CPU", None])
def test_an_unknown_device_is_refused_with_the_known_ones(requested):
    with pytest.raises(DeviceError, match="auto, cpu, gpu") as caught:
        choose_device(requested)
    assert caught.value.requested == requested


@pytest.mark.parametrize(("error", "count"), [(0, 3), (100, 0)], ids=["driver answers", "driver fails"])
def test_gpus_are_counted_by_the_driver(monkeypatch, error, count):
    class Driver:
        def cuInit(self, flags):  # noqa: N802
            return error

        def cuDeviceGetCount(self, pointer):  # noqa: N802
            pointer._obj.value = 3
            return 0

    monkeypatch.setattr(devices.ctypes, "CDLL", lambda name: Driver())
    assert devices.count_cuda_devices() == count


def test_without_a_driver_there_are_no_gpus(monkeypatch):
    def missing(name):
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(devices.ctypes, "CDLL", missing)
    assert devices.count_cuda_devices() == 0


@pytest.mark.parametrize(("kind", "expected"), [("cpu", LiteRTPredictor), ("gpu", TensorFlowPredictor)])
def test_the_device_decides_what_answers(kind, expected):
    assert type(open_predictor(stored_linear(), Device(kind, "any"))) is expected


# Serving

SERVE = """
import sys
from pathlib import Path
import numpy
from mnist_core.models import devices, inference
from mnist_core.models.store import list_stored

devices.count_cuda_devices = lambda: 0
(stored,), problems = list_stored([Path(sys.argv[1])])
predictor = inference.open_predictor(stored, devices.choose_device(sys.argv[2]))
probabilities = inference.predict(predictor, numpy.zeros((3, 28, 28), numpy.float32)).probabilities
assert probabilities.shape == (3, 10), probabilities.shape
print(sorted({"tensorflow", "keras", "jax", "torch"} & sys.modules.keys()))
"""
SHIPPED = sorted(path for path in SHIPPED_DIR.glob("*") if (path / "manifest.json").is_file())


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_serving_without_a_gpu_imports_neither_keras_nor_tensorflow(tmp_path, device):
    copy_model(stored_linear(), tmp_path / "linear")
    child = run_python(SERVE, tmp_path, device)
    assert child.stdout.strip() == "[]", child.stderr


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.name)
def test_shipped_model_is_served_without_keras_and_tensorflow(tmp_path, shipped):
    shutil.copytree(shipped, tmp_path / shipped.name)
    child = run_python(SERVE, tmp_path, "cpu")
    assert child.stdout.strip() == "[]", child.stderr


def test_asking_for_tensorflow_does_import_it(tmp_path):
    # Without this, the tests above could pass on a misspelt name.
    copy_model(stored_linear(), tmp_path / "linear")
    child = run_python(SERVE.replace("print(", "inference.TensorFlowPredictor(stored)\nprint("), tmp_path, "cpu")
    assert "'keras', 'tensorflow'" in child.stdout, child.stderr


# Several models


def test_models_are_opened_by_short_names_where_these_tell_them_apart(tmp_path):
    stored = load_stored(SHIPPED_DIR / "sketchnet")
    again = load_stored(copy_model(stored, tmp_path / "sketchnet-again"))
    linear = stored_linear()
    cpu = Device("cpu", "CPU")
    assert list(open_predictors([stored, linear], cpu)) == ["sketchnet", "small-linear"]
    predictors = open_predictors([stored, again], cpu)
    assert list(predictors) == ["sketchnet", "sketchnet-again"]
    assert all(isinstance(predictor, LiteRTPredictor) for predictor in predictors.values())
