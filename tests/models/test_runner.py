"""A LiteRT file gives the same outputs in any portions and from any thread, and few interpreters stay in memory."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.models import sample_images, stored_architecture, stored_linear

from mnist_core.models import runner as module
from mnist_core.models.litert import expose, list_operators, pack, unpack
from mnist_core.models.runner import LiteRTRunner


@pytest.fixture
def made(monkeypatch):
    """All interpreters that are made."""
    interpreters = []

    class Noted(module.OneInterpreter):
        def __init__(self, content):
            super().__init__(content)
            interpreters.append(self)

    monkeypatch.setattr(module, "OneInterpreter", Noted)
    monkeypatch.setattr(module, "free_interpreters", module.FreeInterpreters())
    return interpreters


def linear():
    return LiteRTRunner(stored_linear().read_litert())


def two_outputs():
    model = unpack(stored_architecture("lenet").read_litert())
    (_, first), *_, (_, last) = list_operators(model)
    expose(model, {"first": int(first.outputs[0]), "last": int(last.outputs[0])})
    return LiteRTRunner(pack(model))


@pytest.mark.parametrize("num_images", [1, 15, 16, 17, 100])
def test_outputs_do_not_depend_on_how_many_images_are_run(num_images):
    runner, images = two_outputs(), sample_images(100)[:num_images]
    together = runner.run(images)
    alone = [runner.run(image[None]) for image in images]
    for name, values in together.items():
        np.testing.assert_allclose(values, np.concatenate([each[name] for each in alone]), atol=1e-5)


def test_only_what_is_wanted_is_read():
    runner, images = two_outputs(), sample_images(100)[:20]
    everything, wanted = runner.run(images), runner.run(images, ["last"])
    assert {name: values.shape for name, values in everything.items()} == {"first": (20, 26, 26, 32), "last": (20, 10)}
    assert list(wanted) == ["last"]
    np.testing.assert_array_equal(wanted["last"], everything["last"])


def test_an_interpreter_is_used_again(made):
    runner = linear()
    for _ in range(5):
        runner.run(sample_images(100))
    assert len(made) == 1


def test_two_threads_never_share_an_interpreter_and_no_more_run_than_there_are_processors(made, monkeypatch):
    monkeypatch.setattr(module, "NUM_PROCESSORS", 3)
    runner, running, most = linear(), set(), []
    barrier, lock = threading.Barrier(8), threading.Lock()
    run = module.OneInterpreter.run

    def watch(interpreter, *arguments):
        with lock:
            assert interpreter not in running
            running.add(interpreter)
            most.append(len(running))
        try:
            return run(interpreter, *arguments)
        finally:
            with lock:
                running.remove(interpreter)

    monkeypatch.setattr(module.OneInterpreter, "run", watch)

    def work(_):
        barrier.wait()
        for _ in range(50):
            runner.run(sample_images(100)[:1])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert max(len(made), *most) <= 3


def test_of_many_files_few_interpreters_stay(made):
    runners = [linear() for _ in range(module.MOST_FREE + 5)]
    for runner in runners:
        runner.run(sample_images(100)[:1])
    assert module.free_interpreters.owners == runners[5:]


def test_the_interpreters_of_a_file_that_nobody_knows_any_more_go(made):
    runner, other = linear(), linear()
    runner.run(sample_images(100)[:1])
    del runner
    other.run(sample_images(100)[:1])
    assert module.free_interpreters.owners == [other]
