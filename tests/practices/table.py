"""The table in docs/practices.md, and the patches that take its practices out."""

import re
from pathlib import Path
from typing import NamedTuple

from tests.helpers.markdown import PROJECT

PAGE = PROJECT / "docs" / "practices.md"
PATCHES = Path(__file__).parent
_ROW = re.compile(r"^\| ([^|]+?) \| \[`([\w-]+)`\]\(\.\./([^)]+)\) \| `([^`]+)` \| .+\. \|$", re.MULTILINE)


class Practice(NamedTuple):
    """A row of the table: where the practice is, and the test that fails without it."""

    name: str
    symbol: str
    file: str
    test: str

    @property
    def patch(self) -> Path:
        """The patch that takes the practice out: `json-logs.patch`."""
        return PATCHES / f"{re.sub(r'\W+', '-', self.name.lower())}.patch"


PRACTICES = [Practice(*row) for row in _ROW.findall(PAGE.read_text("utf-8"))]
