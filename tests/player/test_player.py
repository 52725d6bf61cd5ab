"""The page as a text: sizes, what it may not contain, and one clear line for what it cannot play."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from copy import deepcopy
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import played
import pytest

import lernpy
from lernpy import player
from lernpy.errors import FileFormatError, LernpyError
from lernpy.player.bundle import script, tables
from lernpy.player.looks import style
from lernpy.player.sheet import sheet, sheets
from lernpy.watch import LEVELS, Trace, slow_motion
from lernpy.watch.file.writing import KNOWN


def by_hand() -> Trace:
    return Trace.record(slow_motion(lernpy.build.by_hand(), [1], [1]), title="By hand")


def test_the_joined_module_asks_for_nothing() -> None:
    """No import, no request; no // comment, which would eat the rest of a flattened line."""
    module = script()
    assert "//" not in module and "\n" not in module
    assert not re.search(r"\bimport\b|\brequire\b|\bfetch\b|XMLHttpRequest|WebSocket", module)
    assert module.count("export ") == 1 and module.endswith("export default{render};")


def test_no_template_stands_in_another() -> None:
    """The tool that squeezes the modules reads a template up to the next backtick."""
    for file in Path(str(files("lernpy.player").joinpath("js"))).rglob("*.js"):
        assert not re.search(r"\$\{[^}]*`", file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize("name", played.PAGES)
def test_a_page_without_its_trace_is_small(name: str) -> None:
    page = player.page(played.PAGES[name]())
    trace = page.split('id="lp-trace">')[1].split("</script>")[0]
    worksheet = page.split('<div class="lp-sheet">')[1].split("<noscript>")[0]
    assert len(page.encode()) - len(trace.encode()) - len(worksheet.encode()) < 120_000


def test_the_style_and_the_script_of_a_page_are_the_only_ones_that_may_run() -> None:
    page = player.page(by_hand())
    policy = re.search(r'Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].startswith("default-src 'none';")
    for tag in ("style", 'script type="module"'):
        text = page.split(f"<{tag}>")[1].split(f"</{tag.split()[0]}>")[0]
        assert b64encode(sha256(text.encode()).digest()).decode() in policy[1]
    assert "unsafe" not in policy[1]


def test_the_module_uses_of_its_host_what_every_host_has() -> None:
    used = set(re.findall(r"\bmodel\.(\w+)", script()))
    assert used <= {"get", "set", "on", "off", "save_changes", "send"}


def test_every_rule_of_the_style_is_prefixed() -> None:
    looks = re.sub(r"/\*.*?\*/", "", style(), flags=re.S)
    rules = re.findall(r"([^{}]+)\{", looks)
    selectors = [one.strip() for rule in rules if "@" not in rule for one in rule.split(",")]
    assert len(selectors) > 60
    assert [one for one in selectors if "lp-" not in one] == []


def test_the_page_names_no_other_place() -> None:
    page = player.page(by_hand())
    assert re.findall(r"(?:src|href)\s*=", page.split("<body")[0]) == []
    assert re.findall(r"https?://[^\s\"']*", page) == []


def test_the_model_of_the_page_has_six_lines() -> None:
    from lernpy.player.page import MODEL

    lines = MODEL.splitlines()
    assert len([line for line in lines if "render(" not in line]) == 6 - 1 + 0


def test_a_page_of_four_hundred_lessons_is_small() -> None:
    """XOR x 400 samples is about 25 kB of trace; the page adds the player."""
    network = lernpy.layered([2, 3, 1], seed=0, learning_rate=0.5)
    trace = Trace.record(slow_motion(network, *played.XOR, epochs=100))
    page = player.page(trace)
    assert len(page) - len(player.page(by_hand())) < 25_000


def test_what_a_long_trace_leaves_out_the_player_can_compute() -> None:
    """And what it takes to compute it is printed, for each of those functions."""
    printed = tables().split("const LOSSES")[0]
    for name in KNOWN - {"softmax"}:
        assert f"\n{name}: {{\nvalue: function" in printed


def test_of_the_maths_a_page_has_what_its_network_needs() -> None:
    printed = tables(by_hand().to_json()["network"])
    kinds = re.findall(r"^(\w+): \{\nvalue", printed, re.M)
    assert kinds == ["identity", "sigmoid", "one", "squared_error"]


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_the_answer_key_of_a_long_trace_has_the_numbers_that_it_leaves_out(output: str) -> None:
    network = lernpy.layered([2, 3, 2], activation="tanh", output_activation=output, seed=1)
    trace = Trace.record(slow_motion(network, [[1, 0]] * 3, [[1, 0]] * 3))
    small, large = trace.to_json(dtype="float32"), trace.to_json(dtype="float64")
    assert small["samples"]["output"] is None and large["samples"]["output"] is not None
    assert sheet(small) == sheet(large)


def test_what_would_end_the_script_is_escaped() -> None:
    evil = "</script><script>alert(1)</script><!--"
    network = lernpy.from_edges([(evil, "y")], [evil], ["y"], seed=0)
    page = player.page(Trace.record(slow_motion(network, [1], [1]), title=evil))
    assert "alert(1)</script>" not in page
    assert page.count("</script>") == 3
    data = page.split('id="lp-trace">')[1].split("</script>")[0]
    assert json.loads(data)["title"] == evil


def test_a_frame_may_run_its_script_and_nothing_else() -> None:
    frame = player.iframe(by_hand(), height=500)
    assert 'sandbox="allow-scripts"' in frame and "allow-same-origin" not in frame
    assert 'height="500"' in frame
    assert frame.count('"') == frame.count('="') * 2  # nothing in the page ends an attribute


def test_write_puts_the_page_where_it_belongs(tmp_path: Path) -> None:
    player.write(by_hand(), tmp_path / "a.html", title="<My> lesson")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>&lt;My&gt; lesson</title>" in page
    assert page == player.page(by_hand(), "<My> lesson")


def test_a_trace_a_loaded_trace_and_its_json_give_the_same_page(tmp_path: Path) -> None:
    trace = by_hand()
    trace.save(tmp_path / "t.json")
    assert player.page(trace) == player.page(trace.to_json())
    assert player.page(Trace.load(tmp_path / "t.json")) == player.page(trace)


def test_one_clear_line_for_what_cannot_be_played(tmp_path: Path) -> None:
    with pytest.raises(LernpyError, match=r"the folder .*nowhere does not exist; make it first"):
        player.write(by_hand(), tmp_path / "nowhere" / "a.html")
    with pytest.raises(LernpyError, match="plays a trace, not <network: 1 input"):
        player.page(lernpy.build.by_hand())
    with pytest.raises(LernpyError, match="the font scale is 9; it must be from 1 to 3"):
        player.page(by_hand(), font_scale=9)
    other = {**by_hand().to_json(), "format": "lernpy-trace/2"}
    with pytest.raises(FileFormatError, match="reads lernpy-trace/1, not 'lernpy-trace/2'"):
        player.page(other)


def test_a_network_of_100_000_links_is_refused_before_anything_is_drawn() -> None:
    header = deepcopy(by_hand().to_json())
    header["network"]["n_links"] = 100_000
    with pytest.raises(LernpyError, match="has 100,000 links; the player steps through at most"):
        player.page(header)


def test_places_are_those_of_the_plots() -> None:
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [0, 1], [0, 1]))
    found = player.traits(trace)["spots"]["positions"]
    for (x, y), (px, py) in zip(found, lernpy.layout.positions(network).values(), strict=True):
        assert (x, round(1 - y, 6)) == (px, py)


def test_positions_of_the_trace_are_kept() -> None:
    trace = by_hand()
    trace.positions = [(0.0, 0.5), (0.5, 0.5), (0.0, 1.0), (1.0, 0.5)]
    kept = [[0.0, 0.5], [0.5, 0.5], [0.0, 1.0], [1.0, 0.5]]
    assert player.traits(trace)["spots"] == {"positions": kept, "bends": {}}


@pytest.mark.parametrize(
    ("sizes", "level"), [([2, 3, 1], "link"), ([13, 8, 3], "neuron"), ([64, 16, 10], "generation")]
)
def test_a_long_lesson_begins_with_larger_moves_unless_somebody_says_otherwise(
    sizes: list[int], level: str
) -> None:
    network = lernpy.layered(sizes, seed=0)
    trace = Trace.record(slow_motion(network, [0.5] * sizes[0], [0.5] * sizes[-1]))
    assert LEVELS[player.traits(trace)["level"]] == level
    assert LEVELS[player.traits(trace, level="phase")["level"]] == "phase"
    assert '"level":3' in player.page(trace, level="phase")
    with pytest.raises(LernpyError, match=r"no such move: 'leap'\. Known: link, neuron"):
        player.page(trace, level="leap")


# ---- the worksheet ------------------------------------------------------------------------------


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [re.findall(r"<t[dh]>(.*?)</t[dh]>", row) for row in rows]


def test_the_answer_key_has_the_numbers_of_the_lesson() -> None:
    """By hand: h .75 .6792 .1481 .0323; new weights .4968 .2468 -.9899. The first row is an example."""
    blank, key = sheet(by_hand().to_json()).split("<section>")[1:]
    numbers = ["h", "sigmoid", "0.75", "0.6792", "0.1481", "0.03228"]
    assert numbers in cells(key) and numbers in cells(blank)
    assert ["y", "sigmoid", "", "", "", ""] in cells(blank)
    assert [row[-1] for row in cells(key) if "→" in row[0]] == ["0.4968", "0.2468", "−0.9899"]
    assert [row[2:] for row in cells(blank) if "→" in row[0]][1:] == [[""] * 4] * 2
    assert "0.2202" in key and "0.2202" not in blank
    assert "total input<br>z = Σ w · y" in blank and "lp-example" in blank
    assert "lp-example" not in key


def test_a_worksheet_has_the_links_that_are_chosen() -> None:
    trace = played.skips()
    worksheet, key = sheets(trace, links=["c->y3", "x1 -> a"])
    assert [row[0] for row in cells(key) if "→" in row[0]] == ["x1 → a", "c → y3"]
    assert "12 more links" in worksheet
    with pytest.raises(LernpyError, match=r"no link is called 'c -> y4'\. Did you mean 'c -> y\d'"):
        sheets(trace, links=["c->y4"])


def test_steps_of_another_optimiser_are_read_not_derived() -> None:
    key = sheet(played.xor(3, "adam")).split("<section>")[2]
    steps = [
        abs(float(row[-1].replace("−", "-")) - float(row[1].replace("−", "-")))
        for row in cells(key)
        if "→" in row[0]
    ]
    assert max(steps) == pytest.approx(0.5, abs=1e-3)  # Adam's first step is its rate


def test_a_zero_on_paper_has_no_sign() -> None:
    trace = Trace.record(slow_motion(lernpy.build.two_two_two(), [0, 0.1], [0.01, 0.99]))
    assert "−0<" not in sheet(trace.to_json()).replace("−0.", "")


def test_a_large_network_gives_a_worksheet_of_one_page() -> None:
    """Of its links those with the largest gradients, and the neurons at their ends."""
    pages = sheet(played.digits()).split("<section>")
    assert "1,198 more links" in pages[1]
    assert len(cells(pages[1])) == 2 + 9 + 12


def test_where_weights_are_not_known_there_is_no_worksheet() -> None:
    trace: dict[str, Any] = deepcopy(played.two_two_two())
    trace["edits"] = [{"at": 3, "what": "weight", "index": 0, "name": "value", "value": 1.0}]
    assert sheet(trace) == ""
    with pytest.raises(LernpyError, match="a worksheet needs a whole sample"):
        sheets(trace)
    assert 'lp-sheet">' not in player.page(trace)
