"""Training: epoch after epoch, with validation, early stopping, checkpoints and a table of it all."""

from lernpy.training.advice import Advice, advise
from lernpy.training.answer import Answers, predict
from lernpy.training.crossval import CrossValidation, cross_validate
from lernpy.training.history import Epoch, History
from lernpy.training.metrics import Evaluation, evaluate
from lernpy.training.run import Run, epochs, train
from lernpy.training.settings import Settings

__all__ = [
    "Advice",
    "Answers",
    "CrossValidation",
    "Epoch",
    "Evaluation",
    "History",
    "Run",
    "Settings",
    "advise",
    "cross_validate",
    "epochs",
    "evaluate",
    "predict",
    "train",
]
