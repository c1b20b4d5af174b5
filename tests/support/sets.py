"""Sets of MNIST's layout, made up and written to disk."""

import gzip

import numpy as np
from support.files import as_idx

NAMES = ("x_train", "y_train", "x_test", "y_test")
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
DOTTED = ("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte")


def write(path, arrays, save=np.savez):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        save(file, **arrays)
    return path


def write_idx(folder, arrays, endings=("", "", "", ""), files=FILES):
    """Writes the four IDX files of a set."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file, ending in zip(NAMES, files, endings, strict=True):
        content = as_idx(arrays[name])
        (folder / (file + ending)).write_bytes(gzip.compress(content, 1) if ending else content)
    return folder


def other_set(num_train=60, num_test=20, side=28):
    """A set of MNIST's layout, of noise; label after label."""
    random = np.random.default_rng(1)
    return {
        "x_train": random.integers(0, 256, (num_train, side, side), dtype=np.uint8),
        "y_train": np.sort(np.arange(num_train) % 10).astype(np.uint8),
        "x_test": random.integers(0, 256, (num_test, side, side), dtype=np.uint8),
        "y_test": (np.arange(num_test) % 10).astype(np.uint8),
    }


def changed(arrays, name):
    """The same arrays, one of them with one value changed."""
    array = arrays[name].copy()
    array.flat[-1] ^= 1
    return {**arrays, name: array}


GZ = (".gz",) * 4


def as_arrays(pen):
    strokes = [stroke for drawing in pen.ink for stroke in drawing]
    return {
        "points": np.concatenate(strokes),
        "stroke_start": np.cumsum([0, *map(len, strokes)]).astype(np.int32),
        "sample_start": np.cumsum([0, *map(len, pen.ink)]).astype(np.int32),
        "y": pen.labels,
        "writer": pen.writers,
    }
