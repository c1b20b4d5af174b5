"""Training without a network: the functions of the train tab, answered from a learning curve that is played by a clock.

`python -m support.training` is the program with them.
"""

from __future__ import annotations

import base64
import os
import sys
import time
from itertools import count

import numpy as np

from mnist_core.augmentation.transforms import Augmentation, augment
from mnist_core.data.sample import load_sample
from mnist_core.errors import QueryError
from mnist_core.models.recipes import RECIPES, change_recipe
from mnist_core.ui.wire import encode_bytes, never_raise

STEPS = 120
EPOCHS = 4
ACTIVE = ("waiting", "loading", "running", "paused", "storing")
_FIELDS = ("optimizer", "learning_rate", "schedule", "batch_size", "epochs", "limit", "label_noise", "until")


class Curve:
    """What a run of a small network looks like, by the share of it that is done; the same each time."""

    def __init__(self):
        generator = np.random.default_rng(0)
        steps = np.arange(STEPS * EPOCHS)
        self.loss = 2.25 * np.exp(-steps / 40) + 0.08 + 0.05 * generator.random(steps.size) * np.exp(-steps / 200)
        self.accuracy = 0.985 - 0.88 * np.exp(-steps / 30) + 0.02 * generator.standard_normal(steps.size)
        self.accuracy = np.clip(self.accuracy, 0, 1)
        x, y = load_sample()
        chosen = np.concatenate([np.flatnonzero(y == label)[:2] for label in range(10)])
        self.images, self.labels = x[chosen], y[chosen]
        self.means = np.stack([x[y == label].mean(axis=0).ravel() for label in range(10)])
        self.random_labels = generator.integers(0, 10, 20)
        self.learned_at = generator.integers(5, 140, 20)
        self.first = generator.standard_normal((16, 5, 5)).astype(np.float32)
        rows, columns = np.mgrid[-1:1:5j, -1:1:5j]
        angles = np.arange(16) * np.pi / 8
        self.last = np.stack([np.sin(2.5 * (rows * np.sin(a) + columns * np.cos(a))) for a in angles])

    def skill(self, step):
        """How much is learned, in [0, 1]."""
        return float(1 - np.exp(-step / 50))

    def confusion(self, step):
        skill = self.skill(step)
        matrix = np.full((10, 10), 5 * (1 - skill)) + np.eye(10) * 50 * skill
        return np.rint(matrix).astype(int).tolist()

    def read_samples(self, step):
        known = step >= self.learned_at
        confidences = np.clip(0.1 + self.skill(step) * np.linspace(0.7, 0.9, 20), 0, 1)
        return {
            "predictions": np.where(known, self.labels, self.random_labels).tolist(),
            "confidences": confidences.round(3).tolist(),
        }

    def read_pad(self, image, step):
        if not image:
            return None
        pixels = np.frombuffer(base64.b64decode(image), np.uint8).astype(float)
        scores = [float(np.corrcoef(pixels, mean)[0, 1]) for mean in self.means]
        powers = np.exp(np.array(scores) * 24 * self.skill(step))
        probabilities = powers / powers.sum()
        kind = "sure" if probabilities.max() > 0.6 else "unsure"
        order = np.argsort(-probabilities).tolist()
        verdict = {"kind": kind, "labels": order[:1]}
        return {"probabilities": probabilities.round(4).tolist(), "verdict": verdict, "step": step}

    def filters(self, step):
        skill = self.skill(step)
        values = ((1 - skill) * self.first + skill * self.last).astype("<f4")
        return {"count": 16, "side": 5, "channels": 1, "values": encode_bytes(values), "step": step}


class Run:
    """One played run; `seconds` is how long all of it takes."""

    def __init__(self, number, question, seconds):
        self.id = f"{number:012x}"
        self.recipe = question.get("recipe", "fast")
        self.changes = [f"{name}={value}" for name, value in question.get("changes", {}).items()]
        self.name = ""
        self.state = "waiting"
        self.rate = 0.003
        self.begun = time.time()
        self.done = 0.0
        self.events = []
        self.model = ""
        self.is_shared = False
        self.problem = ""
        self._seconds = seconds
        self._seen = time.monotonic()

    @property
    def step(self):
        return int(self.done * STEPS * EPOCHS)

    def play(self, is_first):
        now = time.monotonic()
        passed, self._seen = now - self._seen, now
        if self.state == "waiting" and is_first:
            self.state = "loading" if self.recipe != "lenet" else "running"
            self._loading_until = now + self._seconds / 10
        elif self.state == "loading" and now > self._loading_until:
            self.state = "running"
        elif self.state == "running":
            self.done = min(1.0, self.done + passed / self._seconds)
            if self.recipe == "linear" and self.done > 0.3:
                self.state, self.problem = "failed", "The loss is no longer a number. Use a smaller learning rate."
            elif self.done == 1.0:
                self.finish("done")

    def finish(self, state):
        self.state = state
        self.model = "lenet"  # a model that is there

    def describe(self, place, curve):
        epoch = self.step // STEPS
        accuracy = float(curve.accuracy[epoch * STEPS - 1]) if epoch else None
        return {
            "id": self.id,
            "name": self.name or self.recipe,
            "recipe": self.recipe,
            "changes": self.changes,
            "state": self.state,
            "isMine": True,
            "isShared": self.is_shared,
            "place": place,
            "share": self.done,
            "secondsLeft": (1 - self.done) * self._seconds,
            "accuracy": accuracy,
            "best": accuracy,
            "model": self.model,
            "problem": self.problem,
            "begun": self.begun,
            "seconds": self.done * self._seconds,
            "trained": self.step > 0,
            "epochs": EPOCHS,
        }

    def tell(self, since, image, curve):
        step, seen = self.step, since or {"step": 0, "check": -1, "epoch": 0}
        epochs = [
            {
                "epoch": epoch,
                "loss": float(curve.loss[epoch * STEPS - 1]),
                "accuracy": float(curve.accuracy[epoch * STEPS - 1]),
                "valLoss": float(curve.loss[epoch * STEPS - 1] * 0.9),
                "valAccuracy": float(curve.accuracy[epoch * STEPS - 1]),
                "seconds": self._seconds / EPOCHS,
                "learningRate": self.rate,
            }
            for epoch in range(1, step // STEPS + 1)
            if epoch > seen["epoch"]
        ]
        checks = [
            {
                "step": at,
                "loss": float(curve.loss[max(0, at - 1)] * 0.95),
                "accuracy": 0.985 - 0.88 * float(np.exp(-at / 28)),
            }
            for at in range(0, step + 1, 20)
            if at > seen["check"]
        ]
        samples = {"labels": curve.labels.tolist(), **curve.read_samples(step)}
        if not since:
            samples["images"] = [encode_bytes(image) for image in curve.images]
        return {
            "id": self.id,
            "state": self.state,
            "share": self.done,
            "secondsLeft": (1 - self.done) * self._seconds,
            "epoch": step // STEPS,
            "numEpochs": EPOCHS,
            "learningRate": self.rate,
            "steps": {
                "from": seen["step"] + 1,
                "loss": curve.loss[seen["step"] : step].round(4).tolist(),
                "accuracy": curve.accuracy[seen["step"] : step].round(4).tolist(),
            },
            "checks": checks,
            "epochs": epochs,
            "filters": curve.filters(step) if checks else None,
            "confusion": curve.confusion(step),
            "samples": samples,
            "pad": curve.read_pad(image, step),
            "kept": list(range(1, step // STEPS + 1)),
            "events": self.events,
        }


class Studio:
    """All runs, and the functions that the tab calls."""

    def __init__(self, seconds, engine="warm"):
        self._seconds = seconds
        self._engine = engine
        self._curve = Curve()
        self._runs = []
        self._numbers = count(1)

    @property
    def functions(self):
        own = (
            self.look_at_training,
            self.begin_training,
            self.steer_training,
            self.check_network,
            self.replay_training,
            self.preview_augmentation,
            self.read_network_code,
        )
        return tuple(map(never_raise, own))

    def look_at_training(self, message):
        waiting = [run for run in self._runs if run.state in ACTIVE]
        for run in waiting:
            run.play(run is waiting[0])
        waiting = [run for run in self._runs if run.state in ACTIVE]
        places = {run.id: place for place, run in enumerate(waiting)}
        answer = {
            "training": {
                "allowed": self._engine != "missing",
                "reason": "" if self._engine != "missing" else "Training needs TensorFlow.",
                "isOwner": False,
                "engine": self._engine,
                "share": 1.0,
                "problem": "",
            },
            "runs": [run.describe(places.get(run.id, 0), self._curve) for run in reversed(self._runs)],
        }
        if not message.get("since"):
            answer["recipes"] = [self._describe_recipe(recipe) for recipe in RECIPES.values()]
        found = [run for run in self._runs if run.id == message.get("run")]
        if found:
            answer["run"] = found[0].tell(message.get("since"), message.get("image"), self._curve)
        return answer

    def begin_training(self, message):
        if self._engine == "missing":
            raise QueryError("Training needs TensorFlow.")
        self._runs.append(Run(next(self._numbers), message, self._seconds))
        return {"run": self._runs[-1].id}

    def steer_training(self, message):
        (run,) = [run for run in self._runs if run.id == message["run"]]
        action, value = message["action"], message.get("value")
        if action in ("pause", "resume"):
            run.state = "paused" if action == "pause" else "running"
            run.events.append({"step": run.step, "key": f"{action}d", "values": {}})
        elif action == "stop":
            run.finish("stopped")
        elif action == "rate":
            run.rate = value
            run.events.append({"step": run.step, "key": "rate", "values": {"rate": value}})
        elif action == "rename":
            run.name = value
        elif action == "share":
            run.is_shared = value
        elif action == "delete":
            self._runs.remove(run)
        elif action == "longer":
            return self.begin_training({"recipe": run.recipe, "changes": {"epochs": value}})
        return {}

    def check_network(self, message):
        recipe = change_recipe(RECIPES[message["recipe"]], message.get("changes", {}))
        layers = recipe.network.layers()
        words = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in message.get("changes", {}).items())
        lines = "\n".join(f"    keras.layers.{layer.code}," for layer in layers)
        return {
            "layers": [
                {
                    "name": layer.name,
                    "kind": layer.kind,
                    "options": layer.options,
                    "shape": list(layer.output_shape),
                    "parameters": layer.num_parameters,
                }
                for layer in layers
            ],
            "parameters": recipe.network.num_parameters,
            "seconds": 6.0 * recipe.epochs,
            "changes": recipe.list_changes(),
            "command": f"python -m mnist_core train {recipe.name} {words}".strip(),
            "keras": f"import keras\n\nmodel = keras.Sequential([\n    keras.Input((28, 28, 1)),\n{lines}\n])\n",
        }

    def replay_training(self, message):
        step = message["epoch"] * STEPS
        return {
            "epoch": message["epoch"],
            "pad": self._curve.read_pad(message.get("image"), step),
            "filters": self._curve.filters(step),
            "confusion": self._curve.confusion(step),
            "samples": self._curve.read_samples(step),
        }

    def preview_augmentation(self, message):
        changes = {name: value for name, value in message["changes"].items() if name in vars(Augmentation())}
        image = self._curve.images[14].astype(np.float32) / 255
        generator = np.random.default_rng(message.get("seed", 0))
        images = augment(np.repeat(image[None], 24, axis=0), Augmentation(**changes), generator)
        return {"images": [encode_bytes(np.rint(each * 255).astype(np.uint8)) for each in images]}

    def read_network_code(self, message):
        raise QueryError("No network was found in this text.")

    def _describe_recipe(self, recipe):
        network = recipe.network
        parts = {
            "filters": [block[0] for block in network.blocks],
            "kernel": network.kernel,
            "pooling": network.pooling,
            "pool_size": network.pool_size,
            "dense_units": list(network.dense_units),
            "dropout": network.dropout,
            "activation": network.activation,
        }
        return {
            "name": recipe.name,
            "epochs": recipe.epochs,
            "summary": network.summary,
            "parameters": network.num_parameters,
            "seconds": 6.0 * recipe.epochs,
            "changeable": {
                **{name: getattr(recipe, name) for name in _FIELDS},
                **parts,
                **vars(recipe.augmentation),
            },
        }


def main():
    from mnist_core import serve
    from mnist_core.ui import page, train

    studio = Studio(float(os.environ.get("PLAYED_SECONDS", "6")), os.environ.get("PLAYED_ENGINE", "warm"))
    build = train.tab.build_train
    page.build_train = lambda reader, *_: build(reader, studio.functions)
    return serve.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
