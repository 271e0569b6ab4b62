"""Lets to the local AWS only what AWS would let through: signed requests, and what AWS takes unsigned.

MiniStack alone serves any Host, answers pages of every origin, and takes the account's root at its word.
Whoever gets through can create a function, and functions are processes of this machine.
"""

import re
from typing import Any
from urllib.parse import parse_qs

from ministack.app import _s3_cors_target as bucket_and_key
from ministack.core import sigv4
from ministack.core.iam_actions import access_denied_response
from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
from ministack.services.s3 import _parse_multipart_form as form_fields

from tools.local.asgi import App, Receive, Send

HOSTS = ("127.0.0.1", "localhost", "host.docker.internal", "s3.localhost")  # the last two: sam local
_API = re.compile(r"/_aws/execute-api/[A-Za-z0-9]+/[^/]+(/|$)")
# Of a user pool: its tokens, for which it asks for the client's secret, and its public keys.
_POOL = re.compile(r"POST /oauth2/token|GET /[\w-]+/\.well-known/jwks\.json")


class Guard:
    """An ASGI application before another one, on a port."""

    def __init__(self, app: App, port: int) -> None:
        self._app = app
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        self._buckets = f".s3.localhost:{port}"

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Hand on what may pass."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] == "http":
            await self._guard(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _guard(self, scope: Any, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if not (request.host in self._hosts or request.host.endswith(self._buckets)):
            await _refuse(send, ("AccessDenied", f"This is not {request.host}."), request)
        elif request.is_open():
            await self._app(scope, receive, send)
        elif failure := await request.failure(receive):
            await _refuse(send, failure, request)
        else:
            await self._app(scope, request.receive_again(receive), send)


class Request:
    """A request as it came; its headers by their names in lower case."""

    def __init__(self, scope: Any) -> None:
        self._method, self._path = scope["method"], scope["path"]
        self._raw_path = scope["raw_path"].decode("latin-1")
        self._query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self._body = b""
        self.headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(raw_value)
            # Repeated ones are signed as one.
            self.headers[name] = f"{self.headers[name]},{value}" if name in self.headers else value
        self.host = self.headers.get("host", "").lower()

    @property
    def service(self) -> str:
        """What it is signed for, or something whose errors are JSON."""
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", self.headers.get("authorization", ""))
        return scope[1] if scope else "lambda"

    def is_open(self) -> bool:
        """Whether anybody may send it: a deployed API, a bucket and the user pool decide for themselves."""
        is_preflight = self._method == "OPTIONS" and self._bucket_and_key() is not None
        is_for_pool = _POOL.fullmatch(f"{self._method} {self._path}") and not self._is_of_another_site()
        return bool(_API.match(self._path) or is_preflight or is_for_pool)

    async def failure(self, receive: Receive) -> tuple[str, str] | None:
        """Why it may not pass, if so: code and message. Reads the body, which a signature covers."""
        # A token may come along, where a browser follows a redirect from the API to the bucket.
        is_presigned = not self.headers.get("authorization", "").startswith("AWS")
        if self._is_of_another_site() and not is_presigned:
            return "AccessDenied", "Pages of other sites reach the API and presigned URLs."
        self._body = await _read(receive)
        if is_presigned and self._is_signed_form():
            return None  # S3 verifies it
        return self._signature_failure(is_presigned=is_presigned)

    def receive_again(self, receive: Receive) -> Receive:
        """What the application receives: the body that was read, and then what comes."""
        first = [{"type": "http.request", "body": self._body, "more_body": False}]

        async def again() -> Any:
            return first.pop() if first else await receive()

        return again

    def _is_of_another_site(self) -> bool:
        """Whether a browser says so."""
        ours = f"http://{self.host}"
        site = self.headers.get("sec-fetch-site")
        return self.headers.get("origin", ours) != ours or site in {"cross-site", "same-site"}

    def _bucket_and_key(self) -> tuple[str, str] | None:
        return bucket_and_key(self.host, self._path)  # type: ignore[no-any-return]

    def _is_signed_form(self) -> bool:
        """Whether S3 takes it for an upload whose policy and signature it has to verify."""
        bucket, kind = self._bucket_and_key(), self.headers.get("content-type", "")
        if self._method != "POST" or self._query or bucket is None or bucket[1]:
            return False
        if not kind.startswith("multipart/form-data") or "x-amz-target" in self.headers:
            return False
        return "x-amz-signature" in {name.lower() for name, *_ in form_fields(kind, self._body)}

    def _signature_failure(self, *, is_presigned: bool) -> tuple[str, str] | None:
        """What is wrong with the signature: in the query, for S3 alone, or in a header."""
        if is_presigned:
            signature = sigv4.parse_query_signature(self._query)
        else:
            signature = sigv4.parse_header_signature(self.headers)
        if isinstance(signature, tuple):
            return "MissingAuthenticationToken", "The request is not signed."
        if not is_presigned:
            return sigv4.request_time_failure(signature) or self._mismatch(signature, is_presigned=False)
        if signature.service != "s3" or "x-amz-target" in self.headers:
            return "AccessDenied", "Only URLs of S3 may be presigned."
        return self._mismatch(signature, is_presigned=True)  # S3 looks whether it is late

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


async def _refuse(send: Send, failure: tuple[str, str], request: Request) -> None:
    """Answer as the service would, so that its clients understand."""
    code, message = failure
    status, headers, body = access_denied_response(
        request.service, "", "", "", error_code=code, message=message, headers=request.headers
    )
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
