"""IMS QTI 2.1: a package of items with text entry, scored by equality with a tolerance."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.etree import ElementTree as XML
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lernpy.lessons.quiz.gift import RIGHT, rounded
from lernpy.lessons.quiz.problems import Paper, Problem, near

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CONTENT = "http://www.imsglobal.org/xsd/imscp_v1p1"
KIND = "imsqti_item_xmlv2p1"
WHEN = (1980, 1, 1, 0, 0, 0)  # of all files, so that equal seeds give equal packages


def package(papers: Sequence[Paper]) -> bytes:
    """The package: a manifest, and one file for each question."""
    items = {
        f"item_{paper.seed}_{problem.number}": item(paper, problem)
        for paper in papers
        for problem in paper.problems
    }
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        archive.writestr(ZipInfo("imsmanifest.xml", WHEN), _manifest(list(items)))
        for name, text in items.items():
            archive.writestr(ZipInfo(f"{name}.xml", WHEN), text)
    return held.getvalue()


def _manifest(names: Sequence[str]) -> str:
    root = XML.Element("manifest", xmlns=CONTENT, identifier="lernpy")
    metadata = XML.SubElement(root, "metadata")
    XML.SubElement(metadata, "schema").text = "IMS Content"
    XML.SubElement(metadata, "schemaversion").text = "1.2"
    XML.SubElement(root, "organizations")
    resources = XML.SubElement(root, "resources")
    for name in names:
        one = XML.SubElement(resources, "resource", identifier=name, type=KIND, href=f"{name}.xml")
        XML.SubElement(one, "file", href=f"{name}.xml")
    return _text(root)


def item(paper: Paper, problem: Problem) -> str:
    """One question: the response, its score, its feedback, what is shown, how it is judged."""
    root = XML.Element(
        "assessmentItem",
        xmlns=ITEM,
        identifier=f"item_{paper.seed}_{problem.number}",
        title=f"student {paper.seed}, question {problem.number}",
        adaptive="false",
        timeDependent="false",
    )
    _declare(root, "responseDeclaration", "RESPONSE", "float", "correctResponse", problem.answer)
    _declare(root, "outcomeDeclaration", "SCORE", "float", "defaultValue", 0.0)
    XML.SubElement(
        root,
        "outcomeDeclaration",
        identifier="FEEDBACK",
        cardinality="single",
        baseType="identifier",
    )
    body = XML.SubElement(root, "itemBody")
    for line in paper.setup:
        XML.SubElement(body, "p").text = line.replace("->", "→")
    asked = XML.SubElement(body, "p")
    asked.text = f"{problem.text.replace('->', '→')} "
    XML.SubElement(
        asked, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="10"
    )
    _judge(root, problem)
    _feedback(root, "right", RIGHT)
    for index, wrong in enumerate(problem.wrong):
        _feedback(root, f"wrong{index}", wrong.feedback)
    return _text(root)


def _declare(root: XML.Element, kind: str, name: str, base: str, holder: str, value: float) -> None:
    one = XML.SubElement(root, kind, identifier=name, cardinality="single", baseType=base)
    XML.SubElement(XML.SubElement(one, holder), "value").text = rounded(value)


def _judge(root: XML.Element, problem: Problem) -> None:
    """If right: score 1; else if it is a known wrong answer: its feedback."""
    condition = XML.SubElement(XML.SubElement(root, "responseProcessing"), "responseCondition")
    case = XML.SubElement(condition, "responseIf")
    _equal(case, problem.answer)
    _set(case, "SCORE", "float", "1")
    _set(case, "FEEDBACK", "identifier", "right")
    for index, wrong in enumerate(problem.wrong):
        case = XML.SubElement(condition, "responseElseIf")
        _equal(case, wrong.value)
        _set(case, "FEEDBACK", "identifier", f"wrong{index}")


def _equal(case: XML.Element, value: float) -> None:
    tolerance = rounded(near(value))
    equal = XML.SubElement(
        case, "equal", toleranceMode="absolute", tolerance=f"{tolerance} {tolerance}"
    )
    XML.SubElement(equal, "variable", identifier="RESPONSE")
    XML.SubElement(equal, "baseValue", baseType="float").text = rounded(value)


def _set(case: XML.Element, name: str, base: str, value: str) -> None:
    XML.SubElement(
        XML.SubElement(case, "setOutcomeValue", identifier=name), "baseValue", baseType=base
    ).text = value


def _feedback(root: XML.Element, name: str, text: str) -> None:
    XML.SubElement(
        root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=name, showHide="show"
    ).text = text


def _text(root: XML.Element) -> str:
    XML.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + XML.tostring(root, encoding="unicode")
