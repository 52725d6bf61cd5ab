"""Sequences of unequal length with a target in each step: steps that are not there count nothing."""

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy import build, data
from lernpy.errors import DataError, LernpyError

TABLE = """sentence,word,tag
a,the,DET
a,dog,NOUN
a,runs,VERB
b,run,VERB
c,the,DET
c,run,NOUN
"""
ENDS = (("identity", "squared_error"), ("tanh", "huber"), ("softmax", "cross_entropy"))
LENGTHS = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "tags.csv").write_text(TABLE)
    return tmp_path / "tags.csv"


def tagger(seed=0, **how):
    settings = {"output_activation": "softmax", "loss": "cross_entropy", **how}
    return lernpy.unroll(build.elman([4, 3, 3], seed=seed, **settings), 3, shorter=True)


@given(st.sampled_from(sorted(build.CELLS)), st.sampled_from(ENDS), LENGTHS, st.integers(0, 99))
def test_it_learns_what_a_network_for_each_length_learns(kind, ends, lengths, seed):
    """The loss of all, and the blame of each weight, are those of networks with as many steps."""
    rng = np.random.default_rng(seed)
    output, loss = ends
    cell = build.CELLS[kind]([1, 2, 2], seed=seed, output_activation=output, loss=loss)
    for weight in cell.network.weights:
        weight.value += 0.0 if weight.rule.frozen else rng.uniform(-0.5, 0.5)
    x = [rng.uniform(-1, 1, (length, 1)) for length in lengths]
    t = [np.eye(2)[rng.integers(0, 2, length)] for length in lengths]
    wanted, blames = 0.0, 0.0
    for inputs, targets in zip(x, t, strict=True):
        wanted += lernpy.unroll(cell, len(inputs)).collect(inputs.ravel(), targets.ravel())
        blames += blames_of(cell)

    rows = data.Dataset("rows", np.vstack(x), np.vstack(t))
    made = data.in_steps(rows, np.repeat(range(len(x)), lengths).tolist(), 4, read="every")
    whole = lernpy.unroll(cell, 4, shorter="on@1" in made.input_names)
    samples = zip(*data.Card.of(made).prepare(made), strict=True)
    assert sum(whole.collect(*sample) for sample in samples) == pytest.approx(wanted, rel=1e-12)
    assert blames_of(cell) == pytest.approx(blames, rel=1e-9, abs=1e-12)


def blames_of(cell):
    """What the weights are to blame for."""
    return np.array([weight.sensitivity for weight in cell.network.weights])


@pytest.mark.parametrize("engine", ["python", "numpy", *(["jit"] if find_spec("numba") else [])])
def test_every_engine_learns_them(path, engine):
    tags = data.load(path, sequence="sentence", read="every")
    networks = [tagger(), tagger()]
    for network, name in zip(networks, ("graph", engine), strict=True):
        lernpy.train(network, tags, 20, engine=name, learning_rate=0.3, seed=0)
    ours, theirs = ([weight.value for weight in network.weights] for network in networks)
    assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-12)
    assert lernpy.evaluate(networks[1], tags).accuracy == 1.0


def test_what_is_absent_is_not_judged():
    """Who always says 2 is off by 1 in all three steps that are there, and right in none."""
    rows = data.Dataset("d", [[0], [0], [0]], [[1], [3], [1]])
    made = data.in_steps(rows, "abb", read="every")
    assert np.isnan(made.targets[0, 0]) and made.targets[1].tolist() == [3, 1]
    network = lernpy.unroll(build.elman([1, 1, 1], init="zeros"), 2, shorter=True)
    network.links["on@1", "y1@1"].weight.value = 2.0
    evaluation = lernpy.evaluate(network, made)
    assert evaluation.loss == (0.5 + 0.5 + 0.5) / 2
    assert evaluation.mae == evaluation.rmse == 1.0
    network.card = data.Card.of(made)
    answers = lernpy.predict(network, [[None, 0, 5, 1], [6, 1, 7, 1]]).answers
    assert np.isnan(answers[0, 0]) and answers[0, 1] == 2 and (answers[1] == 2).all()


def test_targets_are_scaled_alike_in_all_steps_and_the_absent_are_0():
    rows = data.Dataset("d", [[0], [0], [0]], [[10], [30], [50]])
    made = data.in_steps(rows, "abb", read="every")
    card = data.Card.of(made, "minmax", "minmax")
    assert card.prepare(made)[1].tolist() == [[0, 0], [0.5, 1]]
    assert card.target_scaling.shift.tolist() == [10, 10]


def test_a_table_is_read_again_as_it_was_learned(path):
    """Classes are an output each; another table has them in the same order."""
    tags = data.load(path, sequence="sentence", read="every")
    assert tags.output_names[:3] == ("DET@1", "NOUN@1", "VERB@1")
    assert tags.targets[1, -3:].tolist() == [0, 0, 1] and np.isnan(tags.targets[1, :-3]).all()
    card = data.Card.from_json(data.Card.of(tags, "standard").to_json())
    path.write_text("sentence,word,tag\nd,dog,NOUN\nd,runs,VERB\n")
    again = data.load(path, sequence="sentence", like=card)
    assert again.output_names == tags.output_names
    assert again.targets[0, 3:].tolist() == [0, 1, 0, 0, 0, 1]
    path.write_text("sentence,word,tag\nd,dog,DOG\n")
    with pytest.raises(DataError, match="line 2, column 'tag': 'DOG'"):
        data.load(path, sequence="sentence", like=card)


def test_two_classes_are_two_outputs(path):
    path.write_text("who,x,ill\na,1,no\na,2,yes\nb,2,yes\n")
    ill = data.load(path, sequence="who", read="every")
    assert ill.output_names == ("no@1", "yes@1", "no@2", "yes@2")
    again = data.load(path, sequence="who", like=data.Card.of(ill))
    assert np.array_equal(again.targets, ill.targets, equal_nan=True)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (lambda: tagger(loss="squared_error"), "'y1@1' is 0.333333 where a step is absent"),
        (
            lambda: tagger(output_activation="sigmoid", loss="binary_cross_entropy"),
            "'y1@1' is 0.5 where a step is absent, which binary_cross_entropy would count",
        ),
        (lambda: lernpy.layered([15, 9], "tanh"), "'bias' speaks in all steps"),
    ],
)
def test_a_network_for_which_absent_steps_would_count_is_refused(path, network, words):
    tags = data.load(path, sequence="sentence", read="every")
    with pytest.raises(LernpyError, match=words):
        lernpy.train(network(), tags, 1)


def test_read_is_for_sequences(path):
    with pytest.raises(DataError, match='read="every" is for sequences; name their column'):
        data.load(path, read="every")
