"""Deliveries of EventBridge: tried again until the event is too old, then laid into the dead-letter queue.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import contextvars
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from emulator import regions, trust

DEFAULT_AGE_SECONDS = 86_400
DEFAULT_RETRIES = 185
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
logger = logging.getLogger("testbed.events")


class Refused(Exception):
    """Trying again will not help."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Unavailable(Exception):
    """The target's service gave no good answer; it may in a moment."""


@dataclass(frozen=True)
class Delivery:
    rule: dict
    target: dict
    payload: str
    region: str
    """Of the target."""
    attempt: Callable[[], None]

    def start(self) -> None:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run,), daemon=True, name="delivery").start()

    def _run(self) -> None:
        policy = self.target.get("RetryPolicy") or {}
        deadline = time.monotonic() + int(policy.get("MaximumEventAgeInSeconds", DEFAULT_AGE_SECONDS))
        retries = int(policy.get("MaximumRetryAttempts", DEFAULT_RETRIES))
        pause = FIRST_PAUSE
        for tried in range(retries + 1):
            if not regions.wait_until_up(self.region, deadline):
                return self._give_up("TIMEOUT", f"{self.region} gave no answer")
            try:
                return self.attempt()
            except Refused as refusal:
                return self._give_up(refusal.code, str(refusal))
            except Unavailable as error:
                reason = str(error)
            if tried == retries or time.monotonic() + pause >= deadline:
                break
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self._give_up("SDK_CLIENT_ERROR", reason)

    def _give_up(self, code: str, message: str) -> None:
        from ministack.services import cloudwatch, eventbridge, sqs

        name = self.rule["Name"]
        logger.error("%s -> %s: %s %s", self.rule["Arn"], self.target["Arn"], code, message)
        cloudwatch.record_metric("AWS/Events", "FailedInvocations", 1, "Count", {"RuleName": name})
        queue = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        if not sqs.queue_policy_allows(queue, "events.amazonaws.com", self.rule["Arn"], trust.account()):
            logger.error("The policy of %s does not let the rule %s send.", queue, name)
            return
        from ministack.core.arn import parse_arn

        eventbridge._dispatch_to_sqs(parse_arn(queue), self.payload)
        sqs._queue_by_arn(queue)["messages"][-1]["message_attributes"] = {
            key: {"DataType": "String", "StringValue": value}
            for key, value in {
                "ERROR_CODE": code,
                "ERROR_MESSAGE": message,
                "RULE_ARN": self.rule["Arn"],
                "TARGET_ARN": self.target["Arn"],
            }.items()
        }
