"""What is left of botocore's data does all that the functions ask of it."""

import ast
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore import xform_name
from botocore.loaders import Loader

from bundle.sdk import cut
from tests.template import resources_of_type, statements

ROOT = Path(__file__).parents[3]
LIST = ROOT / "layers" / "common" / "aws-operations.toml"
OPERATIONS = tomllib.loads(LIST.read_text("utf-8"))
BY_THE_SDK_ITSELF = {"CreateBucket", "HeadBucket"}
PREFIXES = {"sesv2": "ses"}
TAKE_A_NAME = {"get_paginator", "generate_presigned_url"}
OF_LAMBDA_ITSELF = {"logs", "xray"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of botocore's data, cut."""
    whole = Path(botocore.__file__).parent / "data"
    target = tmp_path_factory.mktemp("botocore") / "data"
    services = [whole / service for service in [*OPERATIONS, "ec2"]]
    for service in services:
        shutil.copytree(service, target / service.name)
    for file in whole.glob("*.json"):
        shutil.copy(file, target)
    cut(target, LIST)
    return target


def client(data: Path, service: str) -> Any:
    """A client made of these data and no others."""
    session = botocore.session.get_session()
    session.register_component(
        "data_loader", Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    )
    return session.create_client(service)


def called() -> set[str]:
    """The methods of clients that adapters call, with the operations that some take by name."""
    names = set()
    for path in (ROOT / "src/users/adapters").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                target, _, method = ast.unparse(node.func).rpartition(".")
                if target in {"client", "self._client"}:
                    names.add(ast.literal_eval(node.args[0]) if method in TAKE_A_NAME else method)
    return names - {"generate_presigned_post"}


class TestOperations:
    """The list is whole, and holds nothing that is not used."""

    def test_are_those_that_the_code_calls(self) -> None:
        listed = {xform_name(name) for names in OPERATIONS.values() for name in names}
        assert called() == listed - set(map(xform_name, BY_THE_SDK_ITSELF))

    def test_are_of_the_services_that_the_roles_may_ask(self) -> None:
        roles = resources_of_type("AWS::IAM::Role")
        functions = [
            role for role in roles if role.endswith("Role") and f"{role[:-4]}Function" in _functions()
        ]
        prefixes = {
            action.partition(":")[0]
            for role in functions
            for statement in statements(role)
            for action in statement["Action"]
        }
        assert prefixes - OF_LAMBDA_ITSELF == {PREFIXES.get(service, service) for service in OPERATIONS}


def _functions() -> set[str]:
    return set(resources_of_type("AWS::Serverless::Function"))


class TestCut:
    """Less data, the same clients."""

    @pytest.mark.parametrize("service", OPERATIONS)
    def test_a_client_has_these_operations_and_no_others(self, data: Path, service: str) -> None:
        made = client(data, service)
        assert sorted(made.meta.service_model.operation_names) == sorted(OPERATIONS[service])
        assert (
            made.meta.endpoint_url == botocore.session.get_session().create_client(service).meta.endpoint_url
        )

    def test_other_services_are_gone(self, data: Path) -> None:
        assert {path.name for path in data.iterdir() if path.is_dir()} == set(OPERATIONS)

    @pytest.mark.parametrize("service", OPERATIONS)
    def test_the_models_are_the_same_but_for_their_texts(self, data: Path, service: str) -> None:
        whole = botocore.session.get_session().create_client(service).meta.service_model
        for name in OPERATIONS[service]:
            ours = client(data, service).meta.service_model.operation_model(name)
            theirs = whole.operation_model(name)
            assert shape(ours.input_shape) == shape(theirs.input_shape)
            assert shape(ours.output_shape) == shape(theirs.output_shape)
            assert ours.http == theirs.http

    def test_signs_forms_and_links(self, data: Path) -> None:
        s3 = client(data, "s3")
        assert "policy" in s3.generate_presigned_post("bucket", "key")["fields"]
        assert "Signature" in s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})

    def test_is_small(self, data: Path) -> None:
        """Of 28 MB. Endpoint rules of S3 are the most of it."""
        assert sum(path.stat().st_size for path in data.rglob("*.json")) < 2_000_000
        assert not list(data.rglob("*.gz"))
        assert "documentation" not in json.dumps(
            json.loads(next(data.glob("dynamodb/*/service-2.json")).read_text())["operations"]
        )


def shape(value: Any, seen: frozenset[str] = frozenset()) -> Any:
    """A shape with its members, as plain data."""
    if value is None or value.name in seen:
        return None
    seen |= {value.name}
    members = {name: shape(member, seen) for name, member in getattr(value, "members", {}).items()}
    inner = [shape(getattr(value, part), seen) for part in ("member", "key", "value") if hasattr(value, part)]
    return (value.name, value.type_name, value.serialization, members, inner)
