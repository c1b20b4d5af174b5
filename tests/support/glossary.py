"""The texts of the glossary, and what they name."""

from mnist_core.ui.inside.glossary.view import TERMS

TWO_TEXTS = (
    *("class", "label", "one_hot", "normalisation", "relu", "pooling", "flatten"),
    *("momentum", "overfitting", "transfer_learning", "calibration"),
)
LACKS = ("convolution", "hidden", "pooling", "history", "counts", "dropout", "augmentation")
TERM_TEXTS = (
    *TERMS,
    *(f"{term}_{ending}" for term in TERMS for ending in ("school", "university", "shown")),
    *(f"{term}_shown_other" for term in TWO_TEXTS),
)
_WORDS = """
    after all_labels averaging batch_size before bias block byte change damage digit each_epoch eight_values elastic
    epoch error fate filter flip_horizontal flip_vertical floor frozen gradient image input label label_row layer
    learning learning_rate limit logit loss map mean minus_log no_digit no_digits number numbers optimizer others output
    patch
    pen_drawings piece pixels_of_row power probability product products reading result rotation row scale schedule
    setting shape share shear shift signed some_inputs step steps_an_epoch stretch temperature thickness trained_on
    training training_accuracy training_images tried unit validation validation_accuracy value warming weight
    weight_decay with_momentum without_momentum would_be_kept would_be_new
"""
WORDS = tuple(_WORDS.split())
