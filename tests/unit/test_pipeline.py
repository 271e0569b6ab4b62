"""The pipeline deploys with what a person deploys with, in order, asked by nobody, and without a key."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers.markdown import PROJECT

TEXT = (PROJECT / ".github" / "workflows" / "deploy.yaml").read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]
STAGES = ["staging", "prod"]


def would(*arguments: str, directory: Path = PROJECT) -> str:
    """What `make` would run."""
    command = ["make", "--dry-run", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True).stdout


def commands(job: str) -> list[str]:
    """What a job runs."""
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


class TestWorkflow:
    """.github/workflows/deploy.yaml."""

    def test_tests_before_it_deploys_and_deploys_to_staging_before_prod(self) -> None:
        assert list(JOBS) == ["test", *STAGES]
        assert [JOBS[job]["needs"] for job in STAGES] == ["test", "staging"]
        assert commands("test") == ["make check", "make test"]

    @pytest.mark.parametrize("job", STAGES)
    def test_deploys_to_the_stage_that_the_job_is_named_for(self, job: str) -> None:
        assert JOBS[job]["environment"] == job
        assert commands(job)[0] == "make deploy STAGE=${{ github.job }}"

    @pytest.mark.parametrize("job", STAGES)
    def test_only_deploying_jobs_get_a_token(self, job: str) -> None:
        assert JOBS[job]["permissions"] == {"contents": "read", "id-token": "write"}
        assert WORKFLOW["permissions"] == {"contents": "read"}
        assert "permissions" not in JOBS["test"]

    def test_keeps_no_key(self) -> None:
        assert "secrets." not in TEXT
        assert "aws-access-key-id" not in TEXT

    def test_the_page_names_the_variables(self) -> None:
        page = (PROJECT / "docs" / "deploying.md").read_text("utf-8")
        assert all(f"`{variable}`" in page for variable in re.findall(r"vars\.(\w+)", TEXT))


class TestDeploy:
    """`make deploy`."""

    def test_asks_a_person_and_not_a_pipeline(self) -> None:
        assert "--no-confirm-changeset" not in would("deploy", "CI=")
        assert "--no-confirm-changeset" in would("deploy", "CI=true")

    @pytest.mark.parametrize(("stage", "section"), [("dev", "default"), ("prod", "prod")])
    def test_takes_the_stages_section_of_samconfig(self, stage: str, section: str) -> None:
        assert f"--config-env {section} " in would("deploy", f"STAGE={stage}", "CI=")

    def test_is_no_failure_when_nothing_has_changed(self) -> None:
        assert "--no-fail-on-empty-changeset" in would("deploy")

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
