"""The picture of the architecture is that of template.yaml, and can be read."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from generate import stack, template
from generate.artifacts import PROJECT
from generate.diagram import architecture_svg
from generate.layout import Box
from generate.lines import Line, Picture, picture
from tests.template import load_template

NEW_FUNCTION = """
  ReportFunction:
    Type: AWS::Serverless::Function
    Properties:
      Role: !GetAtt CleanupRole.Arn
      Events: {Daily: {Type: SQS, Properties: {Queue: !GetAtt UserEventsQueue.Arn}}}
"""

ARCHITECTURE = PROJECT / "docs" / "images" / "architecture.svg"


@pytest.fixture
def drawn() -> Picture:
    """The picture before it is SVG."""
    return picture(stack.nodes(), stack.edges())


def ids(svg: str) -> set[str]:
    """The names of the nodes in a picture."""
    return {element.attrib["data-id"] for element in ET.fromstring(svg).iter() if "data-id" in element.attrib}  # noqa: S314 - ours


def passed(line: Line, drawn: Picture) -> Iterator[str]:
    """The nodes through which a line goes, its ends apart."""
    for name in drawn.grid.places:
        box = drawn.grid.box(name)
        for (x1, y1), (x2, y2) in pairwise(line.points):
            segment = Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
            if name not in {line.edge.source, line.edge.target} and overlap(segment, box):
                yield name


def overlap(one: Box, other: Box) -> bool:
    """Whether two rectangles have more than a border in common."""
    beside = one.right <= other.x or other.right <= one.x
    return not (beside or one.bottom <= other.y or other.bottom <= one.y)


class TestTruth:
    """What is in the template is in the picture."""

    def test_is_drawn_from_the_template_as_it_is(self) -> None:
        assert ARCHITECTURE.read_text("utf-8") == architecture_svg(), "make generate"

    def test_shows_each_resource_of_the_drawn_types(self) -> None:
        resources = load_template()["Resources"].items()
        expected = {name for name, resource in resources if resource["Type"] in stack.DRAWN}
        assert expected <= ids(ARCHITECTURE.read_text("utf-8"))

    def test_every_part_has_to_do_with_another(self) -> None:
        ends = {end for edge in stack.edges() for end in (edge.source, edge.target)}
        assert {node.name for node in stack.nodes()} - ends == {"AlarmTopic"}  # its alarms are dots

    @pytest.mark.parametrize(
        ("source", "target", "kind", "label"),
        [
            ("UsersApi", "UserPool", "access", "authorizer"),
            ("UsersApi", "UsersApiFunction", "event", ""),
            ("UsersApiFunction", "UserEmailsTable", "access", "read, write"),
            ("UsersTable", "UserStreamFunction", "event", "stream"),
            ("UserStreamFunction", "UserEventsTopic", "access", "publish"),
            ("UserEventsTopic", "UserEventsQueue", "event", "user.created, user.deleted"),
            ("UserEventsQueue", "UserEventsDeadLetterQueue", "failure", ""),
            ("UserEventsFunction", "SES", "access", "send"),
            ("ImagesBucket", "ThumbnailsFunction", "event", "uploads/"),
            ("ThumbnailsFunction", "ImagesBucket", "access", "read, write"),
            ("CleanupSchedule", "CleanupDeadLetterQueue", "failure", ""),
        ],
    )
    def test_tells_what_goes_where(self, source: str, target: str, kind: str, label: str) -> None:
        assert stack.Edge(source, target, kind, label) in stack.edges()

    def test_marks_what_an_alarm_watches(self) -> None:
        alarmed = {node.name for node in stack.nodes() if node.alarmed}
        assert alarmed >= {node.name for node in stack.nodes() if node.is_dead_letter_queue}
        assert {"UsersApi", "UsersApiFunction", "UserStreamFunction", "UserEventsQueue"} <= alarmed

    def test_shows_a_new_function_without_being_told(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        text = template.TEMPLATE.read_text("utf-8").replace("\nOutputs:\n", f"{NEW_FUNCTION}\nOutputs:\n")
        changed = tmp_path / "template.yaml"
        changed.write_text(text, encoding="utf-8")
        monkeypatch.setattr(template, "TEMPLATE", changed)
        forget()
        try:
            assert "ReportFunction" in ids(architecture_svg())
            assert stack.Edge("UserEventsQueue", "ReportFunction", "event") in stack.edges()
        finally:
            monkeypatch.undo()
            forget()


def forget() -> None:
    """Let the template be read again."""
    template.load_template.cache_clear()
    stack.edges.cache_clear()
    stack.aliases.cache_clear()


class TestLegibility:
    """Nothing covers anything."""

    def test_boxes_do_not_overlap(self, drawn: Picture) -> None:
        boxes = [drawn.grid.box(name) for name in drawn.grid.places]
        assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]

    def test_frames_do_not_overlap(self, drawn: Picture) -> None:
        assert not [pair for pair in combinations(drawn.grid.frames().values(), 2) if overlap(*pair)]

    def test_no_line_runs_through_a_box(self, drawn: Picture) -> None:
        assert {
            line.edge: list(passed(line, drawn)) for line in drawn.lines if any(passed(line, drawn))
        } == {}

    def test_no_label_covers_a_box_or_another_label(self, drawn: Picture) -> None:
        labels = [line.box() for line in drawn.lines if line.label]
        boxes = [drawn.grid.box(name) for name in drawn.grid.places]
        assert not [pair for pair in combinations(labels, 2) if overlap(*pair)]
        assert not [(label, box) for label in labels for box in boxes if overlap(label, box)]

    def test_is_no_wider_than_a_page_shows(self, drawn: Picture) -> None:
        assert drawn.grid.width() <= 1000

    def test_is_for_light_and_dark(self) -> None:
        assert "prefers-color-scheme: dark" in architecture_svg()
