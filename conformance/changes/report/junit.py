"""The JUnit report of a comparison: a test case for each change, and one for a comparison without any."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from conformance.changes.change import Change
from conformance.changes.outcome import DiffOutcome
from conformance.changes.report.words import asked, operations, recorded, sources, values
from conformance.results.report.xml_text import as_xml_text, written

_SUITE = "contract"


def render(outcome: DiffOutcome) -> str:
    """Return the XML; what makes the comparison fail is a failure, another change passes and is told in system-out."""
    cases = list(_cases(outcome)) or [_without_change(outcome)]
    root = ET.Element("testsuites", name="evershell-conformance diff")
    suite = ET.SubElement(root, "testsuite", name=_SUITE)
    for element in (root, suite):
        element.set("tests", str(len(cases)))
        element.set("failures", str(len(outcome.failing)))
        element.set("errors", str(int(bool(outcome.nothing_compared))))
        element.set("skipped", str(sum(bool(each.waived) for each in outcome.changes)))
        element.set("time", "0")
    properties = ET.SubElement(suite, "properties")
    for name, value in (("compared", sources(outcome)), ("headline", outcome.headline), ("step", asked(outcome))):
        ET.SubElement(properties, "property", name=name, value=as_xml_text(value))
    suite.extend(cases)
    return written(root)


def _without_change(outcome: DiffOutcome) -> ET.Element:
    case = ET.Element("testcase", classname=_SUITE, name=outcome.headline, time="0")
    if told := outcome.nothing_compared:
        ET.SubElement(case, "error", message=as_xml_text(told), type="nothing-compared")
    return case


def _cases(outcome: DiffOutcome) -> Iterator[ET.Element]:
    for change in outcome.changes:
        name = f"{change.where}: {change.text} [{change.fingerprint}]"
        case = ET.Element("testcase", classname=f"{_SUITE}.{change.kind}", name=as_xml_text(name), time="0")
        grades = f"clients: {change.clients}, servers: {change.servers}"
        if outcome.fails(change):
            failure = ET.SubElement(case, "failure", message=as_xml_text(f"{grades}; {name}"), type=change.kind)
            failure.text = as_xml_text(_told(change))
        elif change.waived:
            ET.SubElement(case, "skipped", message=as_xml_text(f"waived: {change.waived}"))
        else:
            ET.SubElement(case, "system-out").text = as_xml_text("\n".join(filter(None, (grades, _told(change)))))
        yield case


def _told(change: Change) -> str:
    return "\n".join(filter(None, (values(change), operations(change), recorded(change))))
