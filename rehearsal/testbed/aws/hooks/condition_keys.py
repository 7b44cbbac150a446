"""Condition keys of Route 53 and CloudWatch.

MiniStack 1.5.33 knows no service-specific condition keys for these two, so a statement that names one never matches.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
"""

import json
from typing import Any

import cbor2
from defusedxml import ElementTree


def install() -> None:
    from ministack.core import iam_actions

    tags = iam_actions.request_tag_context

    def request_context(service: str, iam_action: str, body: bytes, params: dict) -> dict[str, Any]:
        context = tags(service, iam_action, body, params)
        if iam_action == "route53:ChangeResourceRecordSets":
            context.update(record_keys(body))
        if iam_action == "cloudwatch:PutMetricData":
            context.update(namespace_key(body, params))
        return {key.lower(): value for key, value in context.items()}

    iam_actions.request_tag_context = request_context


def record_keys(body: bytes) -> dict[str, list[str]]:
    names, types, actions = [], [], []
    for change in ElementTree.fromstring(body).iter():
        if _tag(change) != "Change":
            continue
        texts: dict[str, str] = {}
        for element in change.iter():
            texts.setdefault(_tag(element), (element.text or "").strip())
        # AWS compares names in lower case and without the dot at their end.
        names.append(texts.get("Name", "").lower().rstrip("."))
        types.append(texts.get("Type", ""))
        actions.append(texts.get("Action", ""))
    prefix = "route53:ChangeResourceRecordSets"
    return {f"{prefix}NormalizedRecordNames": names, f"{prefix}RecordTypes": types, f"{prefix}Actions": actions}


def namespace_key(body: bytes, params: dict) -> dict[str, str]:
    namespace = (params.get("Namespace") or [None])[0] or _namespace_in(body)
    return {} if namespace is None else {"cloudwatch:namespace": namespace}


def _namespace_in(body: bytes) -> str | None:
    if not body:
        return None
    decoded = json.loads(body) if body[:1] == b"{" else cbor2.loads(body)
    return decoded.get("Namespace") if isinstance(decoded, dict) else None


def _tag(element) -> str:
    return element.tag.rsplit("}", 1)[-1]
