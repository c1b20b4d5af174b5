"""Epochs are kept within bounds, the oldest go first, and what is read is what was written."""

import numpy as np
import pytest

from mnist_core.errors import DataError, QueryError, TrainingError
from mnist_core.training.kept import KeptEpochs

WEIGHTS = {"logits/kernel": np.linspace(-1, 1, 7840).reshape(784, 10).astype(np.float32)}


def test_an_epoch_comes_back_in_half_precision(tmp_path):
    kept = KeptEpochs(tmp_path / "run")
    kept.write(3, WEIGHTS, {"confusion": [[1]]})
    epoch = kept.read(3)
    assert epoch.seen == {"confusion": [[1]]}
    assert np.abs(epoch.weights["logits/kernel"] - WEIGHTS["logits/kernel"]).max() < 1e-3


def test_the_oldest_go_first_and_the_last_stays(tmp_path):
    kept = KeptEpochs(tmp_path, most_bytes=40_000)  # two epochs take 32 kB
    for epoch in range(1, 5):
        kept.write(epoch, WEIGHTS, {})
    assert kept.list_all() == [3, 4]
    small = KeptEpochs(tmp_path, most_bytes=1)
    small.write(5, WEIGHTS, {})
    assert small.list_all() == [5]


def test_the_best_epoch_comes_back_to_the_last_digit(tmp_path):
    kept = KeptEpochs(tmp_path)
    assert not kept.has_best
    with pytest.raises(TrainingError):
        kept.read_best()
    kept.write_best(2, WEIGHTS)
    kept.write_history([{"loss": 1.0}, {"loss": 0.5}])
    epoch, weights, history = kept.read_best()
    assert (epoch, history[1]["loss"]) == (2, 0.5)
    assert np.array_equal(weights["logits/kernel"], WEIGHTS["logits/kernel"])


def test_what_is_not_there_or_damaged_is_told(tmp_path):
    kept = KeptEpochs(tmp_path)
    with pytest.raises(QueryError, match="Kept are: none"):
        kept.read(1)
    kept.write(1, WEIGHTS, {})
    (tmp_path / "epochs/001.npz").write_bytes(b"PK")
    with pytest.raises(DataError):
        kept.read(1)


def test_numbers_beyond_half_precision_are_its_largest(tmp_path):
    kept = KeptEpochs(tmp_path)
    kept.write(1, {"logits/bias": np.array([1e9, -1e9], np.float32)}, {})
    assert np.isfinite(kept.read(1).weights["logits/bias"]).all()
