"""A program in which what only training needs is not installed."""

# Runs before the program, and lets these packages be found nowhere.
_BLOCK = """
import sys

class Block:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "keras", "optuna"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Block)
"""


def block_training(folder):
    """The variables of a process in which TensorFlow, Keras and Optuna are not installed; `folder` is written to."""
    (folder / "sitecustomize.py").write_text(_BLOCK)
    return {"PYTHONPATH": str(folder)}
