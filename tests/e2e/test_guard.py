"""What reaches the local AWS besides those who have its keys: pages in a real browser, and curl."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Error, Page

from tests.e2e.awaiting import eventually
from tests.e2e.browser import running_browser
from tests.e2e.world import signature
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
# What browsers send without asking first.
SIMPLE = [attack for attack in ATTACKS if attack[0] != "PUT" and set(attack[2]) <= {"Content-Type"}]
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
def elsewhere() -> Iterator[str]:
    """The origin of somebody else, who has an empty page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to a terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for which a name leads to this machine, as an attacker's does."""
    with running_browser(f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, elsewhere: str) -> Iterator[Page]:
    """The page of somebody else."""
    page = browser.new_page()
    page.goto(elsewhere)
    yield page
    page.close()


def fetch(page: Page, url: str, **options: object) -> int | str:
    """The status that a script of the page sees, or why it sees none."""
    script = "([url, options]) => fetch(url, options).then(a => a.status, error => `${error}`)"
    result: int | str = page.evaluate(script, [url, options])
    return result


class TestClient:
    """Requests of programs, such as curl."""

    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack[0]} {attack[1][:30]}")
    @pytest.mark.usefixtures("stack")
    def test_is_refused_without_the_keys(self, workspace: Workspace, attack: Attack) -> None:
        method, path, headers, body = attack
        answer = httpx.request(method, workspace.endpoint + path, headers=headers, content=body)
        assert answer.status_code in {400, 401, 403}
        assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize("service", ["s3", "sqs", "iam", "lambda"])
    @pytest.mark.usefixtures("stack")
    def test_understands_that_its_keys_are_others(self, workspace: Workspace, service: str) -> None:
        session = boto3.Session("test", "test", region_name=REGION)
        calls = {"s3": "list_buckets", "sqs": "list_queues", "iam": "list_roles", "lambda": "list_functions"}
        client = session.client(service, endpoint_url=workspace.endpoint)  # type: ignore[call-overload]
        with pytest.raises(ClientError, match="Signature"):
            getattr(client, calls[service])()

    @pytest.mark.usefixtures("stack")
    def test_is_refused_with_keys_made_of_names(self, stack: Stack, workspace: Workspace) -> None:
        """MiniStack alone makes the keys of a function of its name and its role's."""
        name = stack.resources("AWS::Lambda::Function")["UsersApiFunction"]
        function = stack.function(name)
        versions = stack.aws.client("lambda").list_versions_by_function(FunctionName=name)["Versions"]
        for arn in [function["FunctionArn"], *(version["FunctionArn"] for version in versions)]:
            digest = hashlib.sha256(f"{arn}:{function['Role']}".encode()).hexdigest()
            secret, token = (
                hashlib.sha256(f"{kind}:{digest}".encode()).hexdigest() for kind in ("secret", "token")
            )
            session = boto3.Session(f"ASIA{digest[:16].upper()}", secret, token, region_name=REGION)
            with pytest.raises(ClientError, match=r"(?i)signature|security token"):
                session.client("sts", endpoint_url=workspace.endpoint).get_caller_identity()

    def test_reaches_no_other_host(self, url: str) -> None:
        answer = httpx.get(f"{url}/health", headers={"Host": f"{REBOUND}:80"})
        assert answer.status_code == 403

    def test_keeps_the_keys_to_itself(self, workspace: Workspace) -> None:
        assert (workspace.directory / "keys").stat().st_mode & 0o777 == 0o600


class TestPage:
    """A page of another origin."""

    @pytest.mark.usefixtures("stack")
    def test_changes_nothing(self, page: Page, workspace: Workspace, stack: Stack) -> None:
        answers: list[int] = []
        page.on("response", lambda response: answers.append(response.status))
        for method, path, headers, body in SIMPLE:
            options = {"method": method, "headers": headers, "body": body, "mode": "no-cors"}
            assert fetch(page, workspace.endpoint + path, **options) == 0  # opaque
        assert fetch(page, workspace.endpoint, method="POST", headers=TARGET, body="{}") == FAILED
        assert set(answers) <= {400, 403}
        assert len(answers) >= len(SIMPLE)
        assert stack.aws.client("sqs").list_queues(QueueNamePrefix="evil").get("QueueUrls", []) == []
        functions = stack.aws.client("lambda").list_functions()["Functions"]
        assert "evil" not in {function["FunctionName"] for function in functions}

    @pytest.mark.usefixtures("stack")
    def test_gets_nothing_by_an_image(self, page: Page, workspace: Workspace, stack: Stack) -> None:
        with page.expect_event("requestfailed"):
            page.set_content(f"<img src='{workspace.endpoint}/?Action=CreateQueue&QueueName=evil'>")
        assert stack.aws.client("sqs").list_queues(QueueNamePrefix="evil").get("QueueUrls", []) == []

    def test_gets_nothing_under_a_name_that_leads_here(self, browser: Browser, url: str) -> None:
        page = browser.new_page()
        with page.expect_response(lambda _: True) as answer, suppress(Error):  # not something to show
            page.goto(f"{url}/docs".replace("127.0.0.1", REBOUND))
        assert answer.value.status == 403
        page.close()

    def test_has_no_use_for_the_keys(self, page: Page, workspace: Workspace) -> None:
        """AWS answers every origin; here nobody should have the keys in a page."""
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

        assert fetch(page, f"{url}{path}/avatar/small", headers=token) == 200  # by a redirect
        link = api.get(f"{path}/avatar/small").headers["location"]
        assert page.evaluate(SHOW, link) == 150
        assert fetch(page, link.replace("X-Amz-Signature=", "X-Amz-Signature=0")) in {403, FAILED}

    def test_may_be_opened_by_a_link(self, page: Page, url: str) -> None:
        page.set_content(f"<a href='{url}/docs'>docs</a>")
        with page.expect_navigation() as navigation:
            page.click("a")
        assert navigation.value.status == 200
