"""Roles that AWS's own services assume: the trust policy decides, and the session is a real one of STS.

MiniStack lets its services do what they like; AWS's services assume the role that the template names.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
"""

import os
import time
from typing import Any

from emulator import control

SESSION_SECONDS = 12 * 3600


class NotTrusted(Exception):
    """The role is missing, or its trust policy does not name the service."""


def install() -> None:
    @control.call("assume-service-role")
    def assume(body):
        return session_for(body["role"], body["service"], body["session"], body.get("source", ""))

    @control.call("may")
    def ask(body):
        return {"allowed": may(body["role"], body["action"], body["resource"], body.get("region", ""))}


def account() -> str:
    return os.environ.get("MINISTACK_ACCOUNT_ID", "000000000000")


def session_for(role_arn: str, service: str, session_name: str, source_arn: str = "") -> dict[str, Any]:
    """Temporary credentials of `role_arn` for `service`, as `lambda.amazonaws.com`. @raises NotTrusted"""
    from ministack.services import sts
    from ministack.services.iam import _gen_secret, _gen_session_access_key, _gen_session_token

    _check_trust(role_arn, service, source_arn)
    owner, name = role_arn.split(":")[4], role_arn.split("/")[-1]
    key, secret, token = _gen_session_access_key(), _gen_secret(), _gen_session_token()
    expiration = time.time() + SESSION_SECONDS
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{owner}:assumed-role/{name}/{session_name}",
            "UserId": f"{sts._role_id(role_arn)}:{session_name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": expiration,
            "AccountId": owner,
            "PrincipalType": "AssumedRole",
            "SessionTags": [],
            "SessionPolicies": None,
        },
    )
    return {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": token, "expiration": expiration}


def _check_trust(role_arn: str, service: str, source_arn: str) -> None:
    from ministack.core.iam_evaluator import evaluate_resource_policy

    role = _role(role_arn)
    context = _context(f"service:{service}", "sts:AssumeRole", "*", "", source_arn)
    document = _with_resource(role.get("AssumeRolePolicyDocument", "{}"))
    if evaluate_resource_policy(document, context, service=service).decision != "Allow":
        raise NotTrusted(f"The trust policy of {role_arn} does not let {service} assume it (source {source_arn}).")


def may(role_arn: str, action: str, resource: str, region: str = "") -> bool:
    """Whether the role's own policies allow a call that AWS makes in its name. False when there is no role."""
    from ministack.core.iam_evaluator import _gather_role_policies, evaluate

    name = role_arn.split("/")[-1]
    context = _context(role_arn, action, resource, region, "")
    return evaluate(context, _gather_role_policies(name, role_arn.split(":")[4])).decision == "Allow"


def _role(role_arn: str) -> dict[str, Any]:
    from ministack.services import iam

    role = iam._roles.get_scoped(role_arn.split(":")[4], None, role_arn.split("/")[-1])
    if role is None:
        raise NotTrusted(f"There is no role {role_arn}.")
    return role


def _context(principal: str, action: str, resource: str, region: str, source_arn: str):
    from ministack.core.iam_evaluator import EvalContext

    source = {"aws:sourcearn": source_arn, "aws:sourceaccount": account()} if source_arn else {}
    return EvalContext(
        principal_arn=principal,
        principal_type="Service",
        principal_account=account(),
        action=action,
        resource_arn=resource,
        region=region,
        service_context=source,
    )


def _with_resource(document: Any) -> dict[str, Any]:
    """A trust policy names no resource; the evaluator of resource policies wants one."""
    import json

    parsed = json.loads(document) if isinstance(document, str) else document
    statements = parsed.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    return {**parsed, "Statement": [{"Resource": "*", **statement} for statement in statements]}
