"""EventBridge delivers to buses of other Regions, with the target's role, again and again, and to dead-letter queues.

MiniStack 1.5.33 drops what is for another Region's bus, asks neither the target's role nor the function's policy, and
tries once. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

import contextvars
import json

from emulator import regions, trust
from emulator.delivery import Delivery, Refused, Unavailable

_current: contextvars.ContextVar[tuple[dict, dict]] = contextvars.ContextVar("testbed_target")


def install() -> None:
    from ministack.services import eventbridge

    invoke = eventbridge._invoke_target

    def invoke_target(target, event, rule, view=None):
        # A rule of a lost Region matches nothing, and its schedules pass.
        if regions.is_lost(eventbridge.get_region()):
            return
        token = _current.set((rule, target))
        try:
            invoke(target, event, rule, view)
        finally:
            _current.reset(token)

    eventbridge._invoke_target = invoke_target
    within = eventbridge._dispatch_to_event_bus

    def to_bus(spec, event, rule, event_path, target_input_payload=None):
        if spec.region == eventbridge.get_region():
            return within(spec, event, rule, event_path, target_input_payload)
        _deliver(json.dumps(event), spec.region, lambda: _put_on_bus(spec, event, target_input_payload))

    def to_state_machine(arn, payload):
        _deliver(payload, arn.split(":")[3], lambda: _start(arn, payload))

    def to_function(arn, payload):
        _deliver(payload, arn.split(":")[3], lambda: _invoke(arn, payload))

    eventbridge._dispatch_to_event_bus = to_bus
    eventbridge._dispatch_to_stepfunctions = to_state_machine
    eventbridge._dispatch_to_lambda = to_function


def _deliver(payload: str, region: str, attempt) -> None:
    rule, target = _current.get()
    Delivery(rule, target, payload, region, attempt).start()


def _put_on_bus(spec, event: dict, detail: str | None) -> None:
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    rule, target = _current.get()
    _as_role(rule, target, "events:PutEvents", str(spec))
    bus = spec.resource.split("/", 1)[1]
    # The event keeps the Region where it happened.
    forwarded = {**event, "EventBusName": bus, **({} if detail is None else {"Detail": detail})}
    with request_scope(spec.account_id, spec.region):
        eventbridge._dispatch_event(forwarded)


def _start(arn: str, payload: str) -> None:
    from hooks import state_machines

    rule, target = _current.get()
    _as_role(rule, target, "states:StartExecution", arn)
    status, body = state_machines.call("StartExecution", arn.split(":")[3], {"stateMachineArn": arn, "input": payload})
    if status >= 500:
        raise Unavailable(str(body))
    if status >= 400:
        raise Refused(str(body.get("__type")), str(body.get("message")))


def _invoke(arn: str, payload: str) -> None:
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.services import lambda_svc

    rule, _target = _current.get()
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        raise Refused("RESOURCE_NOT_FOUND", f"There is no function {arn}.")
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=arn,
        region=arn.split(":")[3],
        service_context={"aws:sourcearn": rule["Arn"], "aws:sourceaccount": trust.account()},
    )
    allowed = evaluate_resource_policy(function["policy"], context, service="events.amazonaws.com")
    if allowed.decision != "Allow":
        raise Refused("NO_PERMISSIONS", f"The policy of {arn} does not let {rule['Arn']} invoke it.")
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def _as_role(rule: dict, target: dict, action: str, resource: str) -> None:
    """@raises Refused when EventBridge may not assume the target's role, or the role may not do it"""
    role = target.get("RoleArn")
    if not role:
        raise Refused("NO_PERMISSIONS", f"{rule['Arn']} names no role for {resource}.")
    try:
        trust._check_trust(role, "events.amazonaws.com", rule["Arn"])
    except trust.NotTrusted as error:
        raise Refused("NO_PERMISSIONS", str(error)) from error
    if not trust.may(role, action, resource, resource.split(":")[3]):
        raise Refused("NO_PERMISSIONS", f"{role} may not {action} on {resource}.")
