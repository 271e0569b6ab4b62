"""Requests that the guard of the emulator rejects and accepts, from programs and from pages in a browser."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Error, Page

from tests.e2e.browser import running_browser
from tests.e2e.polling import eventually
from tests.e2e.services import signature
from tests.helpers import pictures
from tools.local.stack import Stack
from tools.local.workspace import REGION, Workspace

type Attack = tuple[str, str, dict[str, str], str | None]

REBOUND = "rebound.example.com"
FUNCTION = {"FunctionName": "evil", "Runtime": "python3.13", "Handler": "x.x", "Role": "x", "Code": {}}
TARGET = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
NO_KEYS = "AWS4-HMAC-SHA256 Credential=test/20261125/x/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
UNSIGNED_FORM = (
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nevil\r\n'
    '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n'
)
ATTACKS: list[Attack] = [  # method, path, headers, body
    ("POST", "/2015-03-31/functions", {"Content-Type": "text/plain"}, json.dumps(FUNCTION)),
    ("GET", "/?Action=CreateQueue&QueueName=evil&Version=2012-11-05", {}, None),
    ("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, "Action=CreateQueue&QueueName=evil"),
    ("POST", "/", TARGET | {"Authorization": NO_KEYS}, "{}"),
    ("POST", "/_ministack/reset", {"Content-Type": "text/plain"}, ""),
    ("GET", "/_ministack/ses/messages", {}, None),
    ("GET", "/_aws/execute-api/", TARGET, None),
    ("PUT", "/sam-artifacts/evil", {"Content-Type": "text/plain"}, "x"),
    ("GET", "/sam-artifacts", {}, None),
    ("GET", "/sam-artifacts?AWSAccessKeyId=test&Signature=x&Expires=9999999999", {}, None),
    ("POST", "/sam-artifacts", {"Content-Type": "multipart/form-data; boundary=b"}, UNSIGNED_FORM),
]
# Browsers send these without a preflight request.
SIMPLE = [attack for attack in ATTACKS if attack[0] != "PUT" and set(attack[2]) <= {"Content-Type"}]
CALLS = {"s3": "list_buckets", "sqs": "list_queues", "iam": "list_roles", "lambda": "list_functions"}
FAILED = "TypeError: Failed to fetch"
UPLOAD = """async ([form, bytes]) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(form.fields)) data.append(name, value);
  data.append("file", new Blob([new Uint8Array(bytes)]));
  return (await fetch(form.url, {method: "POST", body: data})).status;
}"""
SHOW = """link => new Promise((resolve, reject) => {
  const image = new Image();
  image.onload = () => resolve(image.width);
  image.onerror = reject;
  image.src = link;
})"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """An empty page of another origin, in a browser for which a name resolves to this machine."""
    rebinding = f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"
    empty = partial(SimpleHTTPRequestHandler, directory=tmp_path_factory.mktemp("empty"))
    with ThreadingHTTPServer(("127.0.0.1", 0), empty) as server, running_browser(rebinding) as browser:
        Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}")
        yield page
        server.shutdown()


def fetch(page: Page, url: str, **options: object) -> int | str:
    """The status that a script of the page sees, or its error."""
    script = "([url, options]) => fetch(url, options).then(a => a.status, error => `${error}`)"
    result: int | str = page.evaluate(script, [url, options])
    return result


@pytest.mark.usefixtures("stack")
class TestProgram:
    """Requests of programs, such as curl."""

    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack[0]} {attack[1][:30]}")
    def test_is_rejected_without_keys(self, workspace: Workspace, attack: Attack) -> None:
        method, path, headers, body = attack
        response = httpx.request(method, workspace.endpoint + path, headers=headers, content=body)
        assert response.status_code in {400, 401, 403}
        assert "access-control-allow-origin" not in response.headers

    def test_gets_an_error_that_its_sdk_understands_with_other_keys(self, workspace: Workspace) -> None:
        session = boto3.Session("test", "test", region_name=REGION)
        for service, operation in CALLS.items():
            client = session.client(service, endpoint_url=workspace.endpoint)  # type: ignore[call-overload]
            with pytest.raises(ClientError, match="Signature"):
                getattr(client, operation)()

    def test_is_rejected_with_keys_derived_from_names(self, stack: Stack, workspace: Workspace) -> None:
        """MiniStack derives the keys of a function from its name and the name of its role."""
        function = stack.function(stack.resources("AWS::Lambda::Function")["UsersApiFunction"])

        def derived(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        for arn in (function["FunctionArn"], f"{function['FunctionArn']}:1"):
            digest = derived(f"{arn}:{function['Role']}")
            secret, token = derived(f"secret:{digest}"), derived(f"token:{digest}")
            session = boto3.Session(f"ASIA{digest[:16].upper()}", secret, token, region_name=REGION)
            with pytest.raises(ClientError, match=r"(?i)signature|security token"):
                session.client("sts", endpoint_url=workspace.endpoint).get_caller_identity()

    def test_is_rejected_with_another_host(self, url: str) -> None:
        assert httpx.get(f"{url}/health", headers={"Host": f"{REBOUND}:80"}).status_code == 403

    def test_of_another_user_cannot_read_the_keys(self, workspace: Workspace) -> None:
        assert (workspace.directory / "keys").stat().st_mode & 0o777 == 0o600


class TestPage:
    """Requests of a page of another origin."""

    def test_changes_nothing(self, page: Page, workspace: Workspace, stack: Stack) -> None:
        statuses: list[int] = []
        page.on("response", lambda response: statuses.append(response.status))
        for method, path, headers, body in SIMPLE:
            options = {"method": method, "headers": headers, "body": body, "mode": "no-cors"}
            assert fetch(page, workspace.endpoint + path, **options) == 0  # opaque
        assert fetch(page, workspace.endpoint, method="POST", headers=TARGET, body="{}") == FAILED
        with page.expect_event("requestfailed"):
            page.set_content(f"<img src='{workspace.endpoint}/?Action=CreateQueue&QueueName=evil'>")
        assert set(statuses) <= {400, 403}
        assert len(statuses) >= len(SIMPLE)
        assert not stack.aws.client("sqs").list_queues(QueueNamePrefix="evil").get("QueueUrls")
        functions = stack.aws.client("lambda").list_functions()["Functions"]
        assert "evil" not in {function["FunctionName"] for function in functions}

    def test_reads_nothing_with_a_name_that_resolves_to_this_machine(self, page: Page, url: str) -> None:
        browser = page.context.browser
        assert browser
        rebound = browser.new_page()
        with rebound.expect_response(lambda _: True) as response, suppress(Error):  # nothing to display
            rebound.goto(f"{url}/docs".replace("127.0.0.1", REBOUND))
        assert response.value.status == 403

    def test_cannot_use_the_keys(self, page: Page, workspace: Workspace) -> None:
        """On AWS it could. Here, no page should have the keys."""
        url = f"{workspace.endpoint}/2015-03-31/functions/"
        headers = signature(workspace, "lambda", url)
        assert httpx.get(url, headers=headers).status_code == 200
        assert fetch(page, url, headers=headers) == FAILED

    def test_uses_the_api_and_the_bucket(
        self, page: Page, api: httpx.Client, url: str, new_user: Callable[[], dict[str, str]]
    ) -> None:
        user, token = new_user(), {"Authorization": api.headers["Authorization"]}
        path = f"/users/{user['userId']}"
        json_body = token | {"Content-Type": "application/json"}
        assert fetch(page, f"{url}/health") == 200
        assert fetch(page, f"{url}/users", method="POST", headers=json_body, body=json.dumps(user)) == 201

        form = api.post(f"{path}/avatar", json={"contentType": "image/png"}).json()
        picture = list(pictures.saved(pictures.quadrants(), "PNG"))
        assert page.evaluate(UPLOAD, [form, picture]) == 204
        eventually(lambda: "avatar" in api.get(path).json())

        assert fetch(page, f"{url}{path}/avatar/small", headers=token) == 200  # follows a redirect
        link = api.get(f"{path}/avatar/small").headers["location"]
        assert page.evaluate(SHOW, link) == 150
        assert fetch(page, link.replace("X-Amz-Signature=", "X-Amz-Signature=0")) in {403, FAILED}

    def test_can_link_to_the_documentation(self, page: Page, url: str) -> None:
        page.set_content(f"<a href='{url}/docs'>docs</a>")
        with page.expect_navigation() as navigation:
            page.click("a")
        assert navigation.value.status == 200
