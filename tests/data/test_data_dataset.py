"""A data set checks itself; splitting keeps proportions and loses no sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lernpy import data
from lernpy.data import Column, Dataset
from lernpy.errors import DataError, ShapeError


def two_by_two() -> Dataset:
    return Dataset("d", [[1, 2], [3, 4]], [[0], [1]])


def test_names_are_made_up_where_none_are_given():
    d = Dataset("d", [[1, 2], [3, 4]], [[0, 1], [1, 0]])

    assert d.input_names == ("x1", "x2")
    assert d.output_names == ("y1", "y2")
    assert [c.name for c in d.columns] == ["x1", "x2"]
    assert d.inputs.dtype == d.targets.dtype == np.float64
    assert len(d) == 2


def test_a_list_of_numbers_is_one_column():
    assert Dataset("d", [1, 2, 3], [2, 4, 6]).inputs.shape == (3, 1)


def test_a_column_of_kinds_expands():
    columns = (Column("weight"), Column("colour", ("green", "red")))
    d = Dataset("d", [[150, 0, 1]], [[1]], columns=columns)

    assert d.input_names == ("weight", "colour=green", "colour=red")
    assert d.one_hot.tolist() == [False, True, True]


def test_labels_of_one_output_and_of_one_hot_rows():
    one = Dataset("d", [[1], [2]], [[0], [1]], classes=("a", "b"), task="classification")
    three = Dataset(
        "d", [[1], [2]], [[0, 0, 1], [1, 0, 0]], classes=("a", "b", "c"), task="classification"
    )

    assert one.labels.tolist() == [0, 1]
    assert three.labels.tolist() == [2, 0]
    with pytest.raises(DataError, match="no classes"):
        _ = two_by_two().labels


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": [[1], [2]], "targets": [[1]]}, "2 samples, but 1 rows of targets"),
        ({"inputs": np.zeros((0, 2)), "targets": np.zeros((0, 1))}, "empty"),
        ({"inputs": [[1, 2], [3]], "targets": [[1], [2]]}, "all of one length"),
        ({"inputs": [["a"], ["b"]], "targets": [[1], [2]]}, "rows of numbers"),
        ({"inputs": np.zeros((2, 2, 2)), "targets": [[1], [2]]}, "2 dimensions"),
        (
            {"inputs": [[1], [np.nan]], "targets": [[1], [2]]},
            "sample 2, input 'x1': nan is not a fi",
        ),
        (
            {"inputs": [[1], [2]], "targets": [[np.inf], [2]]},
            "sample 1, output 'y': inf is not a fi",
        ),
        ({"inputs": [[1]], "targets": [[2]], "task": "guess"}, "the task must be one of"),
        ({"inputs": [[1]], "targets": [[2]], "task": "percentages"}, "2 is no percentage"),
        ({"inputs": [[1]], "targets": [[1]], "task": "classification"}, "needs classes"),
        ({"inputs": [[1]], "targets": [[1]], "classes": ("a", "b")}, "needs classes"),
        (
            {"inputs": [[1]], "targets": [[1]], "classes": ("a",), "task": "classification"},
            "one class",
        ),
        (
            {"inputs": [[1]], "targets": [[1]], "classes": ("a", "a"), "task": "classification"},
            "twice",
        ),
        (
            {
                "inputs": [[1]],
                "targets": [[0, 1, 0]],
                "classes": tuple("ab"),
                "task": "classification",
            },
            "2 classes, but 3 outputs",
        ),
        (
            {"inputs": [[1]], "targets": [[1]], "classes": tuple("abc"), "task": "classification"},
            "3 class",
        ),
        (
            {"inputs": [[1]], "targets": [[0.5]], "classes": ("a", "b"), "task": "classification"},
            "0 and 1",
        ),
        (
            {
                "inputs": [[1]],
                "targets": [[1, 1, 0]],
                "classes": tuple("abc"),
                "task": "classification",
            },
            "one 1 a sample",
        ),
        (
            {"inputs": [[1]], "targets": [[1]], "input_names": ("a", "b")},
            "1 inputs, but 2 input names",
        ),
        (
            {"inputs": [[1]], "targets": [[1]], "columns": (Column("a"), Column("b"))},
            "1 inputs, but 2",
        ),
        (
            {
                "inputs": [[1]],
                "targets": [[1]],
                "columns": (Column("a", ("k", "l")),),
                "input_names": ["x"],
            },
            "make 2 inputs, not 1",
        ),
        ({"inputs": [[1, 2]], "targets": [[1]], "input_names": ("a", "a")}, "'a' is there twice"),
        ({"inputs": [[1, 2]], "targets": [[1]], "input_names": ("a", 5)}, "must be text"),
        (
            {
                "inputs": [[1, 2]],
                "targets": [[1]],
                "image": (2, 2),
                "input_names": ("a", "b"),
                "columns": (Column("a"), Column("b")),
            },
            "no image of 2 x 2",
        ),
    ],
)
def test_what_is_wrong_is_said(arguments, message):
    with pytest.raises((DataError, ShapeError), match=message):
        Dataset("d", **arguments)


def test_a_subset_keeps_all_but_the_samples():
    iris = data.load("iris")
    part = iris.subset([149, 0])

    assert part.inputs.tolist() == iris.inputs[[149, 0]].tolist()
    assert part.labels.tolist() == [2, 0]
    assert (part.classes, part.source, part.columns) == (iris.classes, iris.source, iris.columns)


def test_a_pair_becomes_a_data_set():
    assert Dataset.of(([[0, 0], [0, 1]], [[0], [1]])).classes == ("0", "1")
    assert Dataset.of(([[1], [2]], [[0, 1], [1, 0]])).classes == ("0", "1")
    assert Dataset.of(([[1], [2]], [0.5, 1.5])).task == "regression"
    assert Dataset.of(([[1], [2]], [[0.01, 0.99], [1, 1]])).task == "regression"
    assert Dataset.of(([[1], [2]], [[1, 1], [0, 1]])).task == "regression"
    assert Dataset.of(([[1], [2]], [[0], [1]]), task="regression").classes == ()
    assert Dataset.of(([[1], [2]], [[0.5], [1]]), task="percentages").task == "percentages"
    assert Dataset.of(([[1], [2]], [[0], [1]]), task="classification").classes == ("0", "1")
    words = Dataset.of(([[1], [2], [3]], ["b", "c", "a"]))
    assert words.classes == words.output_names == ("a", "b", "c")
    assert words.targets.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_a_data_set_stays_itself():
    iris = data.load("iris")
    assert Dataset.of(iris) is iris


@pytest.mark.parametrize("wrong", [5, [1, 2, 3], None, ([[1]],)])
def test_no_pair(wrong):
    with pytest.raises(DataError, match="a Dataset or a pair"):
        Dataset.of(wrong)


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        ([[1], [1, 2]], [0, 1], "the inputs must be rows of numbers, all of one length"),
        ([[1], [2]], [[0], [0, 1]], "the targets must be rows of numbers, all of one length"),
        ([[1j], [2]], [0, 1], "the inputs must be real numbers, not complex128"),
        ([[1], [2]], [0, 1j], "the targets must be real numbers, not complex128"),
        ([[np.longdouble("1e4000")], [2]], [0, 1], "sample 1, input 'x1': inf is not a finite"),
    ],
)
def test_a_pair_that_is_no_numbers(inputs, targets, message):
    for task in (None, "classification"):
        with pytest.raises(DataError, match=message):
            Dataset.of((inputs, targets), task=task)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"columns": ("a", "b")}, r"a column is Column\(name, kinds\), not 'a'"),
        ({"columns": (Column("a", (1, 2)),)}, "the kinds of column 'a' must be text"),
        ({"columns": (Column("a", ("k", "k")),)}, "the kinds of column 'a' must differ"),
        ({"columns": (Column("a", ("k",)), Column("a", ("l",)))}, "column names must differ"),
        ({"image": 3}, r"an image has \(height, width\), not 3"),
        ({"image": (0.5, 4)}, r"an image has \(height, width\), not \(0.5, 4\)"),
    ],
)
def test_columns_and_images_that_are_none(given, message):
    with pytest.raises(DataError, match=message):
        Dataset("d", [[1, 0]], [[1]], **given)


@pytest.mark.parametrize("wrong", [3, [], slice(2), [5], [0.5], ["a"], [True] * 3, None])
def test_a_part_of_samples_that_are_not_there(wrong):
    with pytest.raises(
        (DataError, ShapeError), match=r"^a part of d needs a list|^d has 2 samples,"
    ):
        two_by_two().subset(wrong)


def test_a_part_of_a_part_knows_the_numbers_in_the_whole():
    iris = data.load("iris")
    training, _, test = data.split(iris, test=0.2, seed=1)
    assert iris.numbers is None and test is not None
    assert (iris.inputs[training.numbers] == training.inputs).all()
    some = test.subset([7, 3])
    assert (iris.inputs[some.numbers] == some.inputs).all()
    assert (data.align(some, iris).numbers == some.numbers).all()


def test_a_pair_can_be_split():
    training, validation, _ = data.split(([[1], [2], [3], [4]], [5, 6, 7, 8]), np.int64(1))
    assert len(training) == 3 and validation is not None


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True])
def test_a_seed_that_is_none(seed):
    with pytest.raises(DataError, match=r"the seed is .*; it must be a whole number from 0 on"):
        data.split(data.load("xor"), 1, seed=seed)


def test_a_pair_with_another_task():
    assert Dataset.of(([[1], [2]], [[0.5], [1]]), task="classification").classes == ("0.5", "1")
    with pytest.raises(DataError, match="0 and 1"):
        Dataset.of(([[1], [2]], [[0.5, 1], [1, 0]]), task="classification")
    with pytest.raises(DataError, match="Did you mean 'regression'"):
        Dataset.of(([[1], [2]], [[0.5], [1]]), task="regresion")


def test_bytes_stay_bytes():
    """60,000 images take 47 MB that way, not 376 MB."""
    d = Dataset("d", np.array([[0, 255]], dtype=np.uint8), [[1]])
    assert d.inputs.dtype == np.uint8
    assert d.subset([0]).inputs.dtype == np.uint8


def test_parts_of_iris():
    iris = data.load("iris")
    training, validation, test = data.split(iris, validation=0.2, test=0.1, seed=3)

    assert validation is not None and test is not None
    assert [len(training), len(validation), len(test)] == [105, 30, 15]
    for part in (training, validation, test):
        assert np.ptp(np.bincount(part.labels)) <= 1
    again = data.split(iris, validation=0.2, test=0.1, seed=3)[0]
    other = data.split(iris, validation=0.2, test=0.1, seed=4)[0]
    assert (training.inputs == again.inputs).all()
    assert not (training.inputs == other.inputs).all()


def test_no_parts():
    iris = data.load("iris")
    training, validation, test = data.split(iris)
    assert (training.inputs == iris.inputs).all()
    assert validation is None and test is None


def test_a_count_instead_of_a_fraction():
    assert [len(p) for p in data.split(data.load("iris"), 30, 20)] == [100, 30, 20]


@pytest.mark.parametrize(
    ("validation", "test", "message"),
    [
        (-0.1, 0, "validation part must not be negative"),
        (0, float("nan"), "test part must be a number"),
        ("much", 0, "validation part must be a number"),
        (True, 0, "must be a number"),
        (1.5, 0, "a fraction below 1 or a whole number"),
        (0.6, 0.5, "too few are left to train on"),
        (150, 0, "too few are left to train on"),
        (0, 148, "a sample of each of its 3 classes is needed"),
    ],
)
def test_sizes_that_make_no_sense(validation, test, message):
    with pytest.raises(DataError, match=message):
        data.split(data.load("iris"), validation, test)


def test_tiny_data():
    """A part never is empty; where that leaves nothing to train on, it says what to do."""
    pair = Dataset("two", [[1], [2]], [[1], [2]])
    training, validation, test = data.split(pair, validation=0.1)
    assert validation is not None and test is None
    assert (len(training), len(validation)) == (1, 1)
    with pytest.raises(DataError, match=r"two has 2 samples.*leave them out, or bring more data"):
        data.split(pair, validation=0.1, test=0.1)


@given(
    counts=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    validation=st.floats(0, 0.4),
    test=st.floats(0, 0.4),
    seed=st.integers(0, 5),
)
def test_every_sample_is_in_one_part_and_classes_are_in_proportion(counts, validation, test, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    one_hot = np.eye(len(counts))[labels]
    names = tuple(f"c{i}" for i in range(len(counts)))
    d = Dataset("d", np.arange(len(labels)), one_hot, classes=names, task="classification")
    try:
        parts = [p for p in data.split(d, validation, test, seed) if p is not None]
    except DataError as error:
        assert "too few are left" in str(error)
        return

    together = np.concatenate([p.inputs[:, 0] for p in parts])
    assert sorted(together.tolist()) == list(range(len(labels)))
    assert len(np.unique(parts[0].labels)) == len(counts)
    for part in parts:
        have = np.bincount(part.labels, minlength=len(counts))
        fair = np.array(counts) * len(part) / len(labels)
        assert np.abs(have - fair).max() <= len(counts)
