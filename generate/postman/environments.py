"""What differs between one deployment of the API and another."""

from typing import Any


def environment(name: str, *, api_url: str, token_url: str, client_id: str, secret: str) -> dict[str, Any]:
    """A Postman environment. The token is put there by the first request of the collection."""
    return {
        "name": f"Serverless Users API, {name}",
        "values": [
            _value("apiUrl", api_url),
            _value("tokenUrl", token_url),
            _value("clientId", client_id),
            _value("clientSecret", secret, kind="secret"),
            _value("token", "", kind="secret"),
        ],
        "_postman_variable_scope": "environment",
    }


def local_environment() -> dict[str, Any]:
    """Of `make up`: the API's id and the client are new with each stack, so `make postman` fills it in."""
    return environment(
        "local",
        api_url="<make -s url>",
        token_url="http://127.0.0.1:4566/oauth2/token",  # noqa: S106 - not a secret
        client_id="<make postman writes an environment with all values>",
        secret="",
    )


def deployed_environment() -> dict[str, Any]:
    """Of `make deploy`: the values are outputs of the stack."""
    return environment(
        "deployed",
        api_url="<output ApiUrl>",
        token_url="<output TokenUrl>",  # noqa: S106 - not a secret
        client_id="<output UserPoolClientId>",
        secret="",
    )


def _value(key: str, value: str, kind: str = "default") -> dict[str, Any]:
    return {"key": key, "value": value, "type": kind, "enabled": True}
