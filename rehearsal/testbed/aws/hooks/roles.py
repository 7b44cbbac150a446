"""CloudFormation: a role with other stacks' policies in it cannot be deleted.

MiniStack 1.5.33 deletes it with all that is in it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
"""


def install() -> None:
    from ministack.services import iam
    from ministack.services.cloudformation import provisioners

    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    delete = role["delete"]

    def delete_role(physical_id: str, props: dict) -> None:
        own = {each["PolicyName"] for each in props.get("Policies") or []}
        others = set((iam._roles.get(physical_id) or {}).get("InlinePolicies") or {}) - own
        if others:
            raise ValueError(f"Cannot delete entity, must delete policies first. ({physical_id} has {sorted(others)})")
        delete(physical_id, props)

    role["delete"] = delete_role
