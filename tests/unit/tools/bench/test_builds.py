"""The benchmark compares like with like."""

from pathlib import Path

from tools.bench.builds import PEERS, _ours
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
