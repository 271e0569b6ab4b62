"""The diagrams of README and docs, drawn by Mermaid in a real browser as GitHub does."""

import shutil
import subprocess
import tarfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import running_browser
from tests.helpers.markdown import blocks, pages

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None, reason="there is no npm here: it comes with Node.js"
)
MERMAID, SCRIPT = "mermaid@11.17.2", "package/dist/mermaid.min.js"
DIAGRAMS = [block.text for page in pages() for block in blocks(page) if block.language == "mermaid"]


@pytest.fixture(scope="module")
def mermaid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """An empty page with Mermaid, which npm downloads."""
    folder = tmp_path_factory.mktemp("mermaid")
    subprocess.run(["npm", "pack", "--silent", MERMAID], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        package.extract(SCRIPT, folder, filter="data")
    with running_browser() as browser:
        page = browser.new_page()
        page.add_script_tag(path=folder / SCRIPT)
        yield page


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_every_diagram_is_drawn(mermaid: Page, diagram: str) -> None:
    """Mermaid raises an error for a diagram that it cannot parse."""
    svg = mermaid.evaluate("async (text) => (await mermaid.render('diagram', text)).svg", diagram)
    assert svg.startswith("<svg")
