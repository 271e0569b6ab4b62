"""The rules of `fields` as JSON Schema, for readers of the API's description. Tests hold the two together."""

from lambda_common.schemas import JsonSchema
from users.domain.fields import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, USER_ID_PATTERN, USUAL_EMAIL_PATTERN

USER_ID = JsonSchema(
    pattern=rf"^(?!\.{{1,2}}$){USER_ID_PATTERN}$",
    minLength=1,
    maxLength=64,
    description="1 to 64 of A-Z, a-z, 0-9, `.`, `_` and `-`, but neither `.` nor `..`.",
)

# What Python trims, and what a name may not hold. Half of a surrogate pair is in neither: no text has one.
_BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INNER = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"
_OUTER = r"[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
NAME = JsonSchema(
    pattern=rf"^[{_BLANK}]*{_OUTER}(?:{_INNER}{{0,{MAX_NAME_LENGTH - 2}}}{_OUTER})?[{_BLANK}]*$",
    minLength=1,
    description=f"1 to {MAX_NAME_LENGTH} characters after trimming, none of them a control character.",
)

ASCII_EMAIL = JsonSchema(
    format="email",
    pattern=rf"^{USUAL_EMAIL_PATTERN}$",
    maxLength=MAX_EMAIL_LENGTH,
    description="No two users have the same, in whatever case. International domains are taken too, in "
    "Unicode or Punycode, though no pattern can say which of them are valid.",
)
EMAIL = JsonSchema(
    format="idn-email",
    maxLength=MAX_EMAIL_LENGTH,
    description="In lower case, an international domain in Unicode.",
)
