"""Text tables: what is found out by itself, what can be said, and how a bad cell is named."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy import data
from lernpy.data import read_csv
from lernpy.data.readers.tabular import table_of_text
from lernpy.errors import DataError, LernpyError

FLOWERS = (
    "petal_length,petal_width,species\n1.4,0.2,setosa\n4.7,1.4,versicolor\n6.0,2.5,virginica\n"
)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a file in the working folder and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="t.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def test_a_table_with_names_and_words_to_learn(write):
    flowers = data.load(write(FLOWERS, "flowers.csv"))

    assert flowers.name == "flowers"
    assert flowers.input_names == ("petal_length", "petal_width")
    assert flowers.classes == flowers.output_names == ("setosa", "versicolor", "virginica")
    assert flowers.inputs.tolist() == [[1.4, 0.2], [4.7, 1.4], [6.0, 2.5]]
    assert flowers.targets.tolist() == np.eye(3).tolist()
    assert flowers.source == {"file": "flowers.csv", "target": "species"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_byte_order_marks_and_line_ends(write, delimiter, mark, end):
    text = mark + FLOWERS.replace(",", delimiter).replace("\n", end)
    assert data.load(write(text)).inputs.tolist() == [[1.4, 0.2], [4.7, 1.4], [6.0, 2.5]]


def test_a_table_from_german_excel(write):
    """Semicolons, decimal commas."""
    table = data.load(write("größe;gewicht\n1,5;3,25\n2,5;4,5\n3;5,75\n"))
    assert table.input_names == ("größe",)
    assert table.inputs[:, 0].tolist() == [1.5, 2.5, 3.0]
    assert table.targets[:, 0].tolist() == [3.25, 4.5, 5.75]


def test_a_decimal_sign_that_was_said_is_not_guessed(write):
    """In the same file: commas are guessed to be decimal signs, unless somebody says otherwise."""
    name = write("a;b\n1,5;2\n2,5;3\n")
    assert data.load(name).inputs.tolist() == [[1.5], [2.5]]
    assert data.load(name, decimal="point").columns[0].kinds == ("1,5", "2,5")


def test_a_comma_is_no_decimal_sign_beside_points(write):
    with pytest.raises(DataError, match=r"line 3, column 'a': '1,5' is no number as"):
        data.load(write("a;b\n1.5;2\n1,5;3\n2.5;7\n"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('a,b,y\n"1,5",2,0\n"2,5",3,1\n', "1,5"),  # commas part the cells, too
        ("a;b;y\n1,5;2.5;0\n2,5;3;1\n", "1,5"),  # points elsewhere
        ('a,b,y\n"1,500",2,0\n"2,500",3,1\n', "1,500"),
        ("a;b;y\n2;2.5;0\n1,5e3;3;1\n-2,5;3;1\n", "1,5e3"),
    ],
)
def test_numbers_with_commas_never_become_words_in_silence(write, text, number):
    name = write(text)
    with pytest.raises(
        DataError, match=rf"line \d, column 'a': '{re.escape(number)}' (is no number|could)"
    ):
        data.load(name)
    words = data.load(name, decimal="point")  # who says so may have them as kinds
    assert number in words.columns[0].kinds or words.inputs[0, 0] == 1500


def test_a_decimal_comma_can_be_said_behind_the_path(write):
    name = write('a,b,y\n"1,5",2,0\n"2,5",3,1\n')
    assert data.load(f"{name}:decimal=comma").inputs.tolist() == [[1.5, 2], [2.5, 3]]
    spaces = write("a b y\n1 2 0\n3 4 1\n", "spaces.csv")
    with pytest.raises(DataError, match=r"has 1 column; .* say which: delimiter=.space"):
        data.load(spaces)
    assert data.load(f"{spaces}:delimiter=space").inputs.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("table", ["a,b\n1,2\n3,4\n", "a,b,c\n1,2,3\n3,4,5\n"])
def test_inputs_are_never_taken_for_the_targets_that_are_missing(write, table):
    """The last columns are the targets, unless they are inputs."""
    learned = data.load(write("a,b,c,d\n1,2,3,4\n5,6,7,8.5\n"), target="c,d")
    with pytest.raises(DataError, match=r"t.csv lacks the 2 targets \(c, d\): it has \d col"):
        data.load(write(table), like=learned)
    one = data.load(write("a,b,y\n1,0,0\n5,1,1\n"))
    with pytest.raises(DataError, match=r"lacks the target \(y\): it has 0 columns besides"):
        data.load(write("a,b\n1,0\n3,1\n"), like=one)
    renamed = data.load(write("id,label,b,a\n7,1,0,1\n8,0,1,3\n"), like=one)
    assert renamed.inputs.tolist() == [[1, 0], [3, 1]]
    assert renamed.targets.tolist() == [[1], [0]]


def test_like_is_no_network(write):
    network = lernpy.layered([1, 1], seed=0)
    for wrong in (network, 3):
        with pytest.raises(DataError, match="like must be a data set or a card"):
            data.load("iris", like=wrong)
        with pytest.raises(DataError, match="like must be a data set or a card"):
            data.align(data.load("iris"), wrong)


def test_lists_of_words_with_commas_are_words(write):
    kinds = data.load(write('a,y\n"1,x",0\n"2,y",1\n"3,z",0\n')).columns[0].kinds
    assert kinds == ("1,x", "2,y", "3,z")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": 1.5}, "no column 1.5 to be the target"),
        ({"target": True}, "no column True to be the target"),
        ({"target": []}, "no column is named as target"),
        ({"ignore": {"a": 1}}, "to be the column to ignore"),
        ({"ignore": "y"}, "'y' is to be ignored, but it is the target .the last one, as no"),
        ({"target": "b", "ignore": ["b"]}, "'b' is to be ignored, but it is the target; name"),
        ({"header": 3}, "header must be yes or no .*, not 3"),
        ({"delimiter": 3}, "the delimiter is 3; it must be text"),
        ({"decimal": 3}, "the decimal is 3; it must be text"),
    ],
)
def test_options_of_the_wrong_kind(write, options, message):
    with pytest.raises(LernpyError, match=message):
        data.load(write("a,b,y\n1,2,0\n3,4,1\n"), **options)


def test_the_signs_can_be_said(write):
    name = write("a|b\n1|2.5\n2|3.5\n")
    assert data.load(name, delimiter="|").inputs.tolist() == [[1], [2]]
    name = write("1;2\n3;4\n", "tab.csv")
    assert data.load(name, decimal=",", delimiter="semicolon").inputs.tolist() == [[1], [3]]
    assert data.load(write("a\tb\n1\t2.5\n2\t3\n"), delimiter="tab").inputs.tolist() == [[1], [2]]
    for option, value in [("delimiter", "ab"), ("delimiter", '"'), ("decimal", "x")]:
        with pytest.raises(DataError, match=f"the {option}"):
            data.load(name, **{option: value})


def test_gzip_and_quotes(write):
    packed = gzip.compress(b'"a, b",kind\n1,"x\ny"\n2,z\n')
    table = data.load(write(packed, "t.csv.gz"))
    assert table.input_names == ("a, b",)
    assert table.classes == ("x\ny", "z")


@pytest.mark.parametrize(
    ("text", "header", "first"),
    [
        ("1,2\n3,4\n", False, "x1"),
        ("a,b\n3,4\n", True, "a"),
        ("5.1,3.5,setosa\n4.9,3.0,virginica\n", False, "x1"),
        ("length,width,species\n4.9,3.0,setosa\n5.0,3.1,virginica\n", True, "length"),
        ("sky,play\nsunny,yes\nsunny,no\nrain,yes\n", True, "sky"),
        ("sunny,yes\nsunny,no\nrain,yes\n", False, "x1"),
        (",0,y\n0,5.5,1\n1,6.5,0\n", True, "column 1"),
    ],
)
def test_whether_the_first_row_holds_names(write, text, header, first):
    assert table_of_text(text, "t").header is header
    assert table_of_text(text, "t").names[0] == first


def test_the_header_can_be_said(write):
    name = write("2019,2020,2021\n1,2,3.5\n3,4,5.5\n")
    assert len(data.load(name)) == 3
    assert data.load(name, header=True).input_names == ("2019", "2020")
    assert data.load(name, header="yes").output_names == ("2021",)
    assert len(data.load(name + ":header=no")) == 3
    with pytest.raises(DataError, match="header must be yes or no"):
        data.load(name, header="perhaps")


@pytest.mark.parametrize(
    ("target", "inputs"),
    [
        ("b", ("a", "c")), (2, ("a", "c")), ("2", ("a", "c")), (-2, ("a", "c")),
        (None, ("a", "b")), (1, ("b", "c")), ("a", ("b", "c")),
    ],
)  # fmt: skip
def test_the_target_by_name_or_position(write, target, inputs):
    name = write("a,b,c\n1.5,2.5,3.5\n4,5,6\n")
    assert data.load(name, target=target).input_names == inputs


def test_several_targets(write):
    name = write("a,b,c,d\n1.5,2.5,3.5,4.5\n4,5,6,7\n")
    for target in ("c,d", "c, d", ["c", "d"], [3, 4], "3,4"):
        both = data.load(name, target=target)
        assert both.task == "regression"
        assert both.output_names == ("c", "d") and both.input_names == ("a", "b")
        assert both.targets.tolist() == [[3.5, 4.5], [6, 7]]
        assert (data.reload(both.source).targets == both.targets).all()
    for target, message in [("c,c", "twice"), ("c,e", "no column 'e'"), ("a,b,c,d", "4 columns")]:
        with pytest.raises(DataError, match=message):
            data.load(name, target=target)
    with pytest.raises(DataError, match="one target column, not 2"):
        data.load(name, target="c,d", task="classification")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("speices", "t.csv has no column 'speices' to be the target. Did you mean 'species'"),
        (0, "has 3 columns; the target 0 is none of them"),
        (4, "the target 4 is none"),
        (-4, "the target -4 is none"),
    ],
)
def test_a_target_that_is_not_there(write, target, message):
    with pytest.raises(DataError, match=message):
        data.load(write(FLOWERS), target=target)


def test_words_become_kinds(write):
    table = data.load(write("size,colour,y\n1,red,0.5\n2,green,1.5\n3,red,2.5\n"))
    assert table.columns[1].kinds == ("green", "red")
    assert table.input_names == ("size", "colour=green", "colour=red")
    assert table.inputs.tolist() == [[1, 0, 1], [2, 1, 0], [3, 0, 1]]


def test_the_bad_cell_is_named(write):
    rows = ["sepal_width,petal_width,species", *["3.5,0.2,setosa"] * 15, "3.0,n/a,virginica"]
    with pytest.raises(DataError) as caught:
        data.load(write("\n".join(rows), "iris.csv"))
    assert str(caught.value) == (
        "iris.csv, line 17, column 'petal_width': 'n/a' is not a number; cells are missing in 1 of "
        '16 rows (petal_width 1): missing="mean" fills them in, missing="drop" leaves these rows out'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv is empty"),
        ("\n\n", "t.csv is empty"),
        (" , \n,\n", "t.csv is empty"),
        ("a,b,c\n", "t.csv has a header but no rows"),
        ("a,b\n1,2\n3\n", "t.csv, line 3: 1 value, but the first row has 2"),
        ("a,b\n1,2\n\n3,4,5\n", "t.csv, line 4: 3 values, but the first row has 2"),
        ("a,b\n1,nan\n2,3\n4,5\n", "line 2, column 'b': 'nan' is not a number; cells are missing"),
        ("a,b\n1,2\n-inf,3\n4,5\n", "line 3, column 'a': '-inf' is not a finite number"),
        ("a,b\n1,2\n1e999,3\n4,5\n", "line 3, column 'a': '1e999' is not a finite number"),
        ("a,b\n1,2\n1_0,3\n4,5\n", "line 3, column 'a': '1_0' is not a number"),
        (
            "a,b\n1,2\n,3\n4,5\n",
            r"line 3, column 'a': the cell is empty; cells are missing in 1 of 3 rows \(a 1\)",
        ),
        (
            "a,b\nx,2\n ,3\ny,5\n",
            r"line 3, column 'a': the cell is empty; cells are missing in 1 of 3 rows \(a 1\)",
        ),
        ('a,b\n"p\nq",2\nr,3\ns,x\nt,7\n', "line 5, column 'b': 'x' is not a number"),
        ("a,a\n1,2\n", "line 1: two columns are called 'a'"),
        ("a\n1\n2\n", "t.csv has 1 column; at least one input besides the target"),
        ("1.5,x\n2.5,3\n3.5,4\n4,5\n5,6\n", r"line 1, column 'x2': 'x' .*header=True"),
        ("a,b\n1,yes\n2,yes\n", "t.csv: every target is 'yes'; at least two classes"),
        ("a,b\n1,3\n2,3\n", "t.csv: every target is '3'; at least two classes"),
        (b"a,b\n1,\xff\x01\n", "t.csv, line 2: no text; say encoding="),
        (b"\xff\xfea\0", "t.csv has a header but no rows below it"),
        (b"\xff\xfea", "t.csv is no utf-16 text"),
        (b"a,b\n1,\0\n", "t.csv is no text file"),
        ('a,b\n1,"' + "x" * 200_000 + '"\n', "line 2: no readable row"),
        (
            "x,y\n" + "".join(f"w{i},{i}.5\n" for i in range(300)),
            r"most cells differ \(300 of 300\).*ignore=.x",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(write, text, message):
    with pytest.raises(DataError, match=message) as caught:
        data.load(write(text))
    assert "\n" not in str(caught.value)


def test_columns_can_be_left_out(write):
    name = write("id,a,y\np1,1.5,2.5\np2,2.5,3.5\n")
    assert data.load(name, ignore="id").input_names == ("a",)
    assert data.load(name, ignore=1).source["ignore"] == 1
    with pytest.raises(DataError, match="no column 'jd' to be the column to ignore"):
        data.load(name, ignore="jd")


@pytest.mark.parametrize(
    ("column", "task", "classes"),
    [
        ("0 1 1 0", "classification", ("0", "1")),
        ("3 1 2 10 " * 3, "classification", ("1", "2", "3", "10")),
        ("3 1 2 10", "regression", ()),
        ("1.0 2.0 1 2", "classification", ("1", "2")),
        ("yes no yes no", "classification", ("no", "yes")),
        (" ".join(str(i % 20) for i in range(60)), "classification", tuple(map(str, range(20)))),
        (" ".join(str(i % 20) for i in range(40)), "regression", ()),
        (" ".join(str(i % 21) for i in range(2100)), "regression", ()),
        ("0.5 1 1 0", "regression", ()),
    ],
)
def test_what_the_targets_mean(write, column, task, classes):
    rows = "".join(f"{i}.5,{cell}\n" for i, cell in enumerate(column.split()))
    table = data.load(write(f"x,y\n{rows}"))
    assert (table.task, table.classes) == (task, classes)
    if len(classes) == 2:
        assert table.output_names == ("y",) and table.targets.shape[1] == 1


def test_the_task_can_be_said(write):
    name = write("x,y\n1,0\n2,1\n3,0.5\n")
    assert data.load(name, task="classification").classes == ("0", "0.5", "1")
    assert data.load(name, task="percentages").task == "percentages"
    name = write("x,y\n1,0\n2,1\n3,5\n")
    assert data.load(name, task="regression").targets.ravel().tolist() == [0, 1, 5]
    with pytest.raises(DataError, match="sample 3, output 'y': 5 is no percentage"):
        data.load(name, task="percentages")
    with pytest.raises(DataError, match=r"no task is called 'classify'. Did you mean 'classific"):
        data.load(name, task="classify")
    with pytest.raises(DataError, match=r"line 2, column 'species': 'setosa' is not a number"):
        data.load(write(FLOWERS), task="regression")
    rows = "".join(f"{i},{i}.5\n" for i in range(30))
    with pytest.raises(DataError, match="'y' has 30 different values in 30 rows, too many to be"):
        data.load(write(f"x,y\n{rows}"), task="classification")
    many = "x,y\n" + "".join(f"{i},{i % 1001}.5\n" for i in range(2002))
    with pytest.raises(DataError, match="1,001 different values, too many for classes"):
        data.load(write(many), task="classification")


def test_a_class_that_is_called_like_an_input(write):
    table = data.load(write("a,b,y\n1,2,a\n3,4,b\n5,6,c\n"))
    assert table.input_names == ("a", "b")
    assert table.output_names == ("y=a", "y=b", "y=c") and table.classes == ("a", "b", "c")


def test_a_folder_a_missing_file_and_a_file_without_permission(write, tmp_path, monkeypatch):
    with pytest.raises(LernpyError, match="is a folder"):
        read_csv(tmp_path)
    with pytest.raises(LernpyError, match="no such file"):
        data.load("missing.csv")
    with pytest.raises(LernpyError, match="could not be read: no such file"):
        read_csv("missing.csv")
    name = write(FLOWERS)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(LernpyError, match=r"t\.csv could not be read: permission denied"):
        data.load(name)


def test_files_that_are_no_tables(write):
    with pytest.raises(DataError, match="must be CSV, NPZ or IDX"):
        data.load(write("{}", "net.json"))
    with pytest.raises(LernpyError, match="cut off or damaged"):
        data.load(write(gzip.compress(FLOWERS.encode())[:-9], "t.csv.gz"))


def test_an_unknown_option_of_a_file(write):
    with pytest.raises(LernpyError, match=r"has no option 'taget'. Did you mean 'target'"):
        data.load(write(FLOWERS), taget="species")


def test_options_behind_a_path(write):
    assert data.load(write(FLOWERS) + ":target=petal_width").output_names == ("petal_width",)


def test_the_same_again_from_the_source(write, tmp_path, monkeypatch):
    first = data.load(write(FLOWERS), target=-2, header=True, ignore="species")
    again = data.reload(first.source)
    assert (again.inputs == first.inputs).all() and again.output_names == ("petal_width",)
    (tmp_path / "t.csv").unlink()
    with pytest.raises(DataError, match=r"came from t\.csv, which is not there now"):
        data.reload(first.source)


def test_like_the_data_that_were_learned(write):
    """Other order of columns, fewer kinds, one class only: no matter. Unseen words matter."""
    learned = data.load(write("size,colour,kind\n1,red,b\n2,green,a\n3,blue,c\n"))
    write("kind,remark,colour,size\nc,?,red,7\n", "new.csv")
    card = data.Card.of(learned)

    new = data.load("new.csv", like=card)
    assert new.inputs.tolist() == [[7, 0, 0, 1]]
    assert new.targets.tolist() == [[0, 0, 1]]
    assert data.load_inputs("new.csv", card).tolist() == [[7, 0, 0, 1]]

    write("colour,size\ngreen,8\n", "inputs.csv")
    assert data.load_inputs("inputs.csv", card).tolist() == [[8, 0, 1, 0]]
    write("5,green\n6,red\n", "bare.csv")
    assert data.load_inputs("bare.csv", card).tolist() == [[5, 0, 1, 0], [6, 0, 0, 1]]
    write("5,green,a\n6,red,b\n", "bare.csv")
    assert data.load_inputs("bare.csv", card).tolist() == [[5, 0, 1, 0], [6, 0, 0, 1]]
    assert data.load("bare.csv", like=card).labels.tolist() == [0, 1]

    for text, message in [
        ("size,colour,kind\n1,black,b\n", "line 2, column 'colour': 'black' was never seen"),
        ("size,colour,kind\n1,red,d\n", "line 2, column 'kind': 'd' was never seen in training"),
        ("size,color,kind\n1,red,a\n", "no column 'colour', which the network.*mean 'color'"),
        ("1,red,a,5,6\n2,red,b,3,4\n", "has 4 columns besides the target, but 2 are needed"),
    ]:
        with pytest.raises(DataError, match=message):
            data.load(write(text), like=card)


def test_like_with_numbers_as_classes_and_in_regression(write):
    learned = data.Card.of(data.load(write("x,y\n" + "1,0\n2,1\n3,2\n" * 3)))
    assert data.load(write("x,y\n5,2.0\n6,2\n"), like=learned).labels.tolist() == [2, 2]
    two = data.load(write("x,p,q\n1,0.5,1.5\n2,2.5,3.5\n"), target="p,q")
    new = data.load(write("q,p,x\n7,6,5\n"), like=two)
    assert new.targets.tolist() == [[6, 7]] and new.inputs.tolist() == [[5]]
    bare = data.load(write("1,2,0.5\n3,4,1.5\n"), target=1, task="regression")
    new = data.load(write("8,9,7\n"), like=bare)
    assert new.targets.tolist() == [[8]] and new.inputs.tolist() == [[9, 7]]


@given(
    st.lists(
        st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.sampled_from(["a", "b;c", 'd"'])),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_was_written_is_read(rows, delimiter):
    """Numbers come back to the last bit, words as they were."""

    def quoted(word):
        return '"' + word.replace('"', '""') + '"'

    lines = [f"{x!r}{delimiter}{y!r}{delimiter}{quoted(w)}" for x, y, w in rows]
    table = table_of_text(
        "x" + delimiter + "y" + delimiter + "w\n" + "\n".join(lines), "t", header=True
    )
    assert table.cells[0].values.tolist() == [x for x, _, _ in rows]
    assert table.cells[1].values.tolist() == [y for _, y, _ in rows]
    assert table.words(2) == [w for _, _, w in rows]


@given(st.text(alphabet="ab1,;\t\n\r\"'. -e", max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text):
    from lernpy.data.columns import take

    try:
        table = table_of_text(text, "t")
        for name, cells in zip(table.names, table.cells, strict=True):
            take(name, cells, style=table.style)
    except LernpyError as error:
        assert "\n" not in str(error)


@pytest.mark.bench
def test_a_large_table_is_read_in_a_few_seconds(tmp_path):
    rows = np.random.default_rng(0).integers(0, 256, (5000, 785))
    np.savetxt(tmp_path / "big.csv", rows, fmt="%d", delimiter=",")
    assert data.load(tmp_path / "big.csv").inputs.shape == (5000, 784)
