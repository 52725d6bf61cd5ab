"""Training: epoch after epoch, with validation, early stopping, checkpoints and a table of it all.

Read `settings.py` (what one can choose), then `run.py` (how an epoch goes). Around a run stand
`prepare.py` (data to arrays), `ranges.py` (whether the outputs suit the loss), `patience.py`,
`checkpoint.py`, `failure.py` (who blew up first), `history.py` and `rows.py` (the table). Afterwards:
`metrics.py` and `answer.py` (how well, and what it says), `crossval.py`, `advice.py`, `recipe.py`; `windows.py`
is for sequences too long to unroll; `missed.py` says which link is not there, and adds it.

May know: build, data, engine, files, functions, network. It prints and draws nothing.
"""

from lernpy.training.advice import advise
from lernpy.training.answer import Answers, predict
from lernpy.training.case import Advice
from lernpy.training.crossval import CrossValidation, cross_validate
from lernpy.training.history import Epoch, History
from lernpy.training.metrics import Evaluation, evaluate
from lernpy.training.missed import Missed, grow, missed, shrink
from lernpy.training.run import Run, epochs, train
from lernpy.training.settings import Settings
from lernpy.training.windows import Window, windows

__all__ = [
    "Advice",
    "Answers",
    "CrossValidation",
    "Epoch",
    "Evaluation",
    "History",
    "Missed",
    "Run",
    "Settings",
    "Window",
    "advise",
    "cross_validate",
    "epochs",
    "evaluate",
    "grow",
    "missed",
    "predict",
    "shrink",
    "train",
    "windows",
]


def __dir__() -> list[str]:
    return sorted(__all__)
