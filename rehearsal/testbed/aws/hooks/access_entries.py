"""CloudFormation: AWS::EKS::AccessEntry, which MiniStack 1.5.33 has in EKS's API only.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-accessentry.html
"""

import json

# "Update requires: Replacement"
IDENTITY = ("ClusterName", "PrincipalArn", "Type")
BODY = {"KubernetesGroups": "kubernetesGroups", "Username": "username", "Type": "type"}


def install() -> None:
    from ministack.services import eks
    from ministack.services.cloudformation import provisioners

    def create(logical_id: str, props: dict, stack_name: str) -> tuple:
        cluster, principal = props["ClusterName"], props["PrincipalArn"]
        mode = (eks._clusters.get(cluster) or {}).get("accessConfig", {}).get("authenticationMode")
        if mode == "CONFIG_MAP":
            raise ValueError(f"The cluster {cluster} takes no access entries: its authenticationMode is {mode}.")
        entry = _done(eks._create_access_entry(cluster, {"principalArn": principal, **body_of(props)}))
        return f"{principal}|{cluster}", {"AccessEntryArn": entry["accessEntryArn"]}

    def update(physical_id: str, old_props: dict, new_props: dict, stack_name: str) -> tuple:
        if any(old_props.get(key) != new_props.get(key) for key in IDENTITY):
            made = create(physical_id, new_props, stack_name)
            delete(physical_id, old_props)
            return made
        cluster, principal = new_props["ClusterName"], new_props["PrincipalArn"]
        entry = _done(eks._update_access_entry(cluster, principal, body_of(new_props)))
        return physical_id, {"AccessEntryArn": entry["accessEntryArn"]}

    def delete(physical_id: str, props: dict) -> None:
        status, _, body = eks._delete_access_entry(props["ClusterName"], props["PrincipalArn"])
        # The cluster takes its entries with it.
        if status not in (200, 404):
            raise ValueError(f"AWS::EKS::AccessEntry: {body!r}")

    provisioners._RESOURCE_HANDLERS["AWS::EKS::AccessEntry"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }


def body_of(props: dict) -> dict:
    body = {ours: props[theirs] for theirs, ours in BODY.items() if theirs in props}
    return {**body, "tags": {tag["Key"]: tag["Value"] for tag in props.get("Tags") or []}}


def _done(response: tuple) -> dict:
    status, _, body = response
    if status >= 400:
        raise ValueError(f"AWS::EKS::AccessEntry: {body!r}")
    return json.loads(body)["accessEntry"]
