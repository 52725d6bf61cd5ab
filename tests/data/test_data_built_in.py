"""The built-in sets: what is in them, that a seed makes them, and how options are given."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from lernpy import data
from lernpy.errors import DataError, LernpyError, UnknownNameError

MADE = ["circle", "gauss", "exclusive_or", "spiral", "sine", "plane", "abcd", "fruit"]
GATES = {  # rows 00 01 10 11
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "xor": [0, 1, 1, 0],
    "nand": [1, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "xnor": [1, 0, 0, 1],
    "implies": [1, 1, 0, 1],
    "not": [1, 0],
    "buffer": [0, 1],
}


@pytest.mark.parametrize("name", GATES)
def test_the_truth_tables(name):
    gate = data.load(name)
    assert gate.targets.ravel().tolist() == GATES[name]
    assert gate.classes == ("0", "1")
    assert gate.output_names == ("y",)
    if gate.inputs.shape[1] == 2:
        assert gate.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize("text", ["parity4", "parity:n=4", "parity(4)", "parity"])
def test_parity(text):
    parity = data.load(text)
    assert parity.inputs.shape == (16, 4)
    assert (parity.targets[:, 0] == parity.inputs.sum(axis=1) % 2).all()
    assert data.reload(parity.source).inputs.shape == (16, 4)


@pytest.mark.parametrize("name", MADE)
def test_a_seed_makes_the_samples(name):
    first, again, other = data.load(name), data.load(name, seed=0), data.load(name, seed=1)
    assert (first.inputs == again.inputs).all() and (first.targets == again.targets).all()
    assert not (first.inputs == other.inputs).all()
    assert len(data.load(name, n=50)) == 50
    assert first.about and first.source["options"]["seed"] == 0


@pytest.mark.parametrize("name", sorted(set(data.names()) - {"mnist"}))
def test_every_set_can_be_loaded_again_from_its_source(name):
    first = data.load(name)
    again = data.reload(first.source)
    assert (first.inputs == again.inputs).all() and (first.targets == again.targets).all()
    assert first.name == name and first.about
    assert data.BUILT_IN[name].__doc__ is not None or name in GATES


def test_the_fruit_stall():
    """Ten inputs: weight, four colours, two textures, three sizes; every kind as often as told."""
    fruit = data.load("fruit", n=9000)
    assert fruit.input_names == (
        "weight",
        "colour=green", "colour=orange", "colour=red", "colour=yellow",
        "texture=rough", "texture=smooth",
        "size=small", "size=medium", "size=large",
    )  # fmt: skip
    assert fruit.classes == ("apple", "banana", "orange")
    assert np.bincount(fruit.labels).tolist() == [3000, 3000, 3000]
    for block in (slice(1, 5), slice(5, 7), slice(7, 10)):
        assert (fruit.inputs[:, block].sum(axis=1) == 1).all()
    apples = fruit.inputs[fruit.labels == 0]
    assert apples[:, 0].mean() == pytest.approx(175, abs=2)
    assert apples[:, 0].std() == pytest.approx(20, abs=1)
    assert apples.mean(axis=0)[1:5] == pytest.approx([0.4, 0, 0.5, 0.1], abs=0.03)
    assert (fruit.inputs[:, 0] % 1 == 0).all() and fruit.inputs[:, 0].min() >= 30
    assert "175 ± 20 g; green 40%" in fruit.about


def test_abcd_are_percentages_that_do_not_sum_to_100():
    abcd = data.load("abcd")
    assert abcd.task == "percentages" and abcd.output_names == ("A", "B", "C", "D")
    assert ((abcd.targets > 0) & (abcd.targets <= 1)).all()
    sums = abcd.targets.sum(axis=1)
    assert sums.min() < 1.4 < 1.45 < sums.max()
    place, bright = abcd.inputs[0], abcd.targets[0]
    assert bright[3] == pytest.approx(np.exp(-((place - 1) ** 2).sum() / 2))


def test_the_shapes_in_the_plane_without_noise():
    circle = data.load("circle", noise=0)
    distance = np.hypot(*circle.inputs.T)
    assert distance[circle.labels == 1].max() <= 2.5 < 3.5 <= distance[circle.labels == 0].min()

    squares = data.load("exclusive_or")
    assert ((squares.inputs.prod(axis=1) < 0) == squares.labels).all()
    assert np.abs(squares.inputs).min() >= 0.3

    clouds = data.load("gauss", n=2000, noise=0.5)
    upper = clouds.inputs[clouds.labels == 1]
    assert upper.mean(axis=0) == pytest.approx([2, 2], abs=0.1)
    assert upper.std(axis=0) == pytest.approx([0.5, 0.5], abs=0.05)

    spiral = data.load("spiral", noise=0)
    t = np.hypot(*spiral.inputs.T) / 5
    turned = 2 * np.pi * 1.75 * t + np.pi * spiral.labels
    assert spiral.inputs == pytest.approx(5 * t[:, None] * np.c_[np.cos(turned), np.sin(turned)])
    assert np.bincount(spiral.labels).tolist() == [200, 200]


def test_noise_moves_the_points_by_its_deviation():
    calm, noisy = data.load("spiral:noise=0,n=5000"), data.load("spiral:noise=0.2,n=5000")
    assert (noisy.inputs - calm.inputs).std() == pytest.approx(0.2, rel=0.05)
    assert (noisy.targets == calm.targets).all()


def test_the_curves_to_fit():
    sine, plane = data.load("sine", noise=0), data.load("plane")
    assert sine.targets == pytest.approx(np.sin(sine.inputs))
    assert plane.targets[:, 0] == pytest.approx(plane.inputs @ [0.5, -0.25] + 0.1)
    assert sine.task == plane.task == "regression"


def test_iris_as_fisher_printed_it():
    iris = data.load("iris")
    assert iris.inputs.shape == (150, 4) and np.bincount(iris.labels).tolist() == [50, 50, 50]
    assert iris.inputs[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert iris.inputs[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert iris.inputs.mean(axis=0) == pytest.approx([5.8433, 3.0573, 3.758, 1.1993], abs=1e-4)
    assert "CC BY 4.0" in iris.about


def test_the_digits():
    digits = data.load("digits")
    assert digits.inputs.shape == (1797, 64) and digits.inputs.dtype == np.float64
    assert (digits.inputs.min(), digits.inputs.max(), digits.maximum) == (0, 16, 16.0)
    assert digits.image == (8, 8) and digits.classes == tuple("0123456789")
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(digits.labels).tolist() == counts
    zero = digits.inputs[digits.labels == 0].mean(axis=0).reshape(8, 8)
    assert zero[4, 3] < 2 < 10 < zero[4, 2]  # the middle of a nought is white
    assert "CC BY 4.0" in digits.about


def test_the_shipped_files_are_small_and_attributed():
    files = Path(data.__file__).parent / "builtin" / "files"
    assert sum(file.stat().st_size for file in files.iterdir()) < 300_000
    words = (files / "README.md").read_text(encoding="utf-8")
    assert words.count("https://doi.org/10.24432/") == 2 and "CC BY 4.0" in words
    assert gzip.decompress((files / "iris.csv.gz").read_bytes()).count(b"\n") == 151


def test_options_may_stand_in_the_text():
    spiral = data.load("spiral: noise=0.2, n=300")
    assert len(spiral) == 300
    assert spiral.source == {"name": "spiral", "options": {"n": 300, "noise": 0.2, "seed": 0}}
    assert len(data.load("spiral:n=400", n=250)) == 250
    assert data.load("Exclusive-Or").name == "exclusive_or"
    assert len(data.load("sine:n=1e2")) == 100
    assert data.load("sine", n=None).source["options"]["n"] == 200
    assert data.options("spiral") == {"n": 400, "noise": 0.1, "seed": 0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "spirall",
            "no data set is called 'spirall'.*Did you mean 'spiral'.*Known: abcd, adding, and",
        ),
        ("spiral:nosie=1", "'spiral' has no option 'nosie'. Did you mean 'noise'. Known: n, noise"),
        ("xor:n=4", "'xor' has no option 'n'. It has none"),
        ("spiral:400", "options are written name:option=value"),
        ("spiral:n=many", "spiral: option n must be a whole number, not 'many'"),
        ("spiral:n=4.5", "option n must be a whole number"),
        ("spiral:n=inf", "option n must be a whole number"),
        ("spiral:noise=nan", "option noise must be a number"),
        ("spiral:noise=-1", "spiral: noise must be from 0 to 100, not -1"),
        ("spiral:n=3", "n must be from 4 to 100,000, not 3"),
        ("spiral:n=100000000000", "n must be from 4"),
        ("spiral:seed=-1", "seed must be from 0"),
        ("fruit:seed=-1", "seed must be from 0"),
        ("fruit:n=2", "n must be from 3"),
        ("parity0", "n must be from 1 to 16, not 0"),
        ("parity:n=40", "n must be from 1 to 16, not 40"),
        ("mnist", "lernpy data fetch mnist DIR"),
        ("mnist:folder=/no/such/folder", "no folder /no/such/folder"),
        ("a\0b", "no name of a file"),
        ("", "no data set is called ''"),
    ],
)
def test_a_wrong_name_or_option_is_one_clear_line(text, message):
    with pytest.raises(LernpyError, match=message) as caught:
        data.load(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("wrong", [None, 3, [1], b"iris"])
def test_what_is_no_name_or_path(wrong):
    with pytest.raises(DataError, match="data has a name or a path, not"):
        data.load(wrong)
    with pytest.raises(DataError, match="source of data is an object"):
        data.reload(wrong)


def test_a_long_name_is_cut_in_the_error():
    with pytest.raises(LernpyError) as caught:
        data.load("x" * 4000)
    assert len(str(caught.value)) < 600


def test_true_is_no_number_of_samples():
    with pytest.raises(DataError, match="whole number"):
        data.load("spiral", n=True)


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"name": 5},
        {"name": "spiral", "options": 5},
        {"name": "spiral", "options": {"like": 1}},
        {"name": "spiral", "options": {"n": {"a": 1}}},
        {"name": "spiral", "options": {"n": 10**30}},
        {"name": "spiral", "options": {1: 1}},
        {"name": "no such"},
        {"name": "/etc/passwd"},
        {"file": "/no/such.csv"},
        {"file": "a\0b"},
        {"file": "/dev/zero"},
        {"file": ["a"]},
    ],
)
def test_a_source_from_a_stranger(source):
    """What a network file says about its data is not to be trusted."""
    with pytest.raises(LernpyError):
        data.reload(source)


def test_a_set_of_ones_own_is_one_entry():
    @data.built_in("ramp")
    def ramp(n: int = 5) -> data.Dataset:
        return data.Dataset("ramp", np.arange(n), np.arange(n))

    try:
        assert len(data.load("ramp:n=7")) == 7
        assert "ramp" in data.names()
        with pytest.raises(UnknownNameError, match=r"Known: n$"):
            data.load("ramp", m=5)
    finally:
        del data.BUILT_IN._entries["ramp"]
