"""Finds reasons why a name cannot replace `user`."""

import builtins
import importlib.util
import io
import keyword
import re
import tokenize
from collections.abc import Iterable
from pathlib import Path

from tools.new.renaming import Renaming

# The name of a bucket has at most 63 characters: PLURAL-images-123456789012-ap-southeast-1-1a2b3c4d.
LONGEST = 63 - len("-images-123456789012-ap-southeast-1-1a2b3c4d")
SHOWN = 3
_KEY = re.compile(r"""^\s*-?\s*["']?(\w+)["']?:""", re.MULTILINE)


def identifiers(path: Path) -> set[str]:
    """The identifiers of a Python module, or the keys of YAML and JSON."""
    if path.suffix in {".yaml", ".json"}:
        return set(_KEY.findall(path.read_text("utf-8")))
    if path.suffix != ".py":
        return set()
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
    return {token.string.strip("\"'") for token in tokens if token.type in {tokenize.NAME, tokenize.STRING}}


def collisions(renaming: Renaming, names: Iterable[str]) -> list[str]:
    """The names that already exist and that another name is renamed to."""
    renamed = {name: renaming.apply(name) for name in set(names)}
    return sorted(new for old, new in renamed.items() if new != old and new in renamed)


def fault_of(renaming: Renaming, files: Iterable[Path]) -> str:
    """The reason why the words are not valid, or an empty string."""
    for word in (renaming.name, renaming.plural):
        if fault := _fault_of_word(word):
            return f"{word} {fault}"
    if renaming.name == renaming.plural:
        return f"{renaming.name} is its own plural, so that one user and all users would have the same name"
    places = {str(path): collisions(renaming, identifiers(path)) for path in files}
    places["."] = collisions(renaming, map(str, files))
    taken = [f"{place} ({', '.join(names)})" for place, names in places.items() if names]
    if not taken:
        return ""
    rest = f" and {len(taken) - SHOWN} other files" if len(taken) > SHOWN else ""
    return f"{renaming.name} or {renaming.plural} has another meaning in {'; '.join(taken[:SHOWN])}{rest}"


def _fault_of_word(word: str) -> str:
    if not re.fullmatch("[a-z]{2,}", word):
        return "is not a word in lower case (a-z)"
    if keyword.iskeyword(word) or keyword.issoftkeyword(word) or hasattr(builtins, word):
        return "is a word of Python"
    if importlib.util.find_spec(word):
        return "is a Python module, which the service would hide"
    return f"has more than {LONGEST} letters" if len(word) > LONGEST else ""
