"""The stored models, as the page describes them."""

from __future__ import annotations

from ..checks import is_text
from ..models.store import StoredModel
from ..services.reader import Reader
from .wire import LiveFunction, Message


def models_of(reader: Reader) -> LiveFunction:
    """Returns the function that both tabs ask for the models that can answer."""

    def describe_models(message: Message) -> Message:
        """Answers `{}` with `{models, device, note}`."""
        del message
        models = [_describe_model(model) for model in reader.models.list_all() if is_text(model.name)]
        return {"models": models, "device": reader.device.name, "note": reader.device.note}

    return describe_models


def name_model(model: StoredModel) -> str:
    """Returns what people call a stored model: the folder's name if somebody chose it, else what was trained."""
    if not model.name.startswith(f"{model.recipe.name}-"):
        return model.name
    changes = ", ".join([*([] if model.data_name == "mnist" else [model.data_name]), *model.recipe.list_changes()])
    return f"{model.recipe.name} ({changes})" if changes else model.recipe.name


def _describe_model(model: StoredModel) -> Message:
    """Returns the model for the page; figures that are not known of it are None."""
    test = model.figure("test", "accuracy"), model.figure("test", "interval", 0), model.figure("test", "interval", 1)
    return {
        "name": model.name,
        "label": name_model(model),
        "recipe": model.recipe.name,
        "bytes": model.num_bytes,
        "complete": model.complete,
        "parameters": model.figure("parameters"),
        "validation_accuracy": model.figure("validation", "accuracy"),
        "data": _name_data(model),
        "images": model.figure("num_training_images"),
        "epochs": len(model.history),
        "seconds": model.figure("seconds"),
        "test": None if None in test else {"accuracy": test[0], "interval": list(test[1:])},
    }


def _name_data(model: StoredModel) -> str:
    name = "MNIST" if model.data_name == "mnist" else model.data_name
    return name + (" and pen ink" if model.learned_ink else "")
