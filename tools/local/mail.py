"""What an operator does once in SES before mail can be sent: verify the sender and leave the sandbox."""

from tools.local.aws import LocalAws


def allow_mail(aws: LocalAws, sender: str) -> None:
    """Let `sender` write to anybody in the local SES, which keeps the mail for people to look at."""
    ses = aws.client("sesv2")
    if sender not in [item["IdentityName"] for item in ses.list_email_identities()["EmailIdentities"]]:
        ses.create_email_identity(EmailIdentity=sender)
    ses.put_account_details(
        MailType="TRANSACTIONAL",
        WebsiteURL="https://example.com",
        UseCaseDescription="welcome mail",
        ProductionAccessEnabled=True,
    )
