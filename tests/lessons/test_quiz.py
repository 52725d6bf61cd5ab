"""200 students in each format, parsed back from the format's grammar; the key is what the objects say."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as XML
from zipfile import ZipFile

import nbformat
import pytest

import lernpy
from lernpy import data
from lernpy.cli import main
from lernpy.errors import LernpyError
from lernpy.lessons import mistakes
from lernpy.lessons.question import belief_behind
from lernpy.lessons.quiz import FORMATS, Paper, from_data, from_network
from lernpy.lessons.quiz.graded import UNKNOWN, submitted
from lernpy.lessons.quiz.problems import LEAST, LEAST_WRONG, MOST, all_apart, near

STUDENTS = range(1, 201)


class Answer(NamedTuple):
    value: float
    near: float
    right: bool
    feedback: str


class Asked(NamedTuple):
    name: str
    text: str
    answers: list[Answer]


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return list(from_data(data.load("xor"), STUDENTS))


# ---- the problems themselves ---------------------------------------------------------------------


def rebuilt(setup: tuple[str, ...]) -> tuple[Any, list[tuple[list[float], list[float]]]]:
    """The net and the samples, from nothing but the words that a student reads."""
    edges = re.findall(r"(\w+) -> (\w+) (-?[\d.e-]+)", setup[0])
    kinds = {
        name: kind
        for kind, names in re.findall(r"(\w+) at ([\w, ]+?)[;.]", setup[1].partition(" Loss")[0])
        for name in re.split(r", | and ", names)
    }
    samples = [
        tuple(
            [float(n) for n in re.findall(r"= (-?[\d.]+)", half)]
            for half in line.rstrip(".").split(";")
        )
        for line in setup[2:]
    ]
    inputs = re.findall(r"(\w+) =", setup[2].partition(";")[0])
    outputs = re.findall(r"(\w+) =", setup[2].partition(";")[2])
    network = lernpy.from_edges(
        [(u, v, float(w)) for u, v, w in edges],
        inputs,
        outputs,
        activations=kinds,
        learning_rate=0.5,
    )
    return network, samples  # type: ignore[return-value]


def by_the_objects(setup: tuple[str, ...], text: str) -> float:
    """The answer to a question, from its words alone."""
    network, (first, second) = rebuilt(setup)
    part = re.search(r"of ((?:\w+ -> )?\w+)", text)
    assert part
    if "update" in text and text.startswith("The weight"):
        network.learn(*first)
        return float(network.links[tuple(part[1].split(" -> "))].weight.value)
    network.collect(*first)
    if text.startswith("Both"):
        network.collect(*second)
        return float(
            network.neurons[part[1] if "blame of" not in text else _named(text)].sensitivity
        )
    if "gradient" in text:
        return float(network.links[tuple(part[1].split(" -> "))].weight.sensitivity)
    neuron = network.neurons[part[1]]
    return float(neuron.delta if "delta" in text else neuron.sensitivity)


def _named(text: str) -> str:
    found = re.search(r"blame of (\w+)", text)
    assert found
    return found[1]


def test_the_key_is_what_the_objects_say(papers: list[Paper]) -> None:
    for paper in papers:
        for problem in paper.problems:
            expected = by_the_objects(paper.setup, problem.text)
            assert problem.answer == pytest.approx(expected, rel=1e-12), (paper.seed, problem.text)


def test_all_answers_are_apart_and_none_too_small_or_too_large(papers: list[Paper]) -> None:
    for paper in papers:
        for problem in paper.problems:
            assert all_apart(problem) and len(problem.wrong) >= LEAST_WRONG
            values = [problem.answer, *(wrong.value for wrong in problem.wrong)]
            assert all(LEAST <= abs(value) <= MOST for value in values)


def test_each_student_has_own_numbers_and_meets_all_seven_mistakes(papers: list[Paper]) -> None:
    assert len({paper.setup for paper in papers}) == len(papers) == 200
    for paper in papers:
        shown = {wrong.mistake for problem in paper.problems for wrong in problem.wrong}
        assert shown == set(mistakes.MISTAKES)


def test_a_wrong_answer_is_what_its_mistake_gives(papers: list[Paper]) -> None:
    for paper in papers[:20]:
        network, (first, _) = rebuilt(paper.setup)
        problem = paper.problems[0]
        for wrong in problem.wrong:
            twin = mistakes.apply(network, wrong.mistake)
            twin.collect(*first)
            assert wrong.value == pytest.approx(twin.neurons[_named(problem.text)].sensitivity)
            assert wrong.belief.name == belief_behind(wrong.mistake)


@pytest.mark.parametrize("name", ["iris", "spiral", "sine", "abcd"])
def test_other_data_do_as_well(name: str) -> None:
    for paper in from_data(data.load(name), range(5)):
        assert all(all_apart(problem) for problem in paper.problems)


def test_a_net_keeps_its_wiring() -> None:
    edges = [("a", "h"), ("b", "h"), ("a", "y"), ("h", "y"), ("h", "z"), ("bias", "h")]
    network = lernpy.from_edges(edges, ["a", "b"], ["y", "z"], seed=0)
    samples = lernpy.Dataset.of(([[0.5, -1.0], [1.0, 0.3]], [[0.0, 1.0], [1.0, 0.0]]))
    (paper,) = from_network(network, samples, [3])
    assert len(rebuilt(paper.setup)[0].links) == 6


def test_what_nobody_computes_by_hand_is_refused() -> None:
    with pytest.raises(LernpyError, match="digits has 64 inputs"):
        next(from_data(data.load("digits"), [1]))
    with pytest.raises(LernpyError, match=r"has 181 links; a student's has at most 40"):
        next(from_network(lernpy.layered([1, 60, 1], seed=0), data.load("sine"), [1]))
    with pytest.raises(LernpyError, match="no hidden neuron"):
        next(from_network(lernpy.layered([2, 1], seed=0), data.load("xor"), [1]))


# ---- parsers of the test's own -------------------------------------------------------------------


def read_gift(text: str) -> Iterator[Asked]:
    """GIFT by its grammar: ::name::[format]text{# answers }, signs behind a backslash mean themselves."""
    at = 0

    def until(*ends: str) -> str:
        nonlocal at
        taken = []
        while not any(text.startswith(end, at) for end in ends):
            if text[at] == "\\":
                at += 1
            taken.append(text[at])
            at += 1
        return "".join(taken)

    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text.startswith("$CATEGORY:", at):
            at = text.index("\n", at)
        else:
            assert text.startswith("::", at), text[at : at + 40]
            at += 2
            name = until("::")
            at += 2
            assert text.startswith("[html]", at)
            at += 6
            asked = until("{")
            assert text.startswith("{#", at)  # numerical
            at += 2
            answers = []
            until("=", "}")
            while text[at] == "=":
                at += 1
                credit = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%").match(text, at)
                at = credit.end() if credit else at
                value, close = until("#").split(":")
                at += 1
                right = credit is None or float(credit[1]) == 100
                answers.append(Answer(float(value), float(close), right, until("=", "}").strip()))
            assert text[at] == "}"
            at += 1
            yield Asked(name, asked, answers)


def read_moodle(text: str) -> Iterator[Asked]:
    root = XML.fromstring(text.encode())
    assert root.tag == "quiz"
    for question in root:
        assert question.tag == "question"
        if question.get("type") == "category":
            assert question.findtext("category/text", "").startswith("$course$/")
            continue
        assert question.get("type") == "numerical"
        answers = [
            Answer(
                float(one.findtext("text", "")),
                float(one.findtext("tolerance", "")),
                one.get("fraction") == "100",
                one.findtext("feedback/text", ""),
            )
            for one in question.findall("answer")
        ]
        yield Asked(
            question.findtext("name/text", ""), question.findtext("questiontext/text", ""), answers
        )


QTI = {"q": "http://www.imsglobal.org/xsd/imsqti_v2p1"}
ORDER = [
    "responseDeclaration",
    "outcomeDeclaration",
    "outcomeDeclaration",
    "itemBody",
    "responseProcessing",
]


def read_qti(content: bytes) -> Iterator[Asked]:
    """By the specification: order of children, declared before used, one type for both sides of equal."""
    archive = ZipFile(io.BytesIO(content))
    manifest = XML.fromstring(archive.read("imsmanifest.xml"))
    spaces = {"c": "http://www.imsglobal.org/xsd/imscp_v1p1"}
    resources = manifest.findall("c:resources/c:resource", spaces)
    hrefs = [one.get("href") for one in resources]
    assert {one.get("type") for one in resources} == {"imsqti_item_xmlv2p1"}
    assert sorted([*hrefs, "imsmanifest.xml"], key=str) == sorted(archive.namelist())
    for href in hrefs:
        yield _item(XML.fromstring(archive.read(str(href))))


def _item(root: XML.Element) -> Asked:
    assert root.tag == f"{{{QTI['q']}}}assessmentItem"
    assert {"identifier", "title", "adaptive", "timeDependent"} <= set(root.attrib)
    tags = [child.tag.partition("}")[2] for child in root]
    assert tags[:5] == ORDER and set(tags[5:]) == {"modalFeedback"}
    response = root.find("q:responseDeclaration", QTI)
    assert response is not None and response.get("baseType") == "float"
    assert root.findall(".//q:textEntryInteraction[@responseIdentifier='RESPONSE']", QTI)
    outcomes = {one.get("identifier") for one in root.findall("q:outcomeDeclaration", QTI)}
    assert outcomes == {"SCORE", "FEEDBACK"}
    shown = {one.get("identifier"): one.text or "" for one in root.findall("q:modalFeedback", QTI)}
    answers = []
    (condition,) = root.findall("q:responseProcessing/q:responseCondition", QTI)
    for case in condition:
        equal = case.find("q:equal", QTI)
        assert equal is not None and equal.get("toleranceMode") == "absolute"
        low, high = equal.get("tolerance", "").split()
        assert low == high
        value = equal.find("q:baseValue[@baseType='float']", QTI)
        sets = {
            one.get("identifier"): one[0].text for one in case.findall("q:setOutcomeValue", QTI)
        }
        assert set(sets) <= outcomes and value is not None
        answers.append(
            Answer(float(value.text or ""), float(low), "SCORE" in sets, shown[sets["FEEDBACK"]])
        )
    correct = response.findtext("q:correctResponse/q:value", "", QTI)
    assert float(correct) == answers[0].value
    body = "".join(root.find("q:itemBody", QTI).itertext())  # type: ignore[union-attr]
    return Asked(root.get("title", ""), body, answers)


def read_jupyterquiz(text: str) -> Iterator[Asked]:
    for question in json.loads(text):
        assert question["type"] == "numeric"
        *ranges, default = question["answers"]
        assert default["type"] == "default"
        answers = [
            Answer(
                sum(one["range"]) / 2,
                (one["range"][1] - one["range"][0]) / 2,
                one["correct"],
                one["feedback"],
            )
            for one in ranges
        ]
        yield Asked(question["question"].split(".")[0], question["question"], answers)


READERS = {
    "gift": lambda content: read_gift(content.decode()),
    "moodle-xml": lambda content: read_moodle(content.decode()),
    "qti21": read_qti,
    "jupyterquiz": lambda content: read_jupyterquiz(content.decode()),
}


@pytest.mark.parametrize("name", READERS)
def test_200_students_come_back_from_each_format(papers: list[Paper], name: str) -> None:
    (content,) = FORMATS[name].write(papers).values()
    asked = list(READERS[name](content))
    problems = [(paper, problem) for paper in papers for problem in paper.problems]
    assert len(asked) == len(problems) == 1200
    for one, (paper, problem) in zip(asked, problems, strict=True):
        assert f"tudent {paper.seed}, question {problem.number}" in one.name
        text = unescape(one.text).replace("→", "->")
        assert problem.text in text and all(line in text for line in paper.setup)
        right, *wrong = one.answers
        assert right.right and right.value == pytest.approx(problem.answer, abs=1e-5)
        assert right.near == pytest.approx(problem.near, abs=1e-5)
        assert [w.value for w in wrong] == pytest.approx([w.value for w in problem.wrong], abs=1e-5)
        assert [w.feedback for w in wrong] == [w.feedback for w in problem.wrong]
        assert not any(w.right for w in wrong)


def test_paper_has_a_sheet_for_each_student_and_the_key_behind(papers: list[Paper]) -> None:
    (content,) = FORMATS["html"].write(papers).values()
    sheets, _, key = content.decode().partition('<section class="key">')
    assert sheets.count("<section>") == 200
    assert key.count("<tr>") == 1 + 1200
    assert all(problem.text.replace(">", "&gt;") in sheets for problem in papers[7].problems)


# ---- notebooks that grade ------------------------------------------------------------------------


def graded(cells: list[dict[str, Any]]) -> list[str]:
    """Run the cells of a submission one after the other; what each test says, nothing if it passes."""
    names: dict[str, Any] = {}
    said = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        try:
            exec(cell["source"], names)
            said.append("")
        except AssertionError as error:
            said.append(str(error))
    return said


def nbgrader_says(book: dict[str, Any], answers: list[float]) -> list[str]:
    cells = list(submitted(book, answers))
    tests = [cell["metadata"].get("nbgrader", {}).get("grade", False) for cell in cells]
    said = graded(cells)
    return [words for words, test in zip(said, tests[1:], strict=True) if test]


def otter_says(book: dict[str, Any], answers: list[float]) -> list[str]:
    """As Otter does it: the doctest of each case; the message of the first that fails."""
    names = {f"answer_{i}": value for i, value in enumerate(answers, 1)}
    said = []
    for test in book["metadata"]["otter"]["tests"].values():
        (suite,) = test["suites"]
        failed = [
            c
            for c in suite["cases"]
            if not eval(c["code"].removeprefix(">>> ").splitlines()[0], names)
        ]
        said.append(failed[0]["failure_message"] if failed else "")
    return said


@pytest.mark.parametrize(("name", "says"), [("nbgrader", nbgrader_says), ("otter", otter_says)])
def test_200_notebooks_grade_a_right_and_seven_wrong_submissions(
    papers: list[Paper], name: str, says: Any
) -> None:
    files = FORMATS[name].write(papers)
    assert list(files) == [f"student-{seed}.ipynb" for seed in STUDENTS]
    for paper, content in zip(papers, files.values(), strict=True):
        nbformat.validate(nbformat.reads(content.decode(), as_version=4))
        book = json.loads(content)
        assert says(book, [problem.answer for problem in paper.problems]) == [""] * 6
        for mistake in mistakes.MISTAKES:
            messages = says(book, list(paper.by_mistake[mistake]))
            own = [w.feedback for p in paper.problems for w in p.wrong if w.mistake == mistake]
            assert own and set(own) <= set(messages), (paper.seed, mistake)


def test_an_answer_of_nobody_is_told_so(papers: list[Paper]) -> None:
    content = FORMATS["nbgrader"].write(papers[:1])["student-1.ipynb"]
    assert nbgrader_says(json.loads(content), [99.0] * 6) == [UNKNOWN] * 6


# ---- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_writes_each_format(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"bank{FORMATS[name].ending or ''}"
    assert main(["quiz", "xor", "--seeds", "1:4", "--format", name, "-o", str(path)]) == 0
    assert "3 students, 18 questions" in capsys.readouterr().out
    assert path.is_file() if FORMATS[name].ending else len(list(path.iterdir())) == 3
    if FORMATS[name].ending:  # which says the format, too
        content = path.read_bytes()
        assert main(["quiz", "xor", "--seeds", "1:4", "-o", str(path)]) == 0
        assert path.read_bytes() == content


def test_the_same_seeds_give_the_same_bank() -> None:
    first, again = (
        FORMATS["qti21"].write(list(from_data(data.load("xor"), [4]))) for _ in range(2)
    )
    assert first == again


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["xor", "-o", "bank.csv"], "'bank.csv' must end in .txt: the format is gift"),
        (["digits"], "digits has 64 inputs"),
        (["xor", "--data", "xor"], "xor is data already"),
    ],
)
def test_what_is_wrong_is_told(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quiz", *arguments]) == 1
    assert says in capsys.readouterr().err


def test_near_is_a_hundredth_but_never_nothing() -> None:
    assert near(-2.0) == 0.02 and near(0.001) == 0.0005
