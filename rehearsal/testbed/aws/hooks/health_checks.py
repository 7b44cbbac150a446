"""CloudFormation: AWS::Route53::HealthCheck, which MiniStack 1.5.33 has in Route 53's API only.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-healthcheck.html
"""

from typing import Any

NUMBERS = ("Port", "RequestInterval", "FailureThreshold", "HealthThreshold")
FLAGS = ("Inverted", "MeasureLatency", "EnableSNI", "Disabled")


def install() -> None:
    from ministack.services import route53
    from ministack.services.cloudformation import provisioners

    def create(logical_id: str, props: dict, stack_name: str) -> tuple:
        identifier = route53._hc_id()
        reference = f"{stack_name}-{logical_id}-{identifier}"
        check = {"id": identifier, "caller_reference": reference, "config": config_of(props), "version": 1}
        with route53._lock:
            route53._health_checks[identifier] = check
            route53._hc_caller_refs[reference] = identifier
        return identifier, {"HealthCheckId": identifier}

    def update(physical_id: str, old_props: dict, new_props: dict, stack_name: str) -> tuple:
        old, new = config_of(old_props), config_of(new_props)
        # "Update requires: Replacement" for these two.
        if any(old.get(key) != new.get(key) for key in ("Type", "RequestInterval")):
            made = create(physical_id, new_props, stack_name)
            delete(physical_id, old_props)
            return made
        with route53._lock:
            check = route53._health_checks[physical_id]
            check["config"] = new
            check["version"] += 1
        return physical_id, {"HealthCheckId": physical_id}

    def delete(physical_id: str, props: dict) -> None:
        with route53._lock:
            check = route53._health_checks.pop(physical_id, None)
            if check:
                route53._hc_caller_refs.pop(check["caller_reference"], None)

    provisioners._RESOURCE_HANDLERS["AWS::Route53::HealthCheck"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }


def config_of(props: dict) -> dict[str, Any]:
    """The configuration as the API keeps it. CloudFormation hands numbers and booleans over as text too."""
    config = dict(props.get("HealthCheckConfig") or {})
    for key in NUMBERS:
        if key in config:
            config[key] = int(config[key])
    for key in FLAGS:
        if key in config:
            config[key] = str(config[key]).lower() == "true"
    return config
