"""What is left of botocore's data makes the clients that the functions use."""

import shutil
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from tests.helpers.template import resources_of_type, statements
from tools.build.errors import ArtifactError
from tools.build.sdk import check_clients, cut, listed

ROOT = Path(__file__).parents[4]
SERVICES = listed(ROOT / "layers" / "common" / "aws-services.txt")
WHOLE = Path(botocore.__file__).parent / "data"
PREFIXES = {"sesv2": "ses"}
OF_LAMBDA_ITSELF = {"logs", "xray"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of botocore's data, cut."""
    target = tmp_path_factory.mktemp("botocore") / "data"
    for service in [*SERVICES, "ec2"]:
        shutil.copytree(WHOLE / service, target / service)
    for file in WHOLE.glob("*.json"):
        shutil.copy(file, target)
    cut(target, SERVICES)
    return target


def client(data: Path, service: str, region: str = "eu-west-1") -> Any:
    """A client made of these data and no others."""
    session = botocore.session.get_session()
    session.register_component(
        "data_loader", Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    )
    return session.create_client(service, region)


class TestServices:
    """The list is what the functions use."""

    @pytest.mark.parametrize("code", ["src", "layers"])
    def test_are_those_of_the_code(self, code: str) -> None:
        check_clients(ROOT / code, SERVICES)

    def test_are_those_that_the_roles_may_ask(self) -> None:
        functions = resources_of_type("AWS::Serverless::Function")
        roles = [name for name in resources_of_type("AWS::IAM::Role") if _function(name) in functions]
        prefixes = {
            action.partition(":")[0]
            for role in roles
            for statement in statements(role)
            for action in statement["Action"]
        }
        assert prefixes - OF_LAMBDA_ITSELF == {PREFIXES.get(service, service) for service in SERVICES}

    @pytest.mark.parametrize(
        "line", ['boto3.client("iam")', "client(\n    'iam',\n)", 'session.resource(service_name="iam")']
    )
    def test_another_one_fails_the_build(self, tmp_path: Path, line: str) -> None:
        (tmp_path / "code.py").write_text(f'boto3.client("s3")\nx = {line}\n')
        with pytest.raises(ArtifactError, match=r"code\.py uses iam: .*aws-services\.txt"):
            check_clients(tmp_path, SERVICES)


def _function(role: str) -> str:
    return f"{role.removesuffix('Role')}Function"


class TestCut:
    """Less data, the same clients."""

    @pytest.mark.parametrize("service", sorted(SERVICES))
    def test_the_models_are_the_same_but_for_their_texts(self, data: Path, service: str) -> None:
        ours, theirs = (client(place, service).meta.service_model for place in (data, WHOLE))
        assert ours.documentation == ""
        assert ours.operation_names == theirs.operation_names
        for name in theirs.shape_names:
            members = (getattr(model.shape_for(name), "members", {}) for model in (ours, theirs))
            assert next(members).keys() == next(members).keys()

    @pytest.mark.parametrize("service", sorted(SERVICES))
    @pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "cn-north-1"])
    def test_the_endpoints_are_the_same(self, data: Path, service: str, region: str) -> None:
        ours, theirs = (client(place, service, region).meta for place in (data, WHOLE))
        assert ours.endpoint_url == theirs.endpoint_url

    def test_other_services_are_unknown(self, data: Path) -> None:
        with pytest.raises(UnknownServiceError, match=", ".join(sorted(SERVICES))):
            client(data, "ec2")

    def test_signs_forms_and_links(self, data: Path) -> None:
        s3 = client(data, "s3")
        assert "policy" in s3.generate_presigned_post("bucket", "key")["fields"]
        assert "Signature" in s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
