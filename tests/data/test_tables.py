"""Tables as people have them: each kind of column and file, with neighbours from either side of a limit."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile

import numpy as np
import pytest

from lernpy import data
from lernpy.data import Dataset
from lernpy.errors import DataError, LernpyError
from lernpy.text import AT_THE_SHELL

RNG = np.random.default_rng(0)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a file in the working folder and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(content, name="t.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return write


def table(*columns, header=None):
    """CSV text of columns of cells."""
    names = header or [f"c{i}" for i in range(len(columns))]
    return "\n".join(",".join(map(str, row)) for row in [names, *zip(*columns, strict=True)]) + "\n"


def notes(dataset, role):
    return {note.column: note.why for note in dataset.notes if note.role == role}


# ---- what is learned ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([i % 20 for i in range(60)], "classification"),  # 20 different, 3 rows of each
        ([i % 20 for i in range(40)], "regression"),  # 2 rows of each
        ([i % 21 for i in range(630)], "regression"),  # 21 different
        ([0, 1], "classification"),
        ([-40, 14, 32, 41, 50, 68, 95, 212], "regression"),
        ([-1, 1] * 4, "classification"),
        ([0, 1, 2] * 3, "classification"),
        ([0, 1, 2] * 2, "regression"),
        ([0, 1, 2] * 16 + [7], "regression"),  # one row alone of the 7
        ([0, 1, 2] * 66 + [7] * 2, "classification"),
        ([0.5, 1] * 20, "regression"),
    ],
)
def test_whole_numbers_are_classes_where_the_rows_speak_for_it_through_every_door(
    write, values, task
):
    x = RNG.normal(size=len(values)).round(3)
    read = data.load(write(table(x, values)))
    np.savez("t.npz", X=x, Y=values)
    doors = [
        read,
        data.load("t.npz"),
        Dataset.of((x, values)),
        Dataset.of((x[:, None], np.array(values))),
    ]
    assert [door.task for door in doors] == [task] * 4
    assert len({door.classes for door in doors}) == 1
    assert all((door.targets == read.targets).all() for door in doors)


def test_the_report_says_why_and_which_column_is_learned(write):
    read = data.load(
        write(
            table(
                ["0", "1"] * 20,
                RNG.normal(size=40),
                RNG.normal(size=40),
                header=["label", "a", "b"],
            )
        )
    )
    assert notes(read, "target") == {
        "b": "the last column, though 'label' looks like the target; regression: it has fractions"
    }
    named = data.load("t.csv", target="label")
    assert "2 different ones, at least 20 rows of each" in notes(named, "target")["label"]


# ---- numbers, categories, texts -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["$33.10", "$5.00", "$1,200.50"], [33.1, 5, 1200.5]),
        (["12.5%", "7%", "0.1%"], [12.5, 7, 0.1]),
        (["11 mm", "-3 mm", "4.5 mm"], [11, -3, 4.5]),
        (["1 234", "22\u202f345", "7\u00a0000"], [1234, 22345, 7000]),
        (["\u22125", "3", "\u22120.5"], [-5, 3, -0.5]),
        (["1.5D+03", "2D0", "1e2"], [1500, 2, 100]),
        (["'12'", "'3.5'", "'4'"], [12, 3.5, 4]),
        (["€ 3", "€ 4", "-€ 5"], [3, 4, -5]),
        (["($5.50)", "$3", "$4"], [-5.5, 3, 4]),
        (["USD 5", "USD 6", "USD 7"], [5, 6, 7]),
    ],
)
def test_numbers_in_disguise(write, cells, numbers):
    quoted = [f'"{cell}"' for cell in cells] * 4
    read = data.load(write(table(RNG.normal(size=12).round(3), quoted, ["a", "b"] * 6)))
    assert read.columns[1].kinds == ()
    assert read.inputs[:3, 1].tolist() == numbers
    card = data.Card.of(read)
    assert card.encode([[0, cells[0]], [0, numbers[0]]])[:, 1].tolist() == [numbers[0]] * 2
    again = data.Card.from_json(card.to_json())
    assert again.columns == card.columns and again.notes == card.notes


def test_a_sign_that_changes_is_refused_by_its_cell(write):
    cells = [f"{i} mm" for i in range(1, 30)] + ["5 cm"]
    with pytest.raises(DataError, match=r"line 2, column 'c1': '1 mm' has another sign or unit"):
        data.load(write(table(range(30, 60), cells, ["a", "b"] * 15)))


@pytest.mark.parametrize("share", [49, 51])
def test_words_among_numbers_are_a_category_on_either_side_of_the_half(write, share):
    cells = ["low"] * share + [str(i % 4) for i in range(100 - share)]
    read = data.load(write(table(RNG.normal(size=100).round(3), cells, ["a", "b"] * 50)))
    assert read.columns[1].kinds == ("0", "1", "2", "3", "low")


@pytest.mark.parametrize("share", [1, 49, 51])
def test_words_among_many_different_numbers_are_refused_by_cell(write, share):
    numbers = RNG.normal(size=100 - share).round(4)
    cells = [*numbers[:10], *["low"] * share, *numbers[10:]]
    with pytest.raises(
        DataError, match=r"line 12, column 'c1': 'low' is not|line 2, .* number among words"
    ):
        data.load(write(table(RNG.normal(size=100).round(3), cells, ["a", "b"] * 50)))


@pytest.mark.parametrize(
    "cells",
    [["2", "3", "4", "5more"], ["<5", "5-9", "10+", "10+"], ["01067", "80331", "01067", "80331"]],
)
def test_categories_that_look_like_numbers(write, cells):
    read = data.load(write(table(RNG.normal(size=48).round(3), cells * 12, ["a", "b"] * 24)))
    assert read.columns[1].kinds == tuple(sorted(set(cells)))


def test_a_category_can_be_said_and_stays_one_for_other_files(write):
    text = table(RNG.normal(size=30).round(3), [10115, 80331, 20095] * 10, ["a", "b"] * 15)
    assert data.load(write(text)).columns[1].kinds == ()
    read = data.load("t.csv", categorical="c1")
    assert read.columns[1].kinds == ("10115", "20095", "80331")
    assert notes(read, "category") == {"c1": "as you said"}
    assert data.Card.of(read).encode([[0, 80331.0]]).tolist() == [[0, 0, 0, 1]]
    assert data.load("t.csv", categorical="1,2").input_names[0].startswith("c0=")


@pytest.mark.parametrize(("rows", "kinds"), [(512, 256), (514, 257)])
def test_a_category_has_at_most_256_kinds(write, rows, kinds):
    text = table(
        RNG.normal(size=rows).round(3),
        [f"w{i % kinds}" for i in range(rows)],
        ["a", "b"] * (rows // 2),
    )
    if kinds <= 256:
        assert len(data.load(write(text)).columns[1].kinds) == kinds
    else:
        with pytest.raises(DataError, match="257 different words, too many for a category"):
            data.load(write(text))


@pytest.mark.parametrize("rows", [5, 256, 257])
def test_a_text_is_never_one_input_for_each_row(write, rows):
    cells = [f"name {i}x" for i in range(rows)]
    text = table(
        RNG.normal(size=rows).round(3), cells, cells[::-1], [0, 1] * (rows // 2) + [0] * (rows % 2)
    )
    with pytest.raises(DataError) as caught:
        data.load(write(text))
    assert "columns" not in str(caught.value)
    assert f"'c1' is text in which most cells differ ({rows} of {rows}) and column 'c2'" in str(
        caught.value
    )
    assert 'ignore="c1,c2"' in str(caught.value)
    assert data.load("t.csv", ignore="c1,c2").input_names == ("c0",)


def test_dates_are_refused_by_name_or_taken_apart(write):
    days = [f"2020-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(40)]
    text = table(RNG.normal(size=40).round(3), days, ["a", "b"] * 20, header=["x", "day", "y"])
    with pytest.raises(
        DataError, match=r"'day' holds dates such as '2020-01-01'; dates=True makes"
    ):
        data.load(write(text))
    read = data.load("t.csv", dates=True)
    assert read.input_names == ("x", "day year", "day month", "day day", "day weekday")
    assert read.inputs[0, 1:].tolist() == [2020, 1, 1, 2]  # a Wednesday
    card = data.Card.from_json(data.Card.of(read).to_json())
    assert card.encode([[0, "2026-11-29"]])[0, 1:].tolist() == [2026, 11, 29, 6]


# ---- what counts rows ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rownames", "Unnamed: 0", "", "id", "index"])
@pytest.mark.parametrize("start", [0, 1])
def test_what_counts_the_rows_is_left_out(write, name, start):
    text = table(
        range(start, 40 + start),
        RNG.normal(size=40),
        ["a"] * 20 + ["b"] * 20,
        header=[name, "noise", "y"],
    )
    read = data.load(write(text))
    assert read.input_names == ("noise",)
    assert list(notes(read, "left out").values()) == ["it counts the rows"]


def test_a_year_a_time_and_the_only_input_stay(write):
    y = RNG.normal(size=40).round(3)
    assert data.load(
        write(table(range(1960, 2000), y, y, header=["year", "a", "y"]))
    ).input_names == ("year", "a")
    assert data.load(write(table(range(40), y, y, header=["t", "a", "y"]))).input_names == (
        "t",
        "a",
    )
    assert data.load(write(table(range(40), y, header=["nr", "y"]))).input_names == ("nr",)


@pytest.mark.parametrize("head", ["0,1,kind", "0,1,species"])
def test_a_header_of_numbers(write, head):
    rows = "".join(f"{i}.5,{i * i % 7},{'big' if i > 20 else 'small'}\n" for i in range(40))
    read = data.load(write(f"{head}\n{rows}"))
    assert (len(read), read.input_names) == (40, ("0", "1"))
    indexed = data.load(
        write(",0,1,kind\n" + "".join(f"{i},{row}\n" for i, row in enumerate(rows.splitlines())))
    )
    assert (len(indexed), indexed.input_names) == (40, ("0", "1"))


# ---- missing cells ------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", ["", "?", "NA", "NaN", "nan", "null", "-", "N/A"])
def test_gaps_are_refused_counted_dropped_or_filled(write, gap):
    a = [gap, "2", "4", "6", "0", "8"] * 5
    b = ["x", "y", "y", gap, "y", "x"] * 5
    write(table(a, b, ["1.5", "2.5", "3.5"] * 10, header=["a", "b", "y"]))
    with pytest.raises(
        DataError, match=r"missing in 10 of 30 rows \(a 5, b 5\): missing=\"mean\" fills"
    ):
        data.load("t.csv")
    assert len(data.load("t.csv", missing="drop")) == 20
    filled = data.load("t.csv", missing="mean")
    card = data.Card.of(filled, scaling="none")
    inputs, _ = card.prepare(filled)
    assert inputs[0].tolist() == [4, 1, 0]  # the mean of a
    assert inputs[3].tolist() == [6, 0, 1]  # the commonest b
    common = data.Card.of(data.load("t.csv", missing="most-frequent"))
    assert common.encode([["?", "x"]])[0, 0] in (0, 2, 4, 6, 8)
    again = data.Card.from_json(card.to_json())
    assert again.encode([[gap, gap]]).tolist() == [[4, 0, 1]]
    assert data.load("t.csv", like=again).inputs.shape == (30, 3)


def test_filling_is_fitted_on_the_training_part(write):
    write(table([""] * 10 + list(range(30)), RNG.normal(size=40), header=["a", "y"]))
    whole = data.load("t.csv", missing="mean")
    training = whole.subset(range(30))
    card = data.Card.of(training)
    assert card.fill is not None and card.fill[0] == np.arange(20).mean()


def test_a_network_without_gaps_refuses_them_later(write):
    card = data.Card.of(data.load(write(table(range(20, 40), RNG.normal(size=20)))))
    with pytest.raises(DataError, match="column 'c0': the cell is empty"):
        card.encode([[""]])
    with pytest.raises(DataError, match="line 2, column 'c0'"):
        data.load(write("c0,c1\n?,2\n"), like=card)


def test_messages_speak_the_language_of_where_they_are_met(write):
    write("a,y\n1,2.5\n?,3.5\n")
    with pytest.raises(DataError, match='missing="mean"'):
        data.load("t.csv")
    token = AT_THE_SHELL.set(True)
    try:
        with pytest.raises(DataError, match="--missing mean"):
            data.load("t.csv")
    finally:
        AT_THE_SHELL.reset(token)


# ---- files --------------------------------------------------------------------------------------

PLAIN = table(
    RNG.normal(size=40).round(3),
    RNG.normal(size=40).round(3),
    ["a", "b"] * 20,
    header=["x", "z", "kind"],
)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "sep=;\n" + t.replace(",", ";"),
        lambda t: t.replace("\n", ",\n"),
        lambda t: t.replace("\n", ";\n").replace(",", ";"),
        lambda t: t.replace(",", "|"),
        lambda t: "# a remark\n# another\n" + t,
        lambda t: t + "\x1a",
        lambda t: t.encode("utf-16"),
        lambda t: t.encode("utf-16-le"),
        lambda t: t.replace("x,z,kind\n", "x,z,kind\ncm,[kg],\n"),
        lambda t: t.replace("\n", ",,\n"),
        lambda t: t.replace(",", " , "),
        lambda t: t.replace(".", ",").replace("0,", "0,").replace(",a", ";a") if False else t,
    ],
)
def test_layouts_are_recognised(write, change):
    plain = data.load(write(PLAIN, "plain.csv"))
    read = data.load(write(change(PLAIN)))
    assert (read.inputs == plain.inputs).all() and read.classes == plain.classes
    assert read.input_names == ("x", "z")


def test_windows_1252_and_what_was_said(write):
    read = data.load(write("höhe,größe\n1.5,klein\n2.5,groß\n".encode("windows-1252")))
    assert read.input_names == ("höhe",) and read.classes == ("groß", "klein")
    assert notes(read, "text") == {"": "the text is read as windows-1252"}
    mac = data.load(write("höhe,y\n1.5,2.5\n2.5,1.5\n".encode("mac-roman")), encoding="mac-roman")
    assert mac.input_names == ("höhe",)
    with pytest.raises(DataError, match="no encoding is called 'utf-9'"):
        data.load("t.csv", encoding="utf-9")


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({}, 2500.5),
        ({"decimal": ","}, 2500.5),
        ({"thousands": "."}, 2500.5),
        ({"decimal": "comma", "thousands": "point"}, 2500.5),
    ],
)
def test_german_thousands(write, options, number):
    rows = "".join(f"{2 + i % 7}.500,50;{i},25;{'a' if i % 2 else 'b'}\n" for i in range(40))
    read = data.load(write(f"a;b;kind\n{rows}"), **options)
    assert read.input_names == ("a", "b") and read.inputs[0].tolist() == [number, 0.25]


def test_a_dot_between_thousands_is_not_a_decimal_point_beside_decimal_commas(write):
    read = data.load(write("a;b;y\n" + "2.500;1,5;0\n3.750;2,5;1\n" * 10))
    assert read.inputs[0].tolist() == [2500, 1.5]


def test_an_unclosed_quote_names_its_line_and_shows_one_line(write):
    with pytest.raises(
        DataError, match=r't.csv, line 3: a quote is opened and not closed, \'"low,b\''
    ):
        data.load(write('x,y\nhigh,a\n"low,b\n' + "high,a\n" * 30_000))


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_packed_tables(write, pack):
    assert len(data.load(write(pack(PLAIN.encode()), "t.csv.packed"))) == 40


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def test_a_zip_with_one_table_in_it(write):
    assert len(data.load(write(zipped(t__csv=PLAIN), "t.zip"))) == 40
    with pytest.raises(DataError, match=r"a zip with 2 files \(a.csv, b.csv\); unpack one"):
        data.load(write(zipped(a__csv=PLAIN, b__csv=PLAIN), "t.zip"))
    with pytest.raises(LernpyError, match="damaged zip"):
        data.load(write(zipped(a__csv=PLAIN)[:60], "t.zip"))


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PLAIN.encode())))
    read = data.load("-")
    assert len(read) == 40 and read.input_names == ("x", "z")


def test_arff(write):
    head = "% flowers\n@RELATION r\n@ATTRIBUTE size NUMERIC\n@ATTRIBUTE 'the colour' {red, 'light blue'}\n"
    head += "@attribute doors {2,4}\n@attribute class {yes,no}\n@DATA\n"
    rows = "1.5,red,2,yes\n?,'light blue',4,no\n% more\n2.5,red,4,no\n" * 4
    read = data.load(write(head + rows, "t.arff"), missing="mean")
    assert read.columns[1].kinds == ("light blue", "red") and read.columns[2].kinds == ("2", "4")
    assert read.classes == ("no", "yes") and len(read) == 12
    with pytest.raises(DataError, match=r"t.arff, line 9, column 'size'"):
        data.load("t.arff")
    with pytest.raises(DataError, match=r"line 8: 3 values, but there are 4 attributes"):
        data.load(write(head + "1,red,2\n", "t.arff"))


class Series(list):
    """A column as pandas and polars have it, as far as lernpy asks."""

    def to_list(self):
        return list(self)


class Frame:
    """A frame as pandas and polars have it, as far as lernpy asks."""

    __dataframe__ = True

    def __init__(self, **columns):
        self._columns = {name: Series(values) for name, values in columns.items()}
        self.columns = list(columns)

    def __getitem__(self, name):
        return self._columns[name]


def test_a_frame_gives_what_its_csv_gives(write):
    size = RNG.normal(size=40).tolist()
    frame = Frame(size=size, doors=[2, 3, "5more", None] * 10, big=[True, False] * 20)
    read = data.load(frame, missing="most-frequent")
    written = data.load(
        write(
            table(
                size, [2, 3, "5more", ""] * 10, [True, False] * 20, header=["size", "doors", "big"]
            )
        ),
        missing="most-frequent",
    )
    assert read.columns == written.columns and read.classes == written.classes == ("False", "True")
    assert np.array_equal(read.inputs, written.inputs, equal_nan=True)
    assert Dataset.of(Frame(size=size, y=[0, 1] * 20)).classes == ("0", "1")
    with pytest.raises(LernpyError, match="has no option 'taget'"):
        data.load(frame, taget="big")


def test_wide_tables_are_read_in_time_linear_in_their_width(write):
    words = ",".join(f"w{i}" for i in range(3000))
    read = data.load(
        write(
            "\n".join(
                [words, ",".join("ab"[i % 2] for i in range(3000))]
                + [",".join("ba"[i % 2] for i in range(3000))] * 4
            )
        )
    )
    assert len(read.columns) == 2999
    numbers = data.load(write("\n".join([",".join([str(i % 2)] * 100_000) for i in range(4)])))
    assert len(numbers.columns) == 99_999
    blank = "," * 300_000  # where each row ends in delimiters, nothing stands behind them
    assert len(data.load(write("\n".join(f"{i},{i % 2}{blank}" for i in range(4)))).columns) == 1
