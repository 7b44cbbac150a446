"""Which Regions are lost. What AWS does by itself in a lost Region (deliveries, alarms, schedules) stops there."""

import threading
import time

from emulator import control

_changed = threading.Condition()
_lost: set[str] = set()


def install() -> None:
    @control.call("set-region")
    def set_region(body):
        with _changed:
            if body["state"] == "lost":
                _lost.add(body["region"])
            else:
                _lost.discard(body["region"])
            _changed.notify_all()
        return {}


def is_lost(region: str) -> bool:
    with _changed:
        return region in _lost


def wait_until_up(region: str, deadline: float) -> bool:
    """Waits until the Region is there; False when `deadline` (time.monotonic) passes first."""
    with _changed:
        return _changed.wait_for(lambda: region not in _lost, max(0.0, deadline - time.monotonic()))
