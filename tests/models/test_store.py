"""A stored model is written whole or not at all, verified when read, and moved aside when it is asked for damaged."""

import dataclasses
import errno
import json
import os
import pickle
import stat
from pathlib import Path

import numpy as np
import pytest
from support.models import (
    FILES,
    LINEAR,
    content,
    copy_model,
    fake_run,
    run_python,
    sample_images,
    small_data,
    stored_linear,
    trained,
    update_checksum,
)

from mnist_core.errors import DamagedModelError, MnistError, NotAModelError, StorageError, UnknownModelError
from mnist_core.models import store
from mnist_core.models.calibration import Calibration
from mnist_core.models.recipes import RECIPES
from mnist_core.models.store import (
    build_keras_model,
    find_complete,
    find_stored,
    list_stored,
    load_stored,
    run_name,
    save_run,
    short_name,
)
from mnist_core.paths import models_dir

OTHER = dataclasses.replace(LINEAR, seed=9)


@pytest.fixture
def folder(tmp_path):
    """A copy of a real stored model that a test may spoil."""
    return copy_model(stored_linear(), tmp_path / "models" / "linear")


def save_fake(folder, recipe=LINEAR, **options):
    return save_run(fake_run(recipe, **options), {"seed": recipe.seed}, folder)


# Reading back


def test_what_was_saved_is_read_back(folder):
    run, stored = trained(), load_stored(folder)
    assert stored == dataclasses.replace(stored_linear(), folder=folder)
    assert (stored.recipe, stored.history, stored.complete) == (run.recipe, run.history, True)
    assert stored.metrics == {"num_parameters": 7850}
    assert stored.key == run.recipe.key(run.data_digest)
    assert stored.name == "linear"


def test_keras_model_from_disk_answers_as_the_runs_model(folder):
    images = sample_images(100)[..., None]
    model = build_keras_model(load_stored(folder))
    np.testing.assert_array_equal(model.predict_on_batch(images), trained().model.predict_on_batch(images))


def test_a_model_that_was_never_calibrated_is_taken_at_its_word(folder):
    assert load_stored(folder).calibration == Calibration()


def test_a_calibration_is_read_back(folder):
    calibration = Calibration(temperature=1.5, warming=0.5, floor=0.25, limit=0.75)
    stored = save_run(fake_run(), {"calibration": calibration.as_dict()}, folder)
    assert load_stored(folder).calibration == stored.calibration == calibration


def test_a_network_with_an_output_for_what_is_no_digit_is_read_back(tmp_path):
    from mnist_core.training.loop import train

    run = train(dataclasses.replace(LINEAR, epochs=1, outliers=20), small_data())
    stored = save_run(run, {}, tmp_path / "eleven")
    images = sample_images(50)[..., None]
    expected = run.model.predict_on_batch(images)
    assert expected.shape == (50, 11)
    assert np.array_equal(build_keras_model(load_stored(stored.folder)).predict_on_batch(images), expected)


def test_reading_a_healthy_model_changes_nothing(folder):
    before = content(folder)
    load_stored(folder)
    assert content(folder) == before
    assert os.listdir(folder.parent) == ["linear"]


def test_saving_leaves_nothing_else_behind(tmp_path):
    save_fake(tmp_path / "models" / "one")
    assert os.listdir(tmp_path / "models") == ["one"]
    assert set(os.listdir(tmp_path / "models" / "one")) == set(FILES)


def test_saving_again_replaces_the_earlier_model(tmp_path):
    save_fake(tmp_path / "one")
    assert save_fake(tmp_path / "one", OTHER).recipe == OTHER
    assert load_stored(tmp_path / "one").recipe == OTHER
    assert os.listdir(tmp_path) == ["one"]


@pytest.mark.skipif(os.name != "posix", reason="folders have no such modes")
def test_other_users_may_read_a_stored_model(tmp_path):
    stored = save_fake(tmp_path / "one")
    assert stat.S_IMODE(stored.folder.stat().st_mode) == 0o755


def test_own_models_live_under_the_cache_folder(tmp_path):
    assert models_dir(tmp_path).parent == tmp_path


# Damage


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-10])


def change_json(folder, name, change):
    """Changes what a file of a stored model holds, and its checksum."""
    value = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(change(value)))
    update_checksum(folder, name)


DAMAGES = {
    "flipped": flip,
    "truncated": truncate,
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": Path.unlink,
}


@pytest.mark.parametrize(
    ("name", "damage"),
    [(name, damage) for name in FILES for damage in DAMAGES if (name, damage) != ("manifest.json", "deleted")],
)
def test_damage_to_any_file_is_refused_and_the_folder_moved_aside(folder, name, damage):
    DAMAGES[damage](folder / name)
    spoilt = content(folder)
    with pytest.raises(DamagedModelError) as caught:
        load_stored(folder)
    assert caught.value.path == folder
    assert not folder.exists()
    assert content(caught.value.moved_to) == spoilt


def test_a_flip_of_any_byte_of_the_manifest_is_refused(tmp_path):
    folder = save_fake(tmp_path / "one").folder
    whole = (folder / "manifest.json").read_bytes()
    for index, byte in enumerate(whole.rstrip()):
        (folder / "manifest.json").write_bytes(whole[:index] + bytes([byte ^ 1]) + whole[index + 1 :])
        with pytest.raises(DamagedModelError) as caught:
            load_stored(folder)
        (caught.value.moved_to or folder).rename(folder)  # another format stays


@pytest.mark.parametrize(
    "manifest",
    ["", "null", "[]", "{}", '"text"', "3", '{"format": 1}', '{"format": 1, "files": {}}', '{"format": 99}', "\x00"],
)
def test_a_foreign_manifest_is_refused(folder, manifest):
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(DamagedModelError):
        load_stored(folder)


def test_asking_for_a_damaged_model_by_name_tells_of_the_damage(folder):
    (folder / "model.tflite").write_bytes(b"damaged")
    with pytest.raises(DamagedModelError, match="checksum"):
        find_stored(folder.name, [folder.parent])


LATER = {
    "format": ("manifest.json", {"format": 99}, "99"),
    "recipe field": ("recipe.json", {"mixup": 0.2}, "'mixup' of its recipe"),
    "augmentation": ("recipe.json", {"augmentation": {"mixup": 0.2}}, "'mixup' of its augmentation"),
    "parts": ("recipe.json", {"parts": {"heads": 4}}, "'heads' of its parts"),
    "start": ("recipe.json", {"start": {"model": "a", "weights": "b", "part": 1}}, "'part' of its start"),
    "optimiser": ("recipe.json", {"optimizer": "lion"}, "lion"),
    "type": ("recipe.json", {"epochs": "30"}, "epochs"),
    "list": ("recipe.json", {"augmentation": None}, "None"),
    "name": ("recipe.json", {"name": ["linear"]}, "name"),
    "calibration field": ("metrics.json", {"calibration": {"limit": 1.0, "bias": 3}}, "'bias' of its calibration"),
    "calibration value": ("metrics.json", {"calibration": {"temperature": -1}}, "temperature"),
    "calibration text": ("metrics.json", {"calibration": "none"}, "calibration"),
}


@pytest.mark.parametrize("case", LATER)
def test_a_model_of_a_later_version_is_said_to_be_one_and_stays_beside_the_others(folder, case):
    name, change, words = LATER[case]
    other = copy_model(stored_linear(), folder.with_name("other"))
    change_json(folder, name, lambda value: {**value, **change})
    before = content(folder)
    with pytest.raises(DamagedModelError, match=words) as caught:
        load_stored(folder)
    assert "a later version has probably made it" in str(caught.value)
    models, problems = list_stored([folder.parent])
    assert ([model.folder for model in models], [str(problem) for problem in problems]) == (
        [other],
        [str(caught.value)],
    )
    assert content(folder) == before


# Figures that are not there


@pytest.mark.parametrize("name", ["metrics.json", "history.json"])
@pytest.mark.parametrize(
    "value", [None, 5, "text", [[]], [None, {"loss": 1}], {"validation": 5, "test": {"interval": 3}}]
)
def test_odd_figures_never_take_the_other_models_away(folder, name, value):
    other = copy_model(stored_linear(), folder.with_name("other"))
    change_json(folder, name, lambda _: value)
    models, problems = list_stored([folder.parent])
    assert other in [model.folder for model in models]
    assert sorted([model.folder for model in models] + [problem.path for problem in problems]) == [folder, other]
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("test", "accuracy"), 0.5),
        (("test", "interval", 1), 0.75),
        (("test", "interval", 2), None),
        (("test",), None),
        (("test", "accuracy", 0), None),
        (("validation", "accuracy"), None),
        (("name",), None),
        (("lost",), None),
        (("yes",), None),
    ],
)
def test_a_figure_is_a_number_or_unknown(folder, path, value):
    metrics = '{"test": {"accuracy": 0.5, "interval": [0.25, 0.75]}, "name": "x", "lost": NaN, "yes": true}'
    (folder / "metrics.json").write_text(metrics)
    update_checksum(folder, "metrics.json")
    assert load_stored(folder).figure(*path) == value


def test_what_is_no_number_in_a_history_is_left_out(folder):
    (folder / "history.json").write_text('[{"loss": 1.5, "note": "slow", "accuracy": NaN}, {}]')
    update_checksum(folder, "history.json")
    assert load_stored(folder).history == [{"loss": 1.5}, {}]


# What is not ours


def test_a_model_whose_replacement_was_killed_comes_back(folder, monkeypatch):
    monkeypatch.setattr(store, "SAVING_SECONDS", -1)
    folder.rename(folder.with_name(f".{folder.name}.partial-abc-replaced"))
    folder.with_name(f".{folder.name}.partial-abc").mkdir()
    models, _ = list_stored([folder.parent])
    assert [model.name for model in models] == [folder.name]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    "recipe", ["null", "{}", "[]", '{"name": "x", "architecture": "linear", "augmentation": null}']
)
def test_a_foreign_recipe_is_refused_even_with_its_checksum(folder, recipe):
    (folder / "recipe.json").write_text(recipe)
    update_checksum(folder, "recipe.json")
    with pytest.raises(DamagedModelError):
        load_stored(folder)


def test_another_recipe_is_refused_even_with_its_checksum(folder):
    (folder / "recipe.json").write_text(json.dumps(OTHER.as_dict()))
    update_checksum(folder, "recipe.json")
    with pytest.raises(DamagedModelError, match="key"):
        load_stored(folder)


@pytest.mark.parametrize("name", ["beach.txt", "manifest.json", "weights.npz"])
def test_a_folder_of_ones_own_is_no_stored_model_and_stays(tmp_path, name):
    """Other programs call a file manifest.json, too."""
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / name).write_text("sand")
    for refuse_it in (load_stored, lambda folder: find_stored("holiday", [folder.parent])):
        with pytest.raises(NotAModelError, match="holiday is not a stored model and was left") as caught:
            refuse_it(folder)
    models, problems = list_stored([tmp_path])
    assert (models, [str(problem) for problem in problems]) == ([], [str(caught.value)])
    assert content(folder) == {name: b"sand"}


def test_a_folder_of_ones_own_is_not_in_the_way_of_a_recipe_of_its_name(tmp_path):
    (tmp_path / LINEAR.name).mkdir()
    stored = save_fake(tmp_path / "one")
    assert find_stored(LINEAR.name, [tmp_path]) == stored


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(NotAModelError):
        load_stored(tmp_path / "nothing")


def test_two_damaged_models_of_one_name_are_both_kept(tmp_path):
    moved = []
    for _ in range(2):
        (save_fake(tmp_path / "one").folder / "weights.npz").unlink()
        with pytest.raises(DamagedModelError) as caught:
            load_stored(tmp_path / "one")
        moved.append(caught.value.moved_to)
    assert moved[0] != moved[1]
    assert all(path.is_dir() for path in moved)


def test_a_damaged_model_that_cannot_be_moved_is_refused_in_place(folder, monkeypatch):
    (folder / "weights.npz").unlink()
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(DamagedModelError) as caught:
        load_stored(folder)
    assert caught.value.moved_to is None
    assert folder.is_dir()


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_a_healthy_model_that_cannot_be_read_just_now_stays_where_it_is(folder, monkeypatch, code):
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: raise_error(OSError(code, os.strerror(code))))
        with pytest.raises(MnistError):
            load_stored(folder)
    assert load_stored(folder).recipe == LINEAR


def test_a_model_that_is_replaced_while_it_is_read_stays_where_it_is(tmp_path, monkeypatch):
    folder = save_fake(tmp_path / "one").folder
    hash_file = store.file_hash

    def replace_and_hash(path):
        monkeypatch.setattr(store, "file_hash", hash_file)
        save_fake(folder, OTHER)
        return hash_file(path)

    monkeypatch.setattr(store, "file_hash", replace_and_hash)
    list_stored([tmp_path])
    assert load_stored(folder).recipe == OTHER


# Weights that do not fit


def change_weights(folder, **changes):
    with np.load(folder / "weights.npz") as arrays:
        weights = {**arrays, **{name.replace("__", "/"): value for name, value in changes.items()}}
    np.savez(folder / "weights.npz", **{name: value for name, value in weights.items() if value is not None})
    update_checksum(folder, "weights.npz")


@pytest.mark.parametrize("kernel", [np.zeros((784, 9), np.float32), np.zeros((10, 784), np.float32), None])
def test_weights_of_another_shape_are_refused(folder, kernel):
    change_weights(folder, logits__kernel=kernel)
    with pytest.raises(DamagedModelError, match="logits/kernel"):
        build_keras_model(load_stored(folder))


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("whole_file", [False, True], ids=["one array", "whole file"])
def test_pickled_weights_are_refused_and_never_read(folder, tmp_path, whole_file):
    change_weights(folder, logits__bias=np.array([Bomb(tmp_path / "mark")], object))
    if whole_file:
        (folder / "weights.npz").write_bytes(pickle.dumps(Bomb(tmp_path / "mark")))
        update_checksum(folder, "weights.npz")
    with pytest.raises(DamagedModelError):
        build_keras_model(load_stored(folder))
    assert not (tmp_path / "mark").exists()


# Crashes while saving


def raise_error(error):
    raise error


def refuse(*arguments, **options):
    raise PermissionError(errno.EACCES, "not allowed")


def fail_once(function, number, error):
    """The function, but its call of this number raises an error."""
    calls = []

    def wrapped(*arguments, **options):
        calls.append(arguments)
        return raise_error(error) if len(calls) == number else function(*arguments, **options)

    return wrapped


FULL = OSError(errno.ENOSPC, "No space left on device")
# What fails, and at which of its calls.
CRASHES = {
    "recipe": (store, "_write_json", 1),
    "weights": (np, "savez", 1),
    "manifest": (store, "_write_json", 4),
    "first rename": (Path, "rename", 1),
    "second rename": (Path, "rename", 2),
}


def crash_at(patch, crash, error):
    owner, name, number = CRASHES[crash]
    patch.setattr(owner, name, fail_once(getattr(owner, name), number, error))


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()], ids=["disk full", "interrupt"])
@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_while_saving_keeps_the_earlier_model(tmp_path, monkeypatch, crash, error):
    before = content(save_fake(tmp_path / "one").folder)
    with monkeypatch.context() as patch:
        crash_at(patch, crash, error)
        with pytest.raises(StorageError if error is FULL else KeyboardInterrupt):
            save_fake(tmp_path / "one", OTHER)
    assert content(tmp_path / "one") == before
    assert os.listdir(tmp_path) == ["one"]


@pytest.mark.parametrize("crash", ["recipe", "weights", "manifest", "first rename"])
def test_a_crash_while_saving_leaves_no_new_model(tmp_path, monkeypatch, crash):
    with monkeypatch.context() as patch:
        crash_at(patch, crash, FULL)
        with pytest.raises(StorageError, match="No space left"):
            save_fake(tmp_path / "one")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_no_folder_is_a_storage_error(tmp_path):
    (tmp_path / "models").write_text("a file")
    with pytest.raises(StorageError) as caught:
        save_fake(tmp_path / "models" / "one")
    assert caught.value.path == tmp_path / "models" / "one"


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(StorageError, match="not allowed"):
        save_fake(tmp_path / "models" / "one")


KILL_WHILE_SAVING = """
import dataclasses, os, shutil, signal, sys
from pathlib import Path
from support.models import LINEAR, fake_run
from mnist_core.models.store import save_run

root = Path(sys.argv[1])
save_run(fake_run(), {}, root / "before" / "one")
for last_event in range(1, 1000):
    folder = shutil.copytree(root / "before", root / str(last_event))
    child = os.fork()
    if child == 0:
        num_events = 0

        def kill(event, arguments):
            global num_events
            num_events += event == "open" or event.startswith(("os.", "shutil.", "tempfile."))
            if num_events == last_event:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill)
        save_run(fake_run(dataclasses.replace(LINEAR, seed=9)), {}, folder / "one")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Folders in which a process was killed at its first, second, ... touch of the disk while it replaced a model."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    root = tmp_path_factory.mktemp("killed")
    child = run_python(KILL_WHILE_SAVING, root)
    assert child.returncode == 0, child.stderr
    return sorted((path for path in root.iterdir() if path.name != "before"), key=lambda path: int(path.name))


def test_a_killed_process_leaves_nothing_that_is_listed_wrongly(killed):
    assert len(killed) > 20
    for root in killed:
        models, problems = list_stored([root])
        assert not problems
        for model in models:
            with np.load(model.folder / "weights.npz") as weights:
                assert model.recipe in (LINEAR, OTHER)
                assert weights["logits/bias"][0] == model.recipe.seed
            assert model.read_litert() == b"halfwhole"


def test_a_killed_process_never_loses_the_earlier_model(killed):
    for root in killed:
        recipes = [load_stored(path).recipe for path in root.iterdir() if set(os.listdir(path)) == set(FILES)]
        assert LINEAR in recipes or OTHER in recipes


def test_saving_works_after_a_killed_process(killed):
    for root in killed:
        save_fake(root / "one", OTHER)
        assert find_stored("one", [root]).recipe == OTHER


# Finding


def test_asking_again_finds_the_complete_run(tmp_path):
    stored = save_fake(tmp_path / run_name(fake_run()))
    assert find_complete(LINEAR, "a" * 64, [tmp_path / "empty", tmp_path]) == stored


@pytest.mark.parametrize(("recipe", "digest"), [(OTHER, "a" * 64), (LINEAR, "b" * 64)], ids=["recipe", "data"])
def test_another_recipe_or_other_data_is_not_found(tmp_path, recipe, digest):
    save_fake(tmp_path / "one")
    assert find_complete(recipe, digest, [tmp_path]) is None


def test_a_stopped_run_is_found_by_its_name_alone(tmp_path):
    stored = save_fake(tmp_path / run_name(fake_run(stopped_after=2)), stopped_after=2)
    assert find_stored(stored.name, [tmp_path]) == stored
    assert find_complete(LINEAR, "a" * 64, [tmp_path]) is None
    for name in (LINEAR.name, stored.key):
        with pytest.raises(UnknownModelError):
            find_stored(name, [tmp_path])


def test_a_model_is_found_by_name_recipe_and_key(tmp_path):
    stored = save_fake(tmp_path / "one")
    save_fake(tmp_path / "two", dataclasses.replace(LINEAR, name="second"))
    for name in ("one", LINEAR.name, stored.key):
        assert find_stored(name, [tmp_path]) == stored


def test_a_name_goes_before_a_recipe_of_that_name(tmp_path):
    save_fake(tmp_path / "one")
    named = save_fake(tmp_path / LINEAR.name, OTHER)
    assert find_stored(LINEAR.name, [tmp_path]) == named


@pytest.mark.parametrize("name", ["three", LINEAR.name], ids=["unknown", "ambiguous"])
def test_an_unknown_or_ambiguous_name_is_refused_with_the_known_ones(tmp_path, name):
    save_fake(tmp_path / "one")
    save_fake(tmp_path / "two", OTHER)
    with pytest.raises(UnknownModelError) as caught:
        find_stored(name, [tmp_path])
    assert caught.value.name == name
    assert set(caught.value.available) == {"one", "two"}


def test_of_two_models_of_one_name_the_first_root_counts(tmp_path):
    first = save_fake(tmp_path / "shipped" / "one")
    save_fake(tmp_path / "own" / "one", OTHER)
    assert list_stored([tmp_path / "shipped", tmp_path / "own"]) == ([first], [])


def test_listing_reports_a_damaged_model_and_leaves_it_until_it_is_asked_for(tmp_path):
    good = save_fake(tmp_path / "good")
    (save_fake(tmp_path / "bad").folder / "history.json").unlink()
    for _ in range(2):
        models, problems = list_stored([tmp_path])
        assert models == [good]
        assert [problem.path for problem in problems] == [tmp_path / "bad"]
    with pytest.raises(DamagedModelError) as caught:
        find_stored("bad", [tmp_path])
    assert caught.value.moved_to.is_dir()
    assert list_stored([tmp_path]) == ([good], [])


def test_missing_folders_and_stray_files_are_no_models(tmp_path):
    (tmp_path / "notes.txt").write_text("a file")
    (tmp_path / ".hidden").mkdir()
    assert list_stored([tmp_path, tmp_path / "missing"]) == ([], [])
    assert (tmp_path / ".hidden").is_dir()


def test_a_root_that_cannot_be_read_is_a_problem_to_report(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "listdir", refuse)
    monkeypatch.setattr(os, "scandir", refuse)
    models, problems = list_stored([tmp_path])
    assert models == []
    assert isinstance(problems[0], StorageError)


def test_a_recipe_that_this_version_refuses_is_a_problem_and_stays_where_it_is(tmp_path):
    copy_model(stored_linear(), tmp_path / "good")
    folder = copy_model(stored_linear(), tmp_path / "odd")
    recipe = json.loads((folder / "recipe.json").read_text())
    (folder / "recipe.json").write_text(json.dumps({**recipe, "parts": {"kernel": 5}}))
    update_checksum(folder, "recipe.json")
    models, problems = store.list_stored([tmp_path])
    assert [model.name for model in models] == ["good"]
    assert ["no convolution" in str(problem) for problem in problems] == [True]
    assert folder.is_dir()


def test_a_recipes_name_means_the_recipe_as_it_stands(tmp_path):
    plain = RECIPES["linear"]
    for name, recipe in (("a", dataclasses.replace(plain, epochs=2)), ("b", plain)):
        store.save_run(fake_run(recipe), {}, tmp_path / name)
    assert store.find_stored("linear", [tmp_path]).name == "b"


def test_a_recipe_as_it_stands_is_called_by_its_name(tmp_path):
    plain = RECIPES["lenet"]
    assert short_name(save_fake(tmp_path / "lenet-0123456789", plain)) == "lenet"
    assert short_name(save_fake(tmp_path / "changed", dataclasses.replace(plain, seed=3))) == "changed"
    other = save_run(fake_run(plain), {"data": "fashion"}, tmp_path / "other")
    assert short_name(other) == "other"


@pytest.mark.parametrize(("parameters", "found"), [(7850, True), (7849, False)])
def test_a_model_whose_network_was_another_then_is_not_found(tmp_path, parameters, found):
    """An earlier version may have meant other layers by the same name."""
    stored = save_run(fake_run(), {"parameters": parameters}, tmp_path / "mine")
    assert find_complete(LINEAR, "a" * 64, [tmp_path]) == (stored if found else None)


def test_several_changed_models_of_a_recipe_are_named_without_the_others(tmp_path):
    for epochs, (name, recipe) in enumerate((("a", "fast"), ("b", "linear"), ("c", "linear")), 2):
        store.save_run(fake_run(dataclasses.replace(RECIPES[recipe], epochs=epochs)), {}, tmp_path / name)
    with pytest.raises(UnknownModelError) as caught:
        store.find_stored("linear", [tmp_path])
    assert caught.value.available == ("b", "c")


def test_what_was_trained_twice_is_found_by_its_recipe(tmp_path):
    for name in ("a", "b"):
        store.save_run(fake_run(RECIPES["linear"]), {}, tmp_path / name)
    assert store.find_stored("linear", [tmp_path]).name == "a"
