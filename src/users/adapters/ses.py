"""Email through SES."""

from typing import TYPE_CHECKING

from users.adapters.errors import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


# Without the user's name: the address is not verified, and a name can be a link or an advertisement.
_WELCOME = """Hello,

welcome! An account was created with this email address.

If it is not yours, ignore this message.
"""


class SesMailer:
    """A `Mailer` that sends from one verified address."""

    def __init__(self, client: "SESV2Client", *, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send_welcome(self, email: str) -> None:
        """Greet a new user in plain text."""
        with translated_errors():
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [_ascii_address(email)]},
                Content={
                    "Simple": {
                        "Subject": {"Data": "Welcome", "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": _WELCOME, "Charset": "UTF-8"}},
                    }
                },
            )


def _ascii_address(email: str) -> str:
    """SES requires international domains in punycode."""
    from email_validator import validate_email

    return validate_email(email, check_deliverability=False).ascii_email or email
