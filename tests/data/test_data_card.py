"""Scaling and the card: what a network needs to be asked in plain words, and to answer so."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lernpy import data
from lernpy.data import Card, Column, Dataset, Scaling, align
from lernpy.errors import DataError, FileFormatError, LernpyError, ShapeError, UnknownNameError

# Scaling


def test_standard_by_hand():
    """1, 2, 3: mean 2, standard deviation the root of 2/3."""
    scaling = Scaling.fit("standard", [[1, 7], [2, 7], [3, 7]])
    assert scaling.shift.tolist() == [2, 7]
    assert scaling.scale.tolist() == [pytest.approx((2 / 3) ** 0.5), 1]
    assert scaling.apply([[2, 7], [3, 7]]).tolist() == [[0, 0], [pytest.approx(1.5**0.5), 0]]


def test_minmax_image_and_none():
    values = [[0.0, -5.0], [10.0, 5.0]]
    assert Scaling.fit("minmax", values).apply([[5, 0], [20, -10]]).tolist() == [
        [0.5, 0.5],
        [2, -0.5],
    ]
    assert Scaling.fit("image", values, 255).apply([[51, 255]]).tolist() == [[0.2, 1]]
    assert Scaling.fit("none", values).apply(values).tolist() == values
    assert Scaling.none(2).apply(values).tolist() == values


def test_a_constant_column_becomes_0():
    """Also where the mean of equal numbers is not quite that number."""
    values = np.full((7, 2), [0.1, 1e300])
    for kind in ("standard", "minmax"):
        assert Scaling.fit(kind, values).apply(values).tolist() == [[0, 0]] * 7


def test_one_hot_columns_are_left_as_they_are():
    fruit = data.load("fruit")
    card = Card.of(fruit, scaling="standard")
    scaled = card.scaling.apply(fruit.inputs)
    assert (scaled[:, 1:] == fruit.inputs[:, 1:]).all()
    assert scaled[:, 0].mean() == pytest.approx(0, abs=1e-12)
    assert scaled[:, 0].std() == pytest.approx(1)


def test_bytes_become_floats_in_one_go():
    values = np.array([[0, 255], [51, 0]], dtype=np.uint8)
    for kind in ("standard", "minmax", "image", "none"):
        scaling = Scaling.fit(kind, values, 255)
        assert scaling.apply(values).dtype == np.float64
        assert scaling.invert(scaling.apply(values)) == pytest.approx(values.astype(float))
    assert Scaling.fit("minmax", values).apply(values).tolist() == [[0, 1], [1, 0]]


@given(
    arrays(np.float64, (6, 3), elements=st.floats(-1e6, 1e6)),
    st.sampled_from(["standard", "minmax", "image", "none"]),
)
def test_what_was_scaled_can_be_scaled_back(values, kind):
    scaling = Scaling.fit(kind, values, 16.0)
    assert (scaling.scale != 0).all()
    largest = np.abs(values).max(initial=1.0)
    assert np.abs(scaling.invert(scaling.apply(values)) - values).max() <= 1e-12 * largest
    again = Scaling.from_json(json.loads(json.dumps(scaling.to_json())))
    assert (again.apply(values) == scaling.apply(values)).all()
    if kind == "minmax":
        scaled = scaling.apply(values)
        assert scaled.min() >= 0 and scaled.max() <= 1 + 1e-9


def test_wrong_uses_of_scaling():
    with pytest.raises(
        UnknownNameError, match=r"no scaling is called 'standart'. Did you mean 'standard'"
    ):
        Scaling.fit("standart", [[1]])
    for maximum in (None, 0, -1, np.inf, np.nan):
        with pytest.raises(DataError, match="largest value of a pixel"):
            Scaling.fit("image", [[1]], maximum)
    with pytest.raises(DataError, match="not huge"):
        Scaling.fit("minmax", [[-1.7e308], [1.7e308]])
    with pytest.raises(ShapeError, match="a table"):
        Scaling.fit("standard", [1, 2])
    scaling = Scaling.fit("standard", [[1, 2], [3, 4]])
    for wrong, got in [([[1, 2, 3]], "3"), (5, "a single number")]:
        with pytest.raises(ShapeError, match=f"has 2 columns, but the samples have {got}"):
            scaling.apply(wrong)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "guess"}, r"kind is .*; .*one of standard"),
        ({"kind": None}, r"kind is .*; one of standard"),
        ({"size": 0}, r"size is .*; .*a whole number from 1"),
        ({"size": True}, r"size is .*; .*a whole number"),
        ({"size": 10**12}, r"size is .*; .*a whole number"),
        ({"size": 3}, r"shift is .*; .*a finite number or a list of 3"),
        ({"shift": "0"}, r"shift is .*; .*a finite number"),
        ({"shift": [1, None]}, r"shift is .*; .*a finite number"),
        ({"shift": [1, float("inf")]}, r"shift is .*; .*a finite number"),
        ({"shift": [1, 10**400]}, r"shift is .*; .*a finite number"),
        ({"shift": [1, True]}, r"shift is .*; .*a finite number"),
        ({"scale": [1, 0]}, "net.scale is 0 in column 2"),
        ({"scale": []}, "a list of 2"),
    ],
)
def test_a_scaling_from_a_stranger(change, message):
    valid = {"kind": "standard", "size": 2, "shift": [1.0, 2.0], "scale": [1.0, 3.0]}
    assert len(Scaling.from_json(valid)) == 2
    with pytest.raises(FileFormatError, match=message):
        Scaling.from_json({**valid, **change}, "net")
    for key in valid:
        with pytest.raises(FileFormatError, match=f"has no '{key}'"):
            Scaling.from_json({k: v for k, v in valid.items() if k != key})


# Card


def fruit_card():
    return Card.of(data.load("fruit"), scaling="standard", training={"epochs": 5, "layers": [3]})


def test_a_row_as_typed_becomes_inputs():
    """160 g, red, smooth, medium: the weight is scaled, the kinds are 0 and 1."""
    card = fruit_card()
    encoded = card.encode(
        [["160", " red ", "smooth", "medium"], [160.0, "red", "smooth", "medium"]]
    )
    assert encoded[0].tolist() == encoded[1].tolist()
    assert encoded[0, 1:].tolist() == [0, 0, 1, 0, 0, 1, 0, 1, 0]
    assert encoded[0, 0] == (160 - card.scaling.shift[0]) / card.scaling.scale[0]


def test_an_array_of_numbers_is_encoded_whole():
    card = Card.of(data.load("iris"), scaling="minmax")
    rows = data.load("iris").inputs
    assert (card.encode(rows) == card.encode(rows.tolist())).all()
    with pytest.raises(DataError, match="sample 1, column 'sepal_length': the cell is empty"):
        card.encode(np.array([[np.nan, 1, 2, 3]]))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            [150, "blue", "smooth", "small"],
            "sample 1, column 'colour': 'blue' was never seen in trai",
        ),
        ([150, "Red", "smooth", "small"], "'Red' was never seen in training. Did you mean 'red'"),
        (["heavy", "red", "smooth", "small"], "column 'weight': 'heavy' is not a number"),
        (["", "red", "smooth", "small"], "column 'weight': the cell is empty"),
        (["inf", "red", "smooth", "small"], "column 'weight': 'inf' is not a finite number"),
        ([None, "red", "smooth", "small"], "column 'weight': the cell is empty"),
        ([150, "red", "smooth"], "3 values, but 4 are needed: weight, colour, texture, size"),
        ([150], "has 1 value, but 4 are needed"),
        ("150,red", "must be a row of values"),
        (150, "must be a row of values"),
    ],
)
def test_a_row_that_cannot_be_encoded(row, message):
    with pytest.raises(LernpyError, match=message):
        fruit_card().encode([row])


def test_no_rows():
    assert fruit_card().encode([]).shape == (0, 10)


def test_answers_of_classes():
    answers, confidence = fruit_card().decode([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
    assert answers == ["banana", "apple"]
    assert confidence is not None and confidence.tolist() == [0.7, 0.5]


def test_answers_of_one_output():
    answers, confidence = Card.of(data.load("xor")).decode([[0.9], [0.2], [0.5]])
    assert answers == ["1", "0", "1"]
    assert confidence is not None and confidence.tolist() == [0.9, 0.8, 0.5]
    answers, confidence = Card.of(data.load("xor")).decode([-3.0])
    assert confidence is not None and (answers, confidence.tolist()) == (["0"], [1.0])


def test_answers_of_numbers_come_in_the_datas_own_units():
    heights = Dataset("heights", [[1], [2], [3]], [[150], [170], [190]])
    card = Card.of(heights, scaling="standard", target_scaling="minmax")
    _, targets = card.prepare(heights)
    answers, confidence = card.decode([[0.25]])
    assert targets.ravel().tolist() == [0, 0.5, 1]
    assert np.asarray(answers).tolist() == [[160]] and confidence is None


def test_answers_of_percentages():
    answers, confidence = Card.of(data.load("abcd")).decode([[0.1, 0.9, 0.5, 0.4]])
    assert np.asarray(answers).tolist() == [[0.1, 0.9, 0.5, 0.4]] and confidence is None


def test_the_wrong_number_of_outputs():
    with pytest.raises(ShapeError, match="has 3 outputs, but got 2 values"):
        fruit_card().decode([[1, 2]])
    with pytest.raises(ShapeError, match="outputs must have 2 dimensions"):
        fruit_card().decode([[[1, 2, 3]]])
    with pytest.raises(DataError, match="the outputs must be rows of numbers"):
        fruit_card().decode([["a", "b", "c"]])


@pytest.mark.parametrize("wrong", [3, None, "abc", {"weight": 1}])
def test_what_is_no_list_of_rows(wrong):
    with pytest.raises(ShapeError, match="the samples must be a list of rows"):
        fruit_card().encode(wrong)
    with pytest.raises(ShapeError, match="sample 1 must be a row of values"):
        fruit_card().encode([wrong])


@pytest.mark.parametrize("wrong", [[["a"]], [[1], [1, 2]], [[1j]]])
def test_a_scaling_of_no_numbers(wrong):
    with pytest.raises(DataError, match=r"fitted to must be (rows of|real) numbers"):
        Scaling.fit("standard", wrong)
    with pytest.raises(DataError, match=r"samples to scale must be (rows of |real )?numbers"):
        Scaling.none(1).apply(wrong)


def test_only_the_targets_of_a_regression_are_scaled():
    with pytest.raises(DataError, match="only the targets of a regression"):
        Card.of(data.load("iris"), target_scaling="standard")


def test_scaling_is_fitted_on_the_training_part_only():
    training, _, test = data.split(data.load("iris"), test=0.3)
    assert test is not None
    card = Card.of(training, scaling="standard")
    inputs, _ = card.prepare(training)
    assert inputs.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    seen, _ = card.prepare(test)
    assert seen == pytest.approx((test.inputs - training.inputs.mean(0)) / training.inputs.std(0))
    assert np.abs(seen.mean(axis=0)).max() > 1e-3


def test_the_card_takes_only_what_json_can_hold():
    with pytest.raises(DataError, match="training must be plain values"):
        Card.of(data.load("xor"), training={"rate": float("nan")})


CARDS = {name: Card.of(data.load(name), "standard") for name in ("fruit", "xor", "abcd", "sine")}
CARDS["digits"] = Card.of(data.load("digits"), "image")


@pytest.mark.parametrize("name", CARDS)
def test_a_card_comes_back_from_json_as_it_was(name):
    card, dataset = CARDS[name], data.load(name)
    again = Card.from_json(json.loads(json.dumps(card.to_json())))
    for key in ("data", "task", "columns", "input_names", "output_names", "classes", "image"):
        assert getattr(again, key) == getattr(card, key)
    assert (again.prepare(dataset)[0] == card.prepare(dataset)[0]).all()
    assert (data.reload(again.data, like=again).targets == dataset.targets).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "guess"}, r"task is .*; .*one of classification, regression, percentages"),
        ({"task": "regression"}, r"classes is .*; .*empty"),
        ({"classes": ["a"]}, r"classes is .*; .*the names of the classes of 3 outputs"),
        (
            {"classes": ["a"], "output_names": ["y"]},
            r"classes is .*; .*the names of the classes of 1",
        ),
        ({"classes": ["a", "a", "b"]}, r"classes is .*; .*a list of texts that all differ"),
        ({"classes": [["a"], "b", "c"]}, r"classes is .*; .*a list of texts"),
        ({"columns": ["weight"]}, r"columns is .*; .*columns that make the 10 inputs"),
        ({"columns": []}, r"columns is .*; .*"),
        ({"columns": [5]}, r"columns\[0\] is 5; an object"),
        ({"columns": [{"name": "a"}]}, "has no 'kinds'"),
        ({"columns": ["a", "a"]}, r"columns is .*; .*a list of columns with names that all differ"),
        ({"input_names": "x"}, r"input_names is .*; .*a list"),
        ({"output_names": [], "classes": []}, r"output_names is .*; .*at least one name"),
        ({"image": [2, 6]}, r"image is .*; .*null or the height and width"),
        ({"image": [True, 10]}, r"image is .*; .*"),
        ({"image": [10]}, r"image is .*; .*"),
        ({"image": 5}, r"image is .*; .*"),
        ({"scaling": 5}, "net.scaling is 5; an object"),
        ({"scaling": {"kind": "none", "size": 2, "shift": 0, "scale": 1}}, "has 2 columns, not 10"),
        ({"training": []}, r"training is .*; .*an object of plain finite values"),
        ({"training": {"a": float("inf")}}, r"training is .*; .*an object of plain finite"),
        ({"data": {"a": {1: 2}}}, r"data is .*; .*an object of plain"),
    ],
)
def test_a_card_from_a_stranger(change, message):
    with pytest.raises(FileFormatError, match=message):
        Card.from_json({**CARDS["fruit"].to_json(), **change}, "net")


def test_a_card_that_is_nested_too_deeply():
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"a": deep}
    with pytest.raises(FileFormatError, match=r"training is .*; .*"):
        Card.from_json({**CARDS["fruit"].to_json(), "training": deep})


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.one_of(st.integers(-3, 3), st.text(max_size=2), st.floats()), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def places(value, path=()):
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


@pytest.mark.parametrize("name", ["fruit", "xor", "sine"])
def test_mutants_of_a_card_are_read_or_refused(name):
    """Any value at any place replaced or removed: a card that works, or an error of ours."""
    valid = json.loads(json.dumps(CARDS[name].to_json()))
    known = [path for path in places(valid) if path]

    @settings(max_examples=500, deadline=None)
    @given(st.sampled_from(known), st.one_of(st.just("remove"), JUNK))
    def check(path, junk):
        mutant = copy.deepcopy(valid)
        inside = mutant
        for key in path[:-1]:
            inside = inside[key]
        if isinstance(junk, str) and junk == "remove":
            del inside[path[-1]]
        else:
            inside[path[-1]] = junk
        try:
            card = Card.from_json(mutant)
        except FileFormatError as error:
            assert "\n" not in str(error) and "card" in str(error)
            return
        again = Card.from_json(card.to_json())
        numbers = np.zeros((1, len(card.input_names)))
        assert np.isfinite(again.scaling.apply(numbers)).all()
        again.decode(np.zeros((1, len(card.output_names))))

    check()


@given(JUNK)
def test_anything_instead_of_a_card(junk):
    with pytest.raises(FileFormatError):
        Card.from_json(junk)


# Making data alike


def test_columns_are_found_by_name_and_classes_too():
    like = Dataset(
        "like", [[1, 2], [3, 4]], [[0], [1]], columns=(Column("a"), Column("b")),
        classes=("no", "yes"), task="classification",
    )  # fmt: skip
    other = Dataset(
        "other", [[20, 10], [40, 30]], [[1], [0]], columns=(Column("b"), Column("a")),
        classes=("yes", "no"), task="classification",
    )  # fmt: skip
    made = align(other, like)
    assert made.inputs.tolist() == [[10, 20], [30, 40]]
    assert made.targets.tolist() == [[0], [1]]
    assert align(like, like) is like


def test_a_pair_is_aligned_by_order():
    xor = data.load("xor")
    pair = Dataset.of(([[1, 0]], [[1]]))
    assert align(pair, xor).targets.tolist() == [[1]]
    iris = data.load("iris")
    pair = Dataset.of((iris.inputs, iris.targets))
    assert align(pair, iris).classes == iris.classes
    assert (align(pair, iris).targets == iris.targets).all()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (Dataset("o", [[1, 2, 3]], [[1]]), "o has 3 columns .x1, x2, x3., but 2 are needed: x1, x2"),
        (Dataset("o", [[1, 2]], [[1, 2]]), r"o is for regression .y1, y2., but classification is needed .y."),
        (Dataset("o", [[1, 2]], [[1]]), r"o is for regression .y., but classification is needed .y."),
        (
            Dataset(
                "o", [[1, 2]], [[1]], classes=("0", "2"), task="classification",
            ),
            "o, sample 1, class: '2' was never seen in training",
        ),
        (
            Dataset("o", [[1, 0, 5]], [[1]], (Column("x1", ("a", "b")), Column("x2"))),
            "o: column 'x1' has kinds, but it had numbers",
        ),
    ],
)  # fmt: skip
def test_data_that_do_not_fit(other, message):
    with pytest.raises(LernpyError, match=message):
        align(other, data.load("xor"))


def test_classes_are_taken_for_percentages_if_there_are_as_many_outputs():
    like = Dataset("like", [[1, 2]], [[0.25, 1]], task="percentages")
    two = Dataset.of(([[1, 2], [3, 4]], [[0, 1], [1, 0]]))
    assert align(two, like).targets.tolist() == [[0, 1], [1, 0]]
    with pytest.raises(LernpyError, match=r"is for classification .y., but percentages is needed"):
        align(data.load("xor"), like)


def test_a_scale_that_would_make_everything_infinite_is_refused():
    told = {"kind": "standard", "size": 1, "shift": 0.25, "scale": 2.2e-313}
    with pytest.raises(FileFormatError, match=r"scale is 2\.2e-313 in column 1, too small"):
        Scaling.from_json(told)
