"""Files that are served as they are, known by their content."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
}
_REFERENCE = re.compile(r'"docs/([\w.-]+)"')


@dataclass(frozen=True)
class File:
    """A text and its type."""

    text: str
    content_type: str

    @classmethod
    def read(cls, path: Path) -> "File":
        """A file whose type is known by its ending."""
        return cls(path.read_text("utf-8"), CONTENT_TYPES[path.suffix])

    @cached_property
    def digest(self) -> str:
        """A short word that is another one whenever the content is."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:20]


class Site:
    """The description, the page for people and what that page loads, read when first asked for."""

    def __init__(self, description: Path, page: Path, assets: dict[str, Path]) -> None:
        self._paths = {"description": description, "page": page}
        self._assets = assets
        self._files: dict[Path, File] = {}

    def description(self) -> File:
        """The OpenAPI document."""
        return self._file(self._paths["description"])

    def page(self) -> File:
        """The page. What it loads is named with its version, so that browsers may keep it for good."""
        page = self._file(self._paths["page"])
        return File(_REFERENCE.sub(self._versioned, page.text), page.content_type)

    def asset(self, name: str) -> File | None:
        """What the page loads, by its name."""
        return self._file(self._assets[name]) if name in self._assets else None

    def _versioned(self, reference: re.Match[str]) -> str:
        return f'"docs/{reference[1]}?v={self._file(self._assets[reference[1]]).digest}"'

    def _file(self, path: Path) -> File:
        if path not in self._files:
            self._files[path] = File.read(path)
        return self._files[path]
