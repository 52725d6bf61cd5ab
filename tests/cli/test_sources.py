"""Which network and which data an argument means; a stranger's network reads no file of mine."""

from __future__ import annotations

import json

import pytest

from lernpy.cli import main

ROWS = "a,b,kind\n" + "".join(
    f"{i}.25,{i * i % 7},{'big' if i > 20 else 'small'}\n" for i in range(40)
)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """A folder with a net that learned from the table beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text(ROWS)
    assert main(["train", "mine.csv", "--save", "net.json", "--epochs", "2", "--quiet"]) == 0
    capsys.readouterr()
    return tmp_path


def pointing_to(net, file):
    values = json.loads(net.read_text())
    values["card"]["data"]["file"] = str(file)
    net.write_text(json.dumps(values))


def test_a_net_finds_the_data_beside_it_and_says_so(here, tmp_path_factory, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert main(["evaluate", str(here / "net.json")]) == 0
    assert f"reading {here / 'mine.csv'}" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["evaluate", "check", "step", "play"])
def test_a_strangers_net_reads_no_file_outside_its_folder(
    here, tmp_path_factory, monkeypatch, capsys, command
):
    secret = tmp_path_factory.mktemp("private") / "grades.csv"
    secret.write_text(ROWS.replace("big", "Ann").replace("small", "Bob"))
    inside = here / "inside.csv"
    inside.symlink_to(secret)
    for file in (secret, "inside.csv", "//host/share/grades.csv", "\\\\host\\grades.csv"):
        pointing_to(here / "net.json", file)
        assert main([command, "net.json"]) == 1
        assert "which is not in its folder; name the data" in capsys.readouterr().err
    assert not (here / "lesson.html").exists()


def test_data_that_the_user_names_are_read_wherever_they_are(here, tmp_path_factory, capsys):
    other = tmp_path_factory.mktemp("other") / "more.csv"
    other.write_text(ROWS)
    assert main(["evaluate", "net.json", str(other)]) == 0
    assert "more, 40 samples" in capsys.readouterr().out


def test_a_network_goes_on_with_its_columns_classes_and_scaling(here, capsys):
    before = json.loads((here / "net.json").read_text())["card"]
    rows = [f"{'big' if i > 20 else 'small'},{i % 7},{i * 3}" for i in range(40)]
    (here / "more.csv").write_text("\n".join(["kind,b,a", *rows]))
    short = ("--epochs", "3", "--quiet", "--from", "net.json")
    assert main(["train", "more.csv", *short, "--save", "on.json"]) == 0
    after = json.loads((here / "on.json").read_text())["card"]
    for key in ("columns", "classes", "scaling", "input_names", "output_names"):
        assert after[key] == before[key]
    assert after["data"]["file"] == "more.csv"
    again = ("--rescale", "--target", "kind", "--save", "new.json")
    assert main(["train", "more.csv", *short, *again]) == 0
    assert json.loads((here / "new.json").read_text())["card"]["scaling"] != before["scaling"]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (("big", "huge"), (), "'huge' was never seen in training"),
        (("a,b", "a,c"), (), "has no column 'b', which the network learned from"),
        (("", ""), ("--layers", "4"), "is a net already; leave out --layers"),
        (("", ""), ("--scale", "minmax"), "say --rescale"),
    ],
)
def test_what_does_not_fit_the_network_is_refused_by_name(here, capsys, change, options, message):
    (here / "other.csv").write_text(ROWS.replace(*change) if change[0] else ROWS)
    assert main(["train", "other.csv", "--from", "net.json", *options]) == 1
    assert message in capsys.readouterr().err
