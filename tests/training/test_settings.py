"""Settings: one list, that editors, `help()` and errors know."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import get_type_hints

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError
from lernpy.notebook.buttons import Buttons
from lernpy.training import settings
from lernpy.training.doctor import Trial
from lernpy.training.settings import ONE_RUN, Options, Settings, Shared

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
TAKE_SETTINGS = (lernpy.train, lernpy.epochs, lernpy.cross_validate)


def test_what_editors_complete_is_what_settings_has():
    """All of it but the number of epochs and the seed, which the functions name themselves."""
    known = get_type_hints(Settings, vars(settings))
    del known["epochs"], known["seed"]

    assert get_type_hints(Options, vars(settings)) == known
    shared = {name: kind for name, kind in known.items() if name not in ONE_RUN}
    assert get_type_hints(Shared, vars(settings)) == shared


@pytest.mark.parametrize("function", TAKE_SETTINGS, ids=lambda function: function.__name__)
def test_help_names_every_setting_with_a_line(function):
    parameters = inspect.signature(function).parameters
    lines = inspect.getdoc(function).splitlines()

    for field in fields(Settings):
        if field.name in ONE_RUN and function is lernpy.cross_validate:
            assert field.name not in parameters and f"{field.name} : " not in "\n".join(lines)
            continue
        assert field.name in parameters
        assert sum(line.startswith(f"{field.name} : ") for line in lines) == 1, field.name
    assert not any(p.kind is p.VAR_KEYWORD for p in parameters.values())


@pytest.mark.parametrize("function", TAKE_SETTINGS, ids=lambda function: function.__name__)
def test_the_usual_values_are_those_of_settings(function):
    parameters = inspect.signature(function).parameters
    named = {"epochs", "seed", "n_jobs"}  # of the function itself
    named |= {*ONE_RUN} - set(parameters)

    assert {f.name: f.default for f in fields(Settings) if f.name not in named} == {
        name: p.default
        for name, p in parameters.items()
        if p.kind is p.KEYWORD_ONLY and name not in named
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"scale": True}, "no scaling is called True. Known: image, minmax, none, standard"),
        ({"scale": np.ones(2)}, "no scaling is called"),
        ({"shuffle": "no"}, "shuffle is 'no'; it is True or False"),
        ({"resume": 1}, "resume is 1; it is True or False"),
        ({"l1": "much"}, "the l1 is 'much'; it must be a number"),
        ({"learning_rate": [0.1]}, "the learning rate is a list of 1; it must be a number"),
        ({"checkpoint": 5}, "checkpoint is 5; it must name a folder"),
        ({"engine": None}, "the engine is None; give its name"),
        ({"engine": ["numpy"]}, "the engine is a list of 1; give its name"),
        ({"engine": 5}, "the engine is 5; give its name"),
        ({"dtype": "int8"}, "calculates in float64 or float32 only, not in int8"),
        ({"dtype": None}, "the dtype is None; give its name"),
        ({"optimizer": 5}, "no optimizer is called 5"),
        ({"optimizer": ["adam"]}, "no optimizer is called"),
        ({"loss": ["huber"]}, "no loss is called"),
        ({"schedule": 5}, "no schedule is called 5"),
        ({"validation": "half"}, "half"),
        ({"validation": True}, "the validation part is True"),
        ({"class_weights": 5}, 'class weights are "balanced" or numbers by class, not 5'),
        ({"epochs": None}, "train needs an end: a number of epochs, or early_stop"),
    ],
)
def test_misuse_has_a_sentence(options, sentence):
    network = lernpy.layered([2, 3, 1], seed=0)
    before = [weight.value for weight in network.weights]

    with pytest.raises(LernpyError) as error:
        lernpy.train(network, XOR, **options)

    assert sentence in str(error.value)
    assert [weight.value for weight in network.weights] == before


# ---- several trainings -----------------------------------------------------------------------------


def doctor(**options):
    """What training refuses is an outcome to the doctor."""
    raise LernpyError(Trial.of(lernpy.data.load("xor"), epochs=1, **options).outcome().refused)


SEVERAL = {
    "cross_validate": lambda **options: lernpy.cross_validate(small, XOR, 2, epochs=1, **options),
    "doctor": doctor,
    "live": lambda **options: Buttons(small(0), XOR, **options),
}


def small(seed):
    return lernpy.layered([2, 3, 1], seed=seed)


@pytest.mark.parametrize("ask", SEVERAL.values(), ids=SEVERAL)
@pytest.mark.parametrize("name", ONE_RUN)
def test_no_training_resumes_anothers_weights(ask, name, tmp_path):
    """Who trains several times with the same settings refuses those of one run, before anything."""
    one = {"checkpoint": tmp_path / "runs", "every": 1, "resume": True}

    with pytest.raises(LernpyError, match=f"trains several times, and {name} is for one training"):
        ask(**{name: one[name]})

    assert not (tmp_path / "runs").exists()


def test_every_training_with_settings_in_common_names_those_of_one_run_nowhere():
    """What trains many nets at once has no checkpoint either."""
    for function in (lernpy.cross_validate, lernpy.train_many):
        assert not {*ONE_RUN} & {*inspect.signature(function).parameters}


WORKS = {
    "folds": 2,
    "seed": None,
    "epochs": 2,
    "n_jobs": 1,
    "batch_size": None,
    "learning_rate": 0.1,
    "optimizer": ("rmsprop", {}),
    "loss": "huber",
    "l1": 0.1,
    "l2": 0.1,
    "schedule": "cosine",
    "shuffle": False,
    "validation": 0.3,
    "early_stop": 1,
    "class_weights": "balanced",
    "scale": "standard",
    "rescale": True,
    "engine": "graph",
    "dtype": "float32",
    "metrics": True,
}


def test_every_setting_that_the_help_of_cross_validate_names_works():
    data = [[0, 0], [0, 1], [1, 0], [1, 1]] * 3, ["a", "b", "b", "a"] * 3
    usual = {"folds": 2, "epochs": 2}
    for name in inspect.signature(lernpy.cross_validate).parameters:
        if name not in ("build", "data"):
            result = lernpy.cross_validate(small, data, **{**usual, name: WORKS[name]})
            assert np.isfinite(result["loss"]).all(), name


def test_folds_start_alike_whatever_the_builder_hands_out():
    """A builder that returns one and the same net: no fold goes on from another, and that net stays."""
    network = small(0)
    before = [weight.value for weight in network.weights]
    how = {"folds": 2, "epochs": 3}

    same, fresh = (lernpy.cross_validate(b, XOR, **how) for b in (lambda seed: network, small))

    assert same["loss"].tolist() == fresh["loss"].tolist()
    assert [weight.value for weight in network.weights] == before


def test_a_fresh_seed_of_cross_validation_is_recorded():
    result = lernpy.cross_validate(small, XOR, 2, None, epochs=3)
    again = lernpy.cross_validate(small, XOR, 2, result.seed, epochs=3)
    other = lernpy.cross_validate(small, XOR, 2, None, epochs=3)

    assert again["loss"].tolist() == result["loss"].tolist()
    assert other.seed != result.seed
