"""README and docs as data: their code blocks, headings and links."""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

PROJECT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block. `follows`: only blank lines are between the block before it and this one."""

    language: str
    text: str
    line: int
    follows: bool


def pages() -> list[Path]:
    """All pages of the documentation."""
    return sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])


def name(page: Path) -> str:
    """The page's path in the project."""
    return page.relative_to(PROJECT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text, found, end = page.read_text("utf-8"), [], -1
    for match in _BLOCK.finditer(text):
        follows = end >= 0 and not text[end : match.start()].strip()
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(match["language"], dedent(match["text"]), line, follows))
        end = match.end()
    return found


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _BLOCK.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub creates for the headings of a page."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(page)))
    return {word.replace(" ", "-") for word in words}


def links(page: Path) -> list[str]:
    """The targets of links and images on a page."""
    return _LINK.findall(prose(page))
