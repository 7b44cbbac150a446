"""SNS: every message that was published, in order, with its attributes: what on-call would have read.

MiniStack 1.5.33 forgets what nobody is subscribed to. No difference from AWS is repaired here; this is the bed's ear.
"""

import threading
import time

from emulator import control

_lock = threading.Lock()
_messages: list[dict] = []


def install() -> None:
    from ministack.services import sns

    fanout = sns._fanout

    def record(topic_arn, msg_id, message, subject, message_structure="", message_attributes=None, *args, **kwargs):
        attributes = message_attributes or {}
        entry = {
            "at": int(time.time() * 1000),
            "region": topic_arn.split(":")[3],
            "topicArn": topic_arn,
            "messageId": msg_id,
            "subject": subject,
            "text": message,
            "attributes": {name: _value(attribute) for name, attribute in attributes.items()},
        }
        with _lock:
            _messages.append(entry)
        return fanout(topic_arn, msg_id, message, subject, message_structure, message_attributes, *args, **kwargs)

    sns._fanout = record

    @control.call("messages")
    def messages(_):
        with _lock:
            return list(_messages)


def _value(attribute) -> str:
    if isinstance(attribute, dict):
        return str(attribute.get("StringValue") or attribute.get("Value") or "")
    return str(attribute)
