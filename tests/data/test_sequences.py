"""Rows that follow each other in time: one sequence is one sample."""

import numpy as np
import pytest

import lernpy
from lernpy import data
from lernpy.data.sequences import in_steps, steps_of
from lernpy.errors import DataError, LernpyError

TABLE = """who,temperature,mood,ill
ann,36.5,good,no
ann,37.5,bad,no
bob,36,good,no
bob,38.5,bad,no
bob,39,bad,yes
cid,36.2,good,no
dee,38,bad,no
dee,39.1,bad,yes
dee,39.3,bad,yes
"""


@pytest.fixture
def table(tmp_path):
    (tmp_path / "ward.csv").write_text(TABLE)
    return tmp_path / "ward.csv"


def test_echo_says_again_what_it_heard():
    echo = data.load("echo:n=5,steps=4,delay=1")
    assert steps_of(echo.columns) == 4
    assert (echo.targets[:, 0] == 0).all()
    assert (echo.targets[:, 1:] == echo.inputs[:, :-1]).all()


def test_adding_asks_for_the_two_that_are_marked():
    adding = data.load("adding:n=50,steps=6")
    values, marks = adding.inputs[:, ::2], adding.inputs[:, 1::2]
    assert (marks.sum(axis=1) == 2).all() and (marks[:, :3].sum(axis=1) == 1).all()
    assert (adding.targets[:, 0] == (values * marks).sum(axis=1)).all()


def test_parity_over_time_is_asked_in_each_step():
    parity = data.load("parity_over_time:n=20,steps=3")
    for bits, odd in zip(parity.inputs, parity.targets, strict=True):
        assert odd.tolist() == [bits[0], bits[0] != bits[1], bits.sum() % 2]


def test_a_column_names_the_sequence(table):
    """The last row of each says what is to be learned; the short ones stand at the end."""
    ward = data.load(table, sequence="who")
    assert len(ward) == 4 and ward.targets.ravel().tolist() == [0, 1, 0, 1]
    assert ward.inputs.shape == (4, 3 * 4)
    assert np.isnan(ward.inputs[2, :3]).all() and ward.inputs[2, 3::4].tolist() == [0, 0, 1]


def test_all_steps_are_scaled_alike_and_an_absent_one_is_0(table):
    ward = data.load(table, sequence="who")
    card = data.Card.of(ward, scaling="standard")
    inputs, _ = card.prepare(ward)
    steps = inputs.reshape(4, 3, 4)
    assert (steps[2, :2] == 0).all()
    present = steps[steps[:, :, 3] == 1]
    assert present[:, 0].mean() == pytest.approx(0, abs=1e-12)
    assert present[:, 0].std() == pytest.approx(1)
    assert card.scaling.shift[0] == card.scaling.shift[4] == card.scaling.shift[8]


def test_the_table_can_be_read_again_as_it_was_learned(table):
    ward = data.load(table, sequence="who")
    card = data.Card.from_json(data.Card.of(ward, scaling="minmax").to_json())
    inputs, targets = card.prepare(ward)
    again = data.reload(ward.source, like=card)
    assert (card.prepare(again)[0] == inputs).all() and (again.targets == targets).all()
    assert (data.load_inputs(table, card) == inputs).all()


def test_a_network_learns_them(table):
    ward = data.load(table, sequence="who")
    cell = lernpy.build.elman([3, 4, 1], output_activation="sigmoid", seed=0)
    network = lernpy.unroll(
        cell,
        3,
        read="last",
        shorter=True,
    )
    network.loss = "binary_cross_entropy"
    lernpy.train(network, ward, 200, optimizer="adam", learning_rate=0.05, scale="standard", seed=0)
    assert lernpy.evaluate(network, ward).accuracy == 1.0


def rows(*labels):
    count = len(labels)
    return data.Dataset("rows", np.arange(count)[:, None], np.ones((count, 1))), labels


def test_targets_of_every_step_stand_step_by_step():
    made = in_steps(*rows("a", "a", "b", "b"), read="every")
    assert made.output_names == ("y@1", "y@2") and made.targets.shape == (2, 2)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: in_steps(*rows("a", "a", "a"), steps=2), "the sequence 'a' has 3 steps"),
        (lambda: in_steps(*rows("a"), steps=2, shorter=False), "learned from sequences of 2"),
        (lambda: data.load("echo:steps=0"), "echo: steps must be from 1"),
        (lambda: data.load("adding:steps=1"), "adding: steps must be from 2"),
        (lambda: data.load("echo:delay=9"), "echo: delay must be from 0 to 7"),
    ],
)
def test_what_is_no_sequence_is_refused(act, words):
    with pytest.raises(DataError) as refused:
        act()
    assert words in str(refused.value)


def test_the_column_of_the_sequence_is_remembered(table, tmp_path):
    ward = data.load(table, sequence="who")
    other = tmp_path / "other.csv"
    other.write_text(table.read_text())
    for like in (ward, data.Card.of(ward)):
        again = data.load(other, like=like)
        np.testing.assert_array_equal(again.inputs, ward.inputs)
        np.testing.assert_array_equal(again.targets, ward.targets)


def test_a_sequence_that_is_longer_than_those_learned_is_refused(table, tmp_path):
    card = data.Card.of(data.load(table, sequence="who"))
    longer = tmp_path / "longer.csv"
    longer.write_text(TABLE + "dee,40,bad,yes\n")
    with pytest.raises(DataError, match="the sequence 'dee' has 4 steps, but there is room for 3"):
        data.load(longer, like=card, sequence="who")


ROWS = data.Dataset("d", [[1], [2], [3], [4], [5]], [[0], [1], [0], [0], [1]])


@pytest.mark.parametrize(
    ("sequence", "how", "error"),
    [
        ([], {}, "there are 5 rows, but 0 of them say"),
        (["a", "a"], {}, "there are 5 rows, but 2 of them say"),
        (["a", "a", None, "b", "b"], {}, "row 3 of d belongs to no sequence"),
        (["a", "a", float("nan"), "b", "b"], {}, "row 3 of d belongs to no sequence"),
        ("aabbb", {"steps": 0}, "the number of steps is 0"),
        ("aabbb", {"read": "some"}, 'in "every" step or in the "last", not \'some\''),
    ],
)
def test_what_is_no_sequence_is_refused_in_one_line(sequence, how, error):
    with pytest.raises(LernpyError, match=error) as raised:
        in_steps(ROWS, sequence, **how)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["echo", "adding", "parity_over_time"])
def test_a_task_has_steps(name):
    with pytest.raises(DataError, match="steps must be from 1"):
        data.load(name, steps=0)


def test_a_gap_in_the_column_of_the_sequence_is_named(tmp_path):
    path = tmp_path / "gap.csv"
    path.write_text(TABLE.replace("bob,36,", ",36,"))
    with pytest.raises(DataError, match=r"gap.csv, line 4, column 'who': the cell is empty"):
        data.load(path, sequence="who")


def test_a_frame_has_sequences_as_a_file_has(table):
    """The same column, the same samples."""
    pandas = pytest.importorskip("pandas")
    frame = data.load(pandas.read_csv(table), sequence="who")
    ward = data.load(table, sequence="who")
    assert frame.input_names == ward.input_names
    assert np.array_equal(frame.inputs, ward.inputs, equal_nan=True)
    assert frame.targets.tolist() == ward.targets.tolist()
    again = data.load(pandas.read_csv(table), sequence="who", like=ward)
    assert np.array_equal(again.inputs, ward.inputs, equal_nan=True)
