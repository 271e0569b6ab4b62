"""Deletes a capability as docs/copying.md says."""

import ast
import re
import shutil
from pathlib import Path


def delete_capability(project: Path, name: str) -> None:
    """Delete the files of the section's block, what its table names, and the tests that mention its words."""
    section = (project / "docs/copying.md").read_text("utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    block, rest = section.split("```")[1:3]
    for path in (path for file in block.split()[1:] for path in some(project, file)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for files, parts in re.findall(r"^\| `(.+?)` \| (.+) \|$", rest, re.MULTILINE):
        for part in re.findall(r"`(.+?)`", parts):
            changed = [delete(path, part.replace("\\|", "|")) for path in some(project, files)]
            assert any(changed), (files, part)
    for words in re.findall(r"[Tt]ests that mention (.+?)\.", rest):
        for path in some(project, "tests/**/test_*.py"):
            delete_tests(path, "|".join(re.findall(r"`(.+?)`", words)))


def some(project: Path, pattern: str) -> list[Path]:
    """The files of a pattern; at least one must exist."""
    found = [path for path in project.glob(pattern) if not {".venv", ".local"} & set(path.parts)]
    assert found, pattern
    return found


def delete(path: Path, part: str) -> bool:
    """Delete each line that begins with `part`, with its decorators and all that is indented below it."""
    text = path.read_text("utf-8")
    if part.startswith("#"):  # a heading of a page or a banner of the template, with its section
        end = r"\n\#{2,3} |\Z" if path.suffix == ".md" else r"\n  # -+\n  # |\n\w"
        kept = re.sub(rf"(?:\n  # -+)?\n *{re.escape(part)}\b.*?(?={end})", "\n", text, flags=re.DOTALL)
    elif part[0] in ",|":  # within lines, whatever the white space
        kept = re.sub(r"\s+".join(map(re.escape, part.split())), "", text)
    else:
        kept = "".join(_without(text.splitlines(keepends=True), part))
    path.write_text(kept, "utf-8")
    return kept != text


def _without(lines: list[str], part: str) -> list[str]:
    begins = re.compile(rf"(def |class |- |\|.*|`)?{re.escape(part)}(?!(?<=\w)\w)")
    kept: list[str] = []
    depth = -1  # the indentation of the line that is being deleted
    for line in lines:
        body = line.lstrip()
        indent = len(line) - len(body)
        below = indent > depth or (indent == depth and re.match(r"[)\]}]|end$", body))
        if depth >= 0 and (not body or below):
            continue
        depth = indent if begins.match(body) else -1
        if depth < 0:
            kept.append(line)
        elif re.match(r"def |class ", body):
            kept = kept[: _before_decorators(kept, indent)]
    return kept


def _before_decorators(lines: list[str], indent: int) -> int:
    """Where the decorators at the end begin, which follow a blank line."""
    blank = max((number for number, line in enumerate(lines) if not line.strip()), default=-1) + 1
    return blank if blank < len(lines) and lines[blank].startswith(f"{' ' * indent}@") else len(lines)


def delete_tests(path: Path, words: str) -> None:
    """Delete the test functions of a module that mention one of the words."""
    text = path.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    tests = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    for node in sorted(tests, key=lambda node: node.lineno, reverse=True):
        start = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
        source = "".join(lines[start : node.end_lineno])
        if node.name.startswith("test_") and re.search(words, source, re.IGNORECASE):
            del lines[start : node.end_lineno]
    path.write_text("".join(lines), "utf-8")
