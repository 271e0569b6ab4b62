"""Accepts only the requests that AWS would accept: signed ones, and those that need no signature.

MiniStack itself accepts every Host and Origin, and does not verify signatures of the root account. Anyone who
can send it a request can create a function, and functions are processes on this machine.
"""

import re
from typing import Any
from urllib.parse import parse_qs

from ministack.app import _s3_cors_target as bucket_and_key
from ministack.core import sigv4
from ministack.core.iam_actions import access_denied_response
from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
from ministack.services.s3 import _parse_multipart_form as form_fields

from tools.local.snapshots import App, Receive, Send

HOSTS = ("127.0.0.1", "localhost", "host.docker.internal", "s3.localhost")  # the last two: sam local
_API = re.compile(r"/_aws/execute-api/[A-Za-z0-9]+/[^/]+(/|$)")
# The user pool verifies the client's secret before it issues a token. Its keys are public.
_USER_POOL = re.compile(r"POST /oauth2/token|GET /[\w-]+/\.well-known/jwks\.json")


class Guard:
    """ASGI middleware that rejects requests."""

    def __init__(self, app: App, port: int) -> None:
        self._app = app
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        self._buckets = f".s3.localhost:{port}"

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Pass an accepted request on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Any, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if not (request.host in self._hosts or request.host.endswith(self._buckets)):
            await _reject(send, ("AccessDenied", f"Unknown host: {request.host}"), request)
        elif request.is_open():
            await self._app(scope, receive, send)
        elif failure := await request.failure(receive):
            await _reject(send, failure, request)
        else:
            await self._app(scope, request.receive_again(receive), send)


class Request:
    """A request. The names of its headers are in lower case."""

    def __init__(self, scope: Any) -> None:
        self._method, self._path = scope["method"], scope["path"]
        self._raw_path = scope["raw_path"].decode("latin-1")
        self._query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self._body = b""
        self.headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(raw_value)
            # A signature covers repeated headers as one.
            self.headers[name] = f"{self.headers[name]},{value}" if name in self.headers else value
        self.host = self.headers.get("host", "").lower()

    @property
    def service(self) -> str:
        """The service for which it is signed; by default, one with JSON errors."""
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", self.headers.get("authorization", ""))
        return scope[1] if scope else "lambda"

    def is_open(self) -> bool:
        """Whether it needs no signature, because the API, the bucket or the user pool checks it."""
        is_preflight = self._method == "OPTIONS" and self._bucket_and_key() is not None
        is_for_user_pool = _USER_POOL.fullmatch(f"{self._method} {self._path}") and not self._is_cross_site()
        return bool(_API.match(self._path) or is_preflight or is_for_user_pool)

    async def failure(self, receive: Receive) -> tuple[str, str] | None:
        """Error code and message if it is rejected. Reads the body, which the signature covers."""
        # A browser that follows a redirect from the API to the bucket sends the token, too.
        is_presigned = not self.headers.get("authorization", "").startswith("AWS")
        if self._is_cross_site() and not is_presigned:
            return "AccessDenied", "Pages of other sites can only use the API and presigned URLs."
        self._body = await _read(receive)
        if is_presigned and self._is_signed_form():
            return None  # S3 verifies the signature
        return self._signature_failure(is_presigned=is_presigned)

    def receive_again(self, receive: Receive) -> Receive:
        """A `receive` that returns the body once more, then later messages."""
        first = [{"type": "http.request", "body": self._body, "more_body": False}]

        async def again() -> Any:
            return first.pop() if first else await receive()

        return again

    def _is_cross_site(self) -> bool:
        """Whether a browser sends it from a page of another site."""
        own = f"http://{self.host}"
        site = self.headers.get("sec-fetch-site")
        return self.headers.get("origin", own) != own or site in {"cross-site", "same-site"}

    def _bucket_and_key(self) -> tuple[str, str] | None:
        return bucket_and_key(self.host, self._path)  # type: ignore[no-any-return]

    def _is_signed_form(self) -> bool:
        """Whether S3 treats it as a form upload, and verifies its policy and signature."""
        bucket, kind = self._bucket_and_key(), self.headers.get("content-type", "")
        if self._method != "POST" or self._query or bucket is None or bucket[1]:
            return False
        if not kind.startswith("multipart/form-data") or "x-amz-target" in self.headers:
            return False
        return "x-amz-signature" in {name.lower() for name, *_ in form_fields(kind, self._body)}

    def _signature_failure(self, *, is_presigned: bool) -> tuple[str, str] | None:
        """Error of the signature, which is in a header, or in the query of a presigned URL of S3."""
        if is_presigned:
            signature = sigv4.parse_query_signature(self._query)
        else:
            signature = sigv4.parse_header_signature(self.headers)
        if isinstance(signature, tuple):
            return "MissingAuthenticationToken", "The request is not signed."
        if not is_presigned:
            return sigv4.request_time_failure(signature) or self._mismatch(signature, is_presigned=False)
        if signature.service != "s3" or "x-amz-target" in self.headers:
            return "AccessDenied", "Only URLs of S3 can be presigned."
        return self._mismatch(signature, is_presigned=True)  # S3 checks the expiry

    def _mismatch(self, signature: sigv4.HeaderSignature, *, is_presigned: bool) -> tuple[str, str] | None:
        in_query = self._query.get("X-Amz-Security-Token", [""])[0]
        token = in_query if is_presigned else self.headers.get("x-amz-security-token", "")
        credential = resolve_credential(signature.access_key_id, session_token=token)
        if isinstance(credential, CredentialResolutionError):
            return credential.code, credential.message
        secret, sent = credential.secret_access_key, (self._method, self._raw_path, self._query, self.headers)
        return sigv4.header_signature_failure(signature, secret, *sent, self._body, presigned=is_presigned)  # type: ignore[no-any-return]


async def _read(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _reject(send: Send, failure: tuple[str, str], request: Request) -> None:
    """Respond in the format of the service, which its clients can parse."""
    code, message = failure
    status, headers, body = access_denied_response(
        request.service, "", "", "", error_code=code, message=message, headers=request.headers
    )
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
