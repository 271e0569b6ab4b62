"""The pipelines deploy with the commands that a person uses, in order, without prompts and without keys."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers.markdown import PROJECT

GITHUB = PROJECT / ".github"
WORKFLOWS = {path.stem: path.read_text("utf-8") for path in GITHUB.glob("workflows/*.yaml")}
TEXT = WORKFLOWS["deploy"]
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]
STAGES = ["staging", "prod"]
BUILDSPEC = (PROJECT / "buildspec.yml").read_text("utf-8")
DEPENDABOT = yaml.safe_load((GITHUB / "dependabot.yml").read_text("utf-8"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
MANIFESTS = {"npm": "package-lock.json", "pip": "requirements.txt"}


def would(*arguments: str, directory: Path = PROJECT) -> str:
    """The commands that `make` would run."""
    command = ["make", "--dry-run", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True).stdout


def commands(job: str) -> list[str]:
    """The commands of a job."""
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def updated(ecosystem: str) -> set[str]:
    """The folders in which Dependabot updates dependencies."""
    entries = [each for each in DEPENDABOT["updates"] if each["package-ecosystem"] == ecosystem]
    return {folder for each in entries for folder in each.get("directories") or [each["directory"]]}


class TestWorkflow:
    """.github/workflows/deploy.yaml."""

    def test_tests_before_it_deploys_and_deploys_to_staging_before_prod(self) -> None:
        assert list(JOBS) == ["test", *STAGES]
        assert [JOBS[job]["needs"] for job in STAGES] == ["test", "staging"]
        assert commands("test") == ["make check", "make test"]
        for stage in STAGES:
            assert JOBS[stage]["environment"] == stage
            assert commands(stage) == [f"make {do} STAGE=${{{{ github.job }}}}" for do in ("deploy", "smoke")]

    def test_only_deploying_jobs_get_a_token(self) -> None:
        permissions = [JOBS[job].get("permissions") for job in JOBS]
        assert permissions == [None, *[{"contents": "read", "id-token": "write"}] * 2]

    @pytest.mark.parametrize("text", [*WORKFLOWS.values(), BUILDSPEC])
    def test_keeps_no_key(self, text: str) -> None:
        assert not re.search("secrets|parameter-store|access.key", text, re.IGNORECASE)

    @pytest.mark.parametrize("text", WORKFLOWS.values(), ids=list(WORKFLOWS))
    def test_pins_actions_and_grants_them_little(self, text: str) -> None:
        used = re.findall(r"uses: (.+)", text)
        assert used
        assert [action for action in used if not PINNED.fullmatch(action)] == []
        assert text.count("actions/checkout@") == text.count("persist-credentials: false")
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}

    def test_the_page_names_the_variables(self) -> None:
        page = (PROJECT / "docs" / "deploying.md").read_text("utf-8")
        assert all(f"`{variable}`" in page for variable in re.findall(r"vars\.(\w+)", TEXT))


def test_codebuild_runs_the_same_commands_as_the_workflow_with_the_python_of_the_project() -> None:
    """buildspec.yml. CodeBuild runs post_build even after a deployment that failed."""
    spec = yaml.safe_load(BUILDSPEC)
    install, tests, deployment = (spec["phases"].pop(name) for name in ("install", "pre_build", "build"))
    assert spec["phases"] == {}
    assert tests["commands"] == commands("test")
    assert deployment["commands"] == [f"make {do} STAGE=$DEPLOY_STAGE" for do in ("deploy", "smoke")]
    assert spec["env"]["variables"] == {"CI": "true", "DEPLOY_STAGE": "staging"}, "CI: no prompts"
    python = (PROJECT / ".python-version").read_text("utf-8").strip()
    assert str(install["runtime-versions"]["python"]) == python


class TestDependencies:
    """Dependencies are pinned with hashes, and Dependabot proposes newer ones."""

    @pytest.mark.parametrize("ecosystem", MANIFESTS)
    def test_every_lock_file_has_updates(self, ecosystem: str) -> None:
        files = {path.parent for path in PROJECT.glob(f"tools/**/{MANIFESTS[ecosystem]}")}
        folders = {f"/{each.relative_to(PROJECT)}" for each in files if "node_modules" not in each.parts}
        assert folders == updated(ecosystem) != set()

    def test_actions_and_uv_have_updates(self) -> None:
        assert updated("github-actions") == updated("uv") == {"/"}

    def test_npm_packages_and_uv_have_hashes(self) -> None:
        for folder in updated("npm"):
            packages = json.loads((PROJECT / folder[1:] / "package-lock.json").read_text("utf-8"))["packages"]
            assert [name for name, each in packages.items() if name and "integrity" not in each] == []
        makefile, newman = (
            (PROJECT / name).read_text("utf-8") for name in ("Makefile", "tools/local/postman.py")
        )
        assert "npx" not in makefile + newman
        assert "--require-hashes" in makefile


class TestDeploy:
    """`make deploy`."""

    def test_asks_a_person_and_not_a_pipeline(self) -> None:
        assert "--no-confirm-changeset" not in would("deploy", "CI=")
        assert "--no-confirm-changeset" in would("deploy", "CI=true")

    @pytest.mark.parametrize(("stage", "section"), [("dev", "default"), ("prod", "prod")])
    def test_takes_the_stages_section_of_samconfig(self, stage: str, section: str) -> None:
        told = would("deploy", f"STAGE={stage}", "CI=")
        assert f"--config-env {section} " in told
        assert "--no-fail-on-empty-changeset" in told

    def test_builds_for_the_processor_that_the_stage_says(self, tmp_path: Path) -> None:
        config = (PROJECT / "samconfig.toml").read_text("utf-8")
        config = config.replace('"Stage=prod"', '"Stage=prod", "Architecture=x86_64"')
        (tmp_path / "samconfig.toml").write_text(config, encoding="utf-8")
        for name in ("Makefile", "uv.lock", ".python-version", "tools", ".venv"):
            (tmp_path / name).symlink_to(PROJECT / name)
        for stage, processor in (("dev", "arm64"), ("staging", "arm64"), ("prod", "x86_64")):
            told = would("build", f"STAGE={stage}", directory=tmp_path)
            assert f"WHEELS={processor} " in told
            assert f"Architecture={processor}\n" in told


class TestCheck:
    """`make check`."""

    def test_alone_installs_the_scanners(self, tmp_path: Path) -> None:
        assert "--only-group checkov" in would("check", f"TOOLS={tmp_path}")
        assert "--only-group checkov" not in would("up", f"TOOLS={tmp_path}")

    @pytest.mark.parametrize(
        ("uv", "code", "report"),
        [("exit 0", 0, "$"), ("echo CVE; exit 1", 2, "CVE"), ("echo offline; exit 2", 0, "Skipped")],
    )
    def test_fails_for_vulnerabilities_and_not_without_their_database(
        self, tmp_path: Path, uv: str, code: int, report: str
    ) -> None:
        (tmp_path / "uv").write_text(f"#!/bin/sh\n{uv}\n", encoding="utf-8")
        (tmp_path / "uv").chmod(0o755)
        command = ["make", "-s", "audit", f"UV={tmp_path}/uv"]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert re.match(report, done.stderr)
