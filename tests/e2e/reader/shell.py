"""Runs the commands of a page in one shell, block by block, and keeps the output of each block."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.markdown import PROJECT, Block, blocks, name

PROGRAMS = Path(__file__).parent
# Programs that pages can use, besides those in this folder. Other programs are not found.
KNOWN = ("bash", "cat", "cut", "date", "grep", "mktemp", "od", "openssl", "sleep", "tr")
DEFAULT_PORT, SECOND_PORT = "4566", "4701"


@dataclass(frozen=True)
class Typed:
    """A block of commands, its output, and the output on the page."""

    page: str
    block: Block
    output: str
    expected: Block | None


@dataclass(frozen=True)
class Shell:
    """A shell in the project, with the local stack of `port` instead of AWS."""

    directory: Path
    port: int
    second_port: int
    recorder: str

    @property
    def sam_calls(self) -> Path:
        """The arguments of SAM CLI, one call per line."""
        return self.directory / "sam-calls"

    def read(self, page: Path, *, signed_in: bool = False, **instead: str) -> list[Typed]:
        """Run all commands of a page, with replacements for variables. Raises if one fails.

        A shell that is not `signed_in` to the local AWS has no credentials.
        """
        every = blocks(page)
        commands = [index for index, block in enumerate(every) if block.language == "sh"]
        texts = [self._typed(every[index].text, instead) for index in commands]
        outputs = self._run(page, texts, before='eval "$(make -s env)"\n' if signed_in else "")
        return [
            Typed(name(page), every[index], output, _expected(every[index + 1 : index + 2]))
            for index, output in zip(commands, outputs, strict=True)
        ]

    def _typed(self, text: str, instead: dict[str, str]) -> str:
        text = text.replace(".local/tools/sam/bin/sam", "sam")
        text = text.replace(DEFAULT_PORT, str(self.port)).replace(SECOND_PORT, str(self.second_port))
        for word, other in instead.items():
            text = text.replace(f"{word}=", f"{word}={other} #", 1)
        return text

    def _run(self, page: Path, texts: list[str], before: str) -> list[str]:
        place = self.directory / page.stem
        place.mkdir()
        script = "\n".join(f"{{\n{text}\n}} > {place}/{number}" for number, text in enumerate(texts))
        result = subprocess.run(
            [shutil.which("bash") or "bash", "-euc", before + script],
            cwd=PROJECT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        outputs = [place / str(number) for number in range(len(texts))]
        done = "".join(path.read_text("utf-8") for path in outputs if path.exists())
        assert result.returncode == 0, f"{name(page)}\n{done}\n{result.stderr}"
        return [path.read_text("utf-8") for path in outputs]

    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "LOCAL_AWS": f"http://127.0.0.1:{self.port}",
            "PATH": str(self._programs()),
            "PORT": str(self.port),
            "PROJECT": str(PROJECT),
            "RECORDER": self.recorder,
            "SAM_CALLS": str(self.sam_calls),
            "STACK": "serverless-users-api-local",
            "USUAL_PATH": os.environ["PATH"],
        }

    def _programs(self) -> Path:
        """A folder with the programs that pages can use."""
        programs = self.directory / "bin"
        if not programs.exists():
            programs.mkdir()
            for program in ("aws", "curl", "make", "sam"):
                (programs / program).symlink_to(PROGRAMS / program)
            (programs / "python3").symlink_to(sys.executable)
            for program in KNOWN:
                (programs / program).symlink_to(shutil.which(program) or f"/missing/{program}")
        return programs


def _expected(following: list[Block]) -> Block | None:
    """The block with the expected output, if there is one."""
    return next((block for block in following if block.follows and block.language != "sh"), None)
