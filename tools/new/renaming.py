"""Replaces "user" with another word in every spelling and compound, except in names of other products."""

import re
from dataclasses import dataclass

_OWNED = r"--user\b|(?i:user[-_ ]?(?:agent|arn|existence|identity|pool)|(?:power|admincreate)user)"
_WORD = r"(?:(?<![a-zA-Z])users?|Users?)(?![a-z])|(?<![A-Z])USERS?(?![A-Z])"
_PATTERN = re.compile(
    rf"{_OWNED}|(?:(?<![a-zA-Z])(?P<article>[aA])(?P<gap>(?:[ _]|\n *)`?))?(?!{_OWNED})(?P<word>{_WORD})"
    r"(?P<who>(?:[ _]|\n *)who(?![a-zA-Z]))?"
)
_COLUMN = re.compile(r"^(.*?\S)( {2,})(?=\S)")


def plural_of(name: str) -> str:
    """The regular plural of an English word."""
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}es" if re.search(r"(s|x|z|ch|sh)$", name) else f"{name}s"


@dataclass(frozen=True)
class Renaming:
    """Renames `user` and `users` to other words, which are in lower case."""

    name: str
    plural: str

    def apply(self, text: str) -> str:
        """The text with the words renamed."""
        return _PATTERN.sub(self._replace, text)

    def apply_to_columns(self, text: str) -> str:
        """As `apply`, for text with columns: spaces keep them aligned where possible."""
        lines = zip(text.splitlines(keepends=True), self.apply(text).splitlines(keepends=True), strict=True)
        return "".join(_aligned(*pair) for pair in lines)

    def _replace(self, match: re.Match[str]) -> str:
        word, article = match["word"], match["article"] or ""
        if not word:
            return match[0]
        renamed = self.plural if word.lower() == "users" else self.name
        if word[0].isupper():
            renamed = renamed.upper() if word.isupper() else renamed.capitalize()
        n = "n" if article and self.name[0] in "aeio" else ""
        that = (match["who"] or "").replace("who", "that")  # the other word may be a thing
        return f"{article}{n}{match['gap'] or ''}{renamed}{that}"


def _aligned(old: str, new: str) -> str:
    before, after = _COLUMN.match(old), _COLUMN.match(new)
    if old == new or not before or not after:
        return new
    return after[1].ljust(max(before.end(), len(after[1]) + 2)) + new[after.end() :]
