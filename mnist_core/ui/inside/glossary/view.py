"""The words of the field, each with the real numbers of a model and the visitor's drawing."""

from __future__ import annotations

from ....checks import check_whole
from ....data.sample import load_sample
from ....errors import QueryError
from ...wire import LiveFunction, Message, decode_image
from ..bench import Bench
from .answer_terms import ANSWER_TERMS
from .case import Case
from .data_terms import DATA_TERMS
from .layer_terms import LAYER_TERMS
from .training_terms import TRAINING_TERMS

GROUPS = {"data": DATA_TERMS, "layers": LAYER_TERMS, "answers": ANSWER_TERMS, "training": TRAINING_TERMS}
TERMS = {name: describe for terms in GROUPS.values() for name, describe in terms.items()}
# Where there is no drawing: one of the built-in images, a 4.
SAMPLE = 2019


def glossary_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the function that the glossary's script calls."""

    def describe_terms(message: Message) -> Message:
        """Answers `{image?, label?, model, term?}` with `{model, sample, groups, terms}`: all terms, or one.

        Without an image the entries are about a built-in sample, `{index, label}`. A term has name, figures, values and
        either shown, which names its text, or lacks, which says what the model does not have.
        """
        case = _open_case(bench, message)
        term = message.get("term")
        if term and (not isinstance(term, str) or term not in TERMS):
            raise QueryError("There is no term {term!r}. Choose one from the list.", term=term)
        chosen = {term: TERMS[term]} if term else TERMS
        return {
            "model": case.stored.name,
            "sample": None if message.get("image") else {"index": SAMPLE, "label": case.label},
            "groups": {group: list(terms) for group, terms in GROUPS.items()},
            "terms": [{"name": name, **describe(case)} for name, describe in chosen.items()],
        }

    return (describe_terms,)


def _open_case(bench: Bench, message: Message) -> Case:
    model = str(message.get("model") or "")
    anatomy, stored = bench.open(model), bench.models.find(model)
    if message.get("image"):
        label = message.get("label")
        if label is not None:
            check_whole("label", label, 0, 9)
        return Case(stored, anatomy, decode_image(message["image"]), label, bench.library)
    images, labels = load_sample()
    return Case(stored, anatomy, images[SAMPLE].astype("float32") / 255, int(labels[SAMPLE]), bench.library)
