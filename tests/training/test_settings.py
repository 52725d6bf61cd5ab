"""Settings: one list, that editors, `help()` and errors know."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import get_type_hints

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError
from lernpy.training import settings
from lernpy.training.settings import Options, Settings

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
TAKE_SETTINGS = (lernpy.train, lernpy.epochs, lernpy.cross_validate)


def test_what_editors_complete_is_what_settings_has():
    """All of it but the number of epochs and the seed, which the functions name themselves."""
    known = get_type_hints(Settings, vars(settings))
    del known["epochs"], known["seed"]

    assert get_type_hints(Options, vars(settings)) == known


@pytest.mark.parametrize("function", TAKE_SETTINGS, ids=lambda function: function.__name__)
def test_help_names_every_setting_with_a_line(function):
    parameters = inspect.signature(function).parameters
    lines = inspect.getdoc(function).splitlines()

    for field in fields(Settings):
        assert field.name in parameters
        assert sum(line.startswith(f"{field.name} : ") for line in lines) == 1, field.name
    assert not any(p.kind is p.VAR_KEYWORD for p in parameters.values())


@pytest.mark.parametrize("function", TAKE_SETTINGS, ids=lambda function: function.__name__)
def test_the_usual_values_are_those_of_settings(function):
    parameters = inspect.signature(function).parameters
    named = {"epochs", "seed", "n_jobs"}  # of the function itself

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
