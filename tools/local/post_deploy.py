"""Steps after a local deployment: they set up email and add what MiniStack does not support."""

import json
from collections.abc import Iterable
from typing import Any

API = "UsersApi"


def enable_mail(ses: Any, sender: str) -> None:
    """Verify the sender and leave the sandbox of SES. On AWS, an operator does this once."""
    if sender not in [item["IdentityName"] for item in ses.list_email_identities()["EmailIdentities"]]:
        ses.create_email_identity(EmailIdentity=sender)
    ses.put_account_details(
        MailType="TRANSACTIONAL",
        WebsiteURL="https://example.com",
        UseCaseDescription="welcome emails",
        ProductionAccessEnabled=True,
    )


def extend_roles(iam: Any, roles: Iterable[str]) -> None:
    """Add the permissions that only MiniStack requires to roles with the permissions that AWS requires."""
    for role in roles:
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            extended = {**policy, "Statement": [_extended(statement) for statement in policy["Statement"]]}
            if extended != policy:
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(extended))


def _extended(statement: Any) -> Any:
    """AWS has no `sns:PublishBatch`, and `ses:SendEmail` applies to the identity that sends."""
    actions = statement["Action"]
    if "sns:Publish" in actions and "sns:PublishBatch" not in actions:
        return {**statement, "Action": [*actions, "sns:PublishBatch"]}
    if "ses:SendEmail" in actions:
        return {**statement, "Resource": "*"}
    return statement


def complete_api(cloudformation: Any, gateway: Any, *, stack: str, stage: str) -> None:
    """Create the ANY methods and gateway responses that MiniStack ignores in an OpenAPI body."""
    template = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    description = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in description["Parameters"]}
    detail = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=API)
    api_id = detail["StackResourceDetail"]["PhysicalResourceId"]
    body = template["Resources"][API]["Properties"]["Body"]
    _put_any_methods(gateway, api_id, body["paths"])
    _put_gateway_responses(gateway, api_id, body["x-amazon-apigateway-gateway-responses"], parameters)
    gateway.create_deployment(restApiId=api_id, stageName=stage)


def _put_any_methods(gateway: Any, api_id: str, paths: dict[str, Any]) -> None:
    """An ANY method needs no token, and invokes the same function as the other methods of its path."""
    for resource in gateway.get_resources(restApiId=api_id, limit=500)["items"]:
        methods = resource.get("resourceMethods", {})
        declared = paths.get(resource["path"], {})
        if "x-amazon-apigateway-any-method" not in declared or "ANY" in methods:
            continue
        target = {"restApiId": api_id, "resourceId": resource["id"]}
        uri = gateway.get_integration(**target, httpMethod=next(iter(methods)))["uri"]
        gateway.put_method(**target, httpMethod="ANY", authorizationType="NONE")
        gateway.put_integration(
            **target, httpMethod="ANY", type="AWS_PROXY", integrationHttpMethod="POST", uri=uri
        )


def _put_gateway_responses(
    gateway: Any, api_id: str, responses: dict[str, Any], parameters: dict[str, str]
) -> None:
    for kind, response in responses.items():
        headers = response["responseParameters"].items()
        gateway.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            responseParameters={name: _resolved(value, parameters) for name, value in headers},
            responseTemplates=response["responseTemplates"],
            **{"statusCode": str(response["statusCode"])} if "statusCode" in response else {},
        )


def _resolved(value: Any, parameters: dict[str, str]) -> Any:
    """The value of the intrinsic functions in headers. Lists are separated by commas."""
    match value:
        case {"Ref": name}:
            return parameters[name]
        case {"Fn::Select": [index, options]}:
            return _resolved(options, parameters).split(",")[int(index)].strip()
        case {"Fn::Join": [separator, parts]}:
            return separator.join(_resolved(part, parameters) for part in parts)
        case _:
            return value
