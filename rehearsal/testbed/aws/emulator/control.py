"""The bed's own calls to the emulator: POST /_testbed/<name> with JSON. The front door lets none of them through."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

PREFIX = "/_testbed/"
Call = Callable[[dict[str, Any]], Any]

logger = logging.getLogger("testbed")
_calls: dict[str, Call] = {}


def call(name: str) -> Callable[[Call], Call]:
    """Registers a function as a control call. It may block: it runs in a thread."""

    def register(function: Call) -> Call:
        if name in _calls:
            raise ValueError(f"two control calls are named {name}")
        _calls[name] = function
        return function

    return register


def install() -> None:
    @call("ping")
    def ping(_: dict[str, Any]) -> dict[str, Any]:
        return {"calls": sorted(_calls)}


async def app(scope, receive, send):
    """MiniStack's application with the control calls before it."""
    from ministack.app import app as ministack

    if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
        return await ministack(scope, receive, send)
    status, answer = await _answer(scope["path"][len(PREFIX) :], await _body(receive))
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/json")],
        }
    )
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


async def _answer(name: str, body: bytes) -> tuple[int, Any]:
    function = _calls.get(name)
    if function is None:
        return 404, {"error": "NoSuchCall", "message": f"{name} is none of {sorted(_calls)}"}
    try:
        return 200, await asyncio.to_thread(function, json.loads(body or b"{}"))
    except Exception as error:
        logger.exception("control call %s", name)
        return 500, {"error": type(error).__name__, "message": str(error)}


async def _body(receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
