"""CloudWatch alarms are evaluated each minute, by their own metric, and the change of state is an event.

MiniStack 1.5.33 evaluates at each PutMetricData only, over all metrics of the name whatever their dimensions, knows
neither missing data nor M of N, refuses metric math in CloudFormation, tells EventBridge nothing, and publishes
without asking the topic's policy. Alarms on AWS/Route53 are left to the bed's health checkers, which use SetAlarmState.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import datetime
import json
import logging
import threading
import time
from typing import Any

from emulator import alarm_math, control, regions, trust

PERIOD = 60
logger = logging.getLogger("testbed.alarms")


def install() -> None:
    from ministack.services import cloudwatch
    from ministack.services.cloudformation import provisioners

    # Nothing is evaluated when data comes in.
    cloudwatch._evaluate_alarm = lambda alarm: None
    act = cloudwatch._dispatch_alarm_actions

    def changed(alarm: dict, old_state: str, new_state: str, reason: str) -> None:
        act(_with_admitted_topics(alarm, new_state), old_state, new_state, reason)
        _tell_event_bridge(alarm, old_state, new_state, reason)

    cloudwatch._dispatch_alarm_actions = changed
    record = provisioners._cw_metric_alarm_record

    def record_with_math(name: str, props: dict) -> dict:
        metrics = props.get("Metrics")
        if not metrics:
            return record(name, props)
        stats = [metric["MetricStat"] for metric in metrics if "MetricStat" in metric]
        period = max(int(stat["Period"]) for stat in stats)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        alarm = record(name, {**plain, "MetricName": "-", "Namespace": "-", "Period": period})
        alarm_math.terms_of(_returned(metrics)["Expression"])
        return {**alarm, "MetricName": None, "Namespace": None, "Statistic": None, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record_with_math

    @control.call("evaluate-alarms")
    def evaluate(_):
        return evaluate_all(time.time())

    threading.Thread(target=_every_minute, daemon=True, name="alarms").start()


def _every_minute() -> None:
    while True:
        time.sleep(PERIOD - time.time() % PERIOD)
        evaluate_all(time.time())


def evaluate_all(now: float) -> dict[str, str]:
    """Evaluates every alarm over its last whole periods. Returns the states that changed."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    _count_queues()
    changed = {}
    for (account, region, name), alarm in list(cloudwatch._alarms._data.items()):
        if regions.is_lost(region) or alarm.get("Namespace") == "AWS/Route53":
            continue
        with request_scope(account, region):
            try:
                state = _evaluate(cloudwatch, alarm, now)
            except Exception:
                logger.exception("alarm %s in %s", name, region)
                continue
        if state:
            changed[f"{region}/{name}"] = state
    return changed


def _evaluate(cloudwatch, alarm: dict[str, Any], now: float) -> str | None:
    new = alarm_math.state_of(alarm, _series(cloudwatch, alarm, now))
    old = alarm["StateValue"]
    if new is None or new == old:
        return None
    reason = f"Threshold Crossed: {new} by {alarm['ComparisonOperator']} {alarm['Threshold']}"
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(now))
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    return new


def _series(cloudwatch, alarm: dict[str, Any], now: float) -> alarm_math.Series:
    metrics = alarm.get("Metrics")
    if not metrics:
        dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []}
        return _points(cloudwatch, alarm, alarm["Namespace"], alarm["MetricName"], dimensions, alarm["Statistic"], now)
    series = {}
    for each in metrics:
        if "MetricStat" not in each:
            continue
        metric = each["MetricStat"]["Metric"]
        dimensions = {item["Name"]: item["Value"] for item in metric.get("Dimensions") or []}
        stat = each["MetricStat"]["Stat"]
        series[each["Id"]] = _points(
            cloudwatch, alarm, metric["Namespace"], metric["MetricName"], dimensions, stat, now
        )
    return alarm_math.add(alarm_math.terms_of(_returned(metrics)["Expression"]), series)


def _points(cloudwatch, alarm, namespace, name, dimensions, statistic, now) -> alarm_math.Series:
    """The statistic of each of the last whole periods, oldest first."""
    key = (namespace, name, cloudwatch._dims_key(dimensions))
    points = cloudwatch._metrics.get(key) or []
    period, count = int(alarm["Period"]), int(alarm["EvaluationPeriods"])
    end = now - now % period
    series: alarm_math.Series = []
    for start in (end - period * back for back in range(count, 0, -1)):
        inside = [point for point in points if start <= point["Timestamp"] < start + period]
        stats = cloudwatch._calc_stats(inside)
        series.append(cloudwatch._stat_value(stats, statistic, inside) if stats else None)
    return series


def _returned(metrics: list[dict]) -> dict:
    """The one expression whose result the alarm watches."""
    found = [each for each in metrics if each.get("Expression") and each.get("ReturnData", True) is not False]
    if len(found) != 1:
        raise alarm_math.NotUnderstood("metric math: exactly one expression must return data")
    return found[0]


def _count_queues() -> None:
    """AWS/SQS ApproximateNumberOfMessagesVisible, which SQS counts each minute."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch, sqs

    for (account, region, _), queue in list(sqs._queues._data.items()):
        visible = sum(message.get("visible_at", 0) <= time.time() for message in queue["messages"])
        with request_scope(account, region):
            cloudwatch.record_metric(
                "AWS/SQS", "ApproximateNumberOfMessagesVisible", visible, "Count", {"QueueName": queue["name"]}
            )


def _with_admitted_topics(alarm: dict[str, Any], state: str) -> dict[str, Any]:
    """The alarm with only those topics for its new state whose policy lets CloudWatch publish."""
    from ministack.services import sns

    def admitted(topic: str) -> bool:
        allowed = sns.topic_policy_allows(topic, "cloudwatch.amazonaws.com", alarm["AlarmArn"], trust.account())
        if not allowed:
            logger.error("The policy of %s does not let cloudwatch.amazonaws.com publish %s.", topic, alarm["AlarmArn"])
        return allowed

    field = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(state, "InsufficientDataActions")
    return {**alarm, field: [arn for arn in alarm.get(field) or [] if admitted(arn)]}


def _tell_event_bridge(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
    from ministack.services import eventbridge

    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    detail = {
        "alarmName": alarm["AlarmName"],
        "configuration": {"description": alarm.get("AlarmDescription", "")},
        "previousState": {"value": old_state, "timestamp": now},
        "state": {"value": new_state, "reason": reason, "timestamp": now},
    }
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
