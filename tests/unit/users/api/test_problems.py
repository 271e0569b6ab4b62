"""The problem of a request that is not valid."""

from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import AfterValidator, ValidationError

from lambda_common.validation import StrictModel
from users.api.problems import invalid_request
from users.domain.fields import parse_name


class Body(StrictModel):
    """A request."""

    name: Annotated[str, AfterValidator(parse_name)]


@pytest.mark.parametrize(
    ("document", "field", "message"),
    [
        ({"name": "x", "y": "secret"}, "y", "Unknown field."),
        ({"name": ""}, "name", "Must be 1 to 100 characters after trimming."),
        ({"name": None}, "name", "Must not be null."),
        ({}, "name", "Field required."),
        ("secret", "body", "Input should be a valid dictionary or instance of Body."),
    ],
)
def test_names_field_and_rule_but_no_value(document: Any, field: str, message: str) -> None:
    """In the words of the contract."""
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(document)
    details = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    assert invalid_request(RequestValidationError(details)).errors == ((field, message),)
