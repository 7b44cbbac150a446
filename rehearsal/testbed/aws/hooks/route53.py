"""Route 53: changes stay PENDING until the bed's name servers have them; the data plane reads zones, checks and alarms.

MiniStack 1.5.33 says PENDING at the first GetChange and INSYNC ever after, and nobody answers DNS.
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
"""

from typing import Any

from emulator import control, trust

FIELDS = ("Namespace", "MetricName", "Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold")
MORE_FIELDS = ("ComparisonOperator", "Statistic", "TreatMissingData")


def install() -> None:
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch, route53

    def get_change(change_id: str):
        with route53._lock:
            change = route53._changes.get(change_id)
        if not change:
            return route53._error_response("NoSuchChange", f"A change with the ID {change_id} does not exist.", 404)
        return route53._xml_response("GetChangeResponse", lambda root: route53._build_change_info_el(root, change))

    route53._get_change = get_change

    @control.call("route53-create-zone")
    def create_zone(body: dict[str, Any]):
        """A zone with a known id: the application's configuration names it."""
        name = route53._normalise_name(body["name"])
        with request_scope(trust.account(), "us-east-1"), route53._lock:
            route53._zones[body["id"]] = {
                "id": body["id"],
                "name": name,
                "caller_reference": body["id"],
                "comment": "",
                "private": False,
                "vpcs": [],
            }
            route53._records[body["id"]] = route53._default_records(name)
        return {}

    @control.call("route53-state")
    def state(_):
        with request_scope(trust.account(), "us-east-1"):
            with route53._lock:
                zones = [
                    {"id": zone["id"], "name": zone["name"], "records": list(route53._records.get(zone["id"], []))}
                    for zone in route53._zones.values()
                ]
                pending = [change["id"] for change in route53._changes.values() if change["status"] == "PENDING"]
                checks = [{"id": check["id"], "config": check["config"]} for check in route53._health_checks.values()]
            alarms = [
                {"AlarmName": alarm["AlarmName"], **{key: alarm[key] for key in FIELDS + MORE_FIELDS if alarm.get(key)}}
                for alarm in cloudwatch._alarms.values()
                if alarm.get("Namespace") == "AWS/Route53"
            ]
        return {"zones": zones, "pending": pending, "healthChecks": checks, "alarms": alarms}

    @control.call("route53-insync")
    def insync(body: dict[str, Any]):
        with request_scope(trust.account(), "us-east-1"), route53._lock:
            for change_id in body["changes"]:
                route53._changes[change_id]["status"] = "INSYNC"
        return {}
