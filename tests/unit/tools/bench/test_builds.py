"""The benchmark compares like with like."""

from pathlib import Path

import pytest

from tools.bench.builds import PEERS, _check_sizes, _ours
from tools.local.console import LocalRunError
from users.adapters.images import THUMBNAIL_SIZES

TEMPLATE = """
Parameters: {Origins: {Default: "*"}}
Globals: {Function: {Layers: [{Ref: Common}], Environment: {Variables: {SERVICE: users}}}}
Resources:
  Api:
    Properties:
      Handler: package.module.handler
      Layers: [{Ref: Imaging}]
      Environment: {Variables: {ORIGINS: {Ref: Origins}, TABLE: {Ref: UsersTable}, LIMIT: 5}}
"""


def test_our_function_is_that_of_the_template(tmp_path: Path) -> None:
    """Handler, layers and variables."""
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    ours = _ours(tmp_path, "Api")
    assert (ours.handler, ours.code) == ("package.module.handler", tmp_path / "Api")
    assert ours.layers == [tmp_path / "Common", tmp_path / "Imaging"]
    assert ours.variables == {"SERVICE": "users", "ORIGINS": "*", "TABLE": "placeholder", "LIMIT": "5"}


def test_sharp_makes_thumbnails_of_the_same_sizes() -> None:
    """Otherwise the figures mean nothing."""
    sizes = ", ".join(f"{name}: {size}" for name, size in THUMBNAIL_SIZES.items())
    assert f"const SIZES = {{ {sizes} }};" in (PEERS / "sharp" / "thumbnails.mjs").read_text()


def test_a_package_is_refused_when_a_file_was_changed(tmp_path: Path) -> None:
    """The message names the command that repairs uv's cache."""
    distribution = tmp_path / "sdk-1.0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: sdk\nVersion: 1.0\n")
    (distribution / "RECORD").write_text("data.json,sha256=x,12\n")
    (tmp_path / "data.json").write_text("twelve chars")
    _check_sizes(tmp_path)
    (tmp_path / "data.json").write_text("cut")
    with pytest.raises(LocalRunError, match=r"data.json was changed: uv cache clean sdk"):
        _check_sizes(tmp_path)
