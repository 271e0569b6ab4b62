"""The reduced data of botocore serves the clients that the functions use."""

import shutil
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from tests.helpers.template import resources_of_type, statements
from tools.build.sdk import SERVICES, ArtifactError, check_clients, reduce_data
from tools.local.workspace import PROJECT

ORIGINAL = Path(botocore.__file__).parent / "data"
IAM_PREFIXES = {"sesv2": "ses"}
OF_LAMBDA_ITSELF = {"logs", "xray"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reduced copy of botocore's data."""
    target = tmp_path_factory.mktemp("botocore") / "data"
    for service in [*SERVICES, "ec2"]:
        shutil.copytree(ORIGINAL / service, target / service)
    for file in ORIGINAL.glob("*.json"):
        shutil.copy(file, target)
    reduce_data(target)
    return target


def client(data: Path, service: str, region: str = "eu-west-1") -> Any:
    """A client that uses only this data."""
    session = botocore.session.get_session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    return session.create_client(service, region)


@pytest.mark.parametrize("code", ["src", "layers"])
def test_services_are_those_of_the_code(code: str) -> None:
    """A client of another service fails the build."""
    check_clients(PROJECT / code)


def test_services_are_those_of_the_roles() -> None:
    """Of all functions."""
    functions = resources_of_type("AWS::Serverless::Function")
    roles = [role for role in resources_of_type("AWS::IAM::Role") if f"{role[:-4]}Function" in functions]
    actions = {action for role in roles for statement in statements(role) for action in statement["Action"]}
    prefixes = {action.partition(":")[0] for action in actions}
    assert prefixes - OF_LAMBDA_ITSELF == {IAM_PREFIXES.get(service, service) for service in SERVICES}


@pytest.mark.parametrize(
    "line", ['boto3.client("iam")', "client(\n    'iam',\n)", 'session.resource(service_name="iam")']
)
def test_another_service_is_refused(tmp_path: Path, line: str) -> None:
    """The message names the list."""
    (tmp_path / "code.py").write_text(f'boto3.client("dynamodb")\nx = {line}\n')
    with pytest.raises(ArtifactError, match=r"code\.py uses iam: .*aws-services\.txt"):
        check_clients(tmp_path)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_models_and_endpoints_are_unchanged(data: Path, service: str) -> None:
    """Except for their documentation."""
    for region in ("us-east-1", "cn-north-1"):
        ours, theirs = (client(place, service, region).meta for place in (data, ORIGINAL))
        assert ours.endpoint_url == theirs.endpoint_url
    ours, theirs = ours.service_model, theirs.service_model
    assert ours.documentation == ""
    assert ours.operation_names == theirs.operation_names
    for name in theirs.shape_names:
        members = [getattr(model.shape_for(name), "members", {}) for model in (ours, theirs)]
        assert members[0].keys() == members[1].keys()


def test_other_services_are_unknown(data: Path) -> None:
    """Their data is deleted."""
    with pytest.raises(UnknownServiceError, match=", ".join(sorted(SERVICES))):
        client(data, "ec2")
