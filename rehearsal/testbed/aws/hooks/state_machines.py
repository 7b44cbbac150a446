"""Step Functions: executions run in the project's own interpreter, a process for each Region, behind AWS's API.

MiniStack 1.5.33's interpreter lets branches share and change the variables of their parent, hands a DISTRIBUTED Map
its whole input as one item, knows neither a machine's TimeoutSeconds nor heartbeats, ignores Output and Assign of a
JSONata Parallel, never has TIMED_OUT, and calls functions without asking the machine's role.
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

import asyncio
import json
import os
import urllib.error
import urllib.request
from typing import Any

from emulator import control, trust

FORWARDED = {
    "StartExecution",
    "StopExecution",
    "DescribeExecution",
    "ListExecutions",
    "GetExecutionHistory",
    "SendTaskSuccess",
    "SendTaskFailure",
    "SendTaskHeartbeat",
}
# Those that would run MiniStack's own interpreter.
REFUSED = {"StartSyncExecution", "TestState", "ListMapRuns", "DescribeMapRun", "UpdateMapRun", "GetActivityTask"}
TIMEOUT_SECONDS = 30


def install() -> None:
    from ministack.core.responses import error_response_json, get_region
    from ministack.services import stepfunctions
    from ministack.services.cloudformation import provisioners

    handle = stepfunctions.handle_request

    async def handle_request(method, path, headers, body, query_params):
        action = headers.get("x-amz-target", "").split(".")[-1]
        if action in REFUSED:
            return error_response_json("UnsupportedOperation", f"The test bed does not have {action}.", 400)
        if action in FORWARDED:
            data = json.loads(body or b"{}")
            status, answer = await asyncio.to_thread(call, action, get_region(), data)
            return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer).encode()
        if action in ("CreateStateMachine", "UpdateStateMachine"):
            data = json.loads(body or b"{}")
            if "definition" in data:
                name = data.get("name") or data.get("stateMachineArn", "").rsplit(":", 1)[-1]
                problem = await asyncio.to_thread(_problem, get_region(), name, data)
                if problem:
                    return error_response_json("InvalidDefinition", problem, 400)
        return await handle(method, path, headers, body, query_params)

    stepfunctions.handle_request = handle_request
    handlers = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    create, update = handlers["create"], handlers["update"]

    def create_checked(logical_id, props, stack_name):
        _check(props, props.get("StateMachineName") or logical_id)
        return create(logical_id, props, stack_name)

    def update_checked(physical_id, old_props, new_props, stack_name, logical_id=None):
        _check(new_props, physical_id.rsplit(":", 1)[-1])
        return update(physical_id, old_props, new_props, stack_name, logical_id)

    handlers["create"], handlers["update"] = create_checked, update_checked

    def _check(props: dict, name: str) -> None:
        data = {
            "definition": provisioners._sfn_definition(props),
            "roleArn": props["RoleArn"],
            "loggingConfiguration": props.get("LoggingConfiguration") or {},
        }
        problem = _problem(get_region(), name, data)
        if problem:
            raise ValueError(f"AWS::StepFunctions::StateMachine {name}: {problem}")

    @control.call("execution-changed")
    def execution_changed(body):
        _tell(body["region"], body["detail"])
        return {}


def call(action: str, region: str, data: dict[str, Any]) -> tuple[int, Any]:
    """One call of Step Functions' API in a Region: status and body."""
    from ministack.core.responses import request_scope
    from ministack.services import stepfunctions

    with request_scope(trust.account(), region):
        machines = [
            {"arn": arn, "definition": machine["definition"], "roleArn": machine["roleArn"]}
            for arn, machine in stepfunctions._state_machines.items()
        ]
    if action == "StartExecution" and (denied := _denied_map(region, data, machines)):
        return 400, {"__type": "AccessDeniedException", "message": denied}
    return _post(region, {"action": action, "data": data, "machines": machines})


def _denied_map(region: str, data: dict[str, Any], machines: list[dict[str, str]]) -> str | None:
    """A Map Run starts its children in the machine's name; the bed asks before the execution rather than in it."""
    for machine in machines:
        arn, role = machine["arn"], machine["roleArn"]
        if arn != data.get("stateMachineArn") or '"DISTRIBUTED"' not in machine["definition"]:
            continue
        if not trust.may(role, "states:StartExecution", arn, region):
            return f"{role} may not states:StartExecution on {arn}, which its DISTRIBUTED Map needs."
    return None


def _problem(region: str, name: str, data: dict[str, Any]) -> str | None:
    """What CreateStateMachine would refuse: the definition, or a role that may not write the log."""
    arn = f"arn:aws:states:{region}:{trust.account()}:stateMachine:{name}"
    level = {key.lower(): value for key, value in (data.get("loggingConfiguration") or {}).items()}.get("level", "OFF")
    role = data.get("roleArn")
    if role and level != "OFF" and not trust.may(role, "logs:CreateLogDelivery", "*", region):
        return f"The state machine IAM Role is not authorized to access the Log Destination ({role})"
    status, answer = _post(region, {"action": "Validate", "data": {"arn": arn, **data}, "machines": []})
    return None if status == 200 else str(answer.get("message"))


def _post(region: str, body: dict[str, Any]) -> tuple[int, Any]:
    url = json.loads(os.environ["TESTBED_STATE_MACHINES"]).get(region)
    if url is None:
        return 400, {"__type": "InvalidArn", "message": f"The test bed has no Step Functions in {region}."}
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError as error:
        return 500, {"__type": "InternalServerException", "message": str(error)}


def _tell(region: str, detail: dict[str, Any]) -> None:
    """What Step Functions tells EventBridge and CloudWatch of an execution's change of status."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch, eventbridge

    metrics = {"FAILED": "ExecutionsFailed", "TIMED_OUT": "ExecutionsTimedOut", "ABORTED": "ExecutionsAborted"}
    with request_scope(trust.account(), region):
        if detail["status"] in metrics:
            dimensions = {"StateMachineArn": detail["stateMachineArn"]}
            cloudwatch.record_metric("AWS/States", metrics[detail["status"]], 1, "Count", dimensions)
        entry = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Detail": json.dumps(detail),
            "Resources": [detail["executionArn"]],
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
