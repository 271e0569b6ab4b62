"""Files by their content."""

from pathlib import Path

from api_docs.files import File, Site


def test_another_content_is_another_version() -> None:
    """The digest is that of the content alone."""
    assert File("a", "text/css").digest == File("a", "text/html").digest != File("b", "text/css").digest


def test_the_page_changes_with_what_it_loads(tmp_path: Path) -> None:
    """Its entity tag follows from what browsers would keep."""
    page, script = tmp_path / "page.html", tmp_path / "page.js"
    page.write_text('<script src="docs/page.js"></script>')
    tags = set()
    for text in ("one", "two"):
        script.write_text(text)
        tags.add(Site(page, page, {"page.js": script}).page().digest)
    assert len(tags) == 2
