"""Who may receive webhooks, and the code with which receivers verify them."""

import json
import re
import shutil
import subprocess
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.helpers.markdown import PROJECT, blocks
from tests.helpers.template import load_template
from tools.receiver import verify
from users.settings import WebhooksSettings

SECRET = "whsec_" + 32 * "a"
BODY = '{"type":"user.created","data":{"name":"Zoë"}}'


@pytest.mark.parametrize(
    ("url", "stages"),
    [
        ("https://example.com", ["local", "prod"]),
        ("https://example.com:8443/webhooks?token=a@b", ["local", "prod"]),
        ("http://127.0.0.1:4700/webhooks", ["local"]),
        ("http://example.com/", []),
        ("http://localhost:4700/", []),
        ("http://127.0.0.1.example.com:80/", []),
        ("http://127.0.0.1:4700@example.com/", []),
        ("https://john:secret@example.com/", []),
        ("https://token@example.com/", []),
        ("https://", []),
        ("ftp://example.com/", []),
    ],
)
def test_the_url_is_https_without_credentials(url: str, stages: list[str]) -> None:
    """Template and function agree, but for loopback, which only the function knows the stage of."""
    pattern = load_template()["Parameters"]["WebhookUrl"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, url)) == bool(stages)
    others = {field.name: "" for field in fields(WebhooksSettings)}
    for stage in ("local", "prod"):
        values: dict[str, Any] = others | {"webhook_url": url, "stage": stage}
        if stage in stages:
            WebhooksSettings(**values)
        else:
            with pytest.raises(ValueError, match=r"^WEBHOOK_URL is not an https URL without credentials$"):
                WebhooksSettings(**values)


def verifies_in_node(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """With the code of docs/webhooks.md."""
    [code] = [block.text for block in blocks(PROJECT / "docs/webhooks.md") if block.language == "js"]
    arguments = json.dumps([secret, headers, body.decode()])
    script = f"{code}\nconsole.log(verify(...{arguments}))"
    run = subprocess.run(
        ["node", "--input-type=module", "--eval", script], capture_output=True, text=True, check=True
    )
    return run.stdout == "true\n"


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_code_of_the_page_verifies_signatures(language: str) -> None:
    """And refuses others, old ones and changed content."""
    if language == "javascript" and not shutil.which("node"):
        pytest.skip("node is not installed")
    verifies = verify if language == "python" else verifies_in_node

    def headers(at: datetime, secret: str = SECRET) -> dict[str, str]:
        signature = Webhook(secret).sign("msg_1", at, BODY)
        seconds = str(int(at.timestamp()))
        return {"webhook-id": "msg_1", "webhook-timestamp": seconds, "webhook-signature": f"v1,x {signature}"}

    now, old = datetime.now(UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert verifies(SECRET, headers(now), BODY.encode())
    assert not verifies(SECRET, headers(now), BODY.encode() + b" ")
    assert not verifies(SECRET, headers(old), BODY.encode())
    assert not verifies(SECRET, headers(now, "whsec_" + 32 * "b"), BODY.encode())
