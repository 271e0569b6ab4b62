"""What the benchmark measures."""

from pathlib import Path

import pytest

from tools.bench.builds import _check_whole, _ours
from tools.local.console import LocalRunError

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


class TestOurs:
    """Ours is measured as the template describes it."""

    def test_handler_layers_and_variables_come_from_the_template(self, tmp_path: Path) -> None:
        (tmp_path / "template.yaml").write_text(TEMPLATE)
        ours = _ours(tmp_path, "Api")
        assert (ours.handler, ours.code) == ("package.module.handler", tmp_path / "Api")
        assert ours.layers == [tmp_path / "Common", tmp_path / "Imaging"]
        assert ours.variables == {"SERVICE": "users", "ORIGINS": "*", "TABLE": "placeholder", "LIMIT": "5"}


class TestPackages:
    """Peers are measured as they are published."""

    def test_a_file_that_was_changed_is_named(self, tmp_path: Path) -> None:
        distribution = tmp_path / "sdk-1.0.dist-info"
        distribution.mkdir()
        (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: sdk\nVersion: 1.0\n")
        (distribution / "RECORD").write_text("data.json,sha256=x,12\n../../bin/program,sha256=x,12\n")
        (tmp_path / "data.json").write_text("twelve chars")
        _check_whole(tmp_path)
        (tmp_path / "data.json").write_text("cut")
        with pytest.raises(LocalRunError, match=r"data.json was changed: uv cache clean sdk"):
            _check_whole(tmp_path)
