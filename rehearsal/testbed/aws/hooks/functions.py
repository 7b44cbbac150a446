"""Lambda functions run on the bed's own host: one process for each concurrent invocation, as the function's role.

MiniStack 1.5.33 runs them with the account's root key, reports every failure as Runtime.HandlerError, and cannot lose
a process in the middle of an invocation.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import hashlib
import io
import json
import os
import threading
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from emulator import regions, trust

# A session is given to new processes for this long, well within its own time.
SESSION_USE_SECONDS = 6 * 3600
EVENT_AGE_SECONDS = 6 * 3600
_lock = threading.Lock()
_sessions: dict[str, tuple[float, dict[str, Any]]] = {}


def install() -> None:
    from ministack.services import lambda_svc

    def execute(func: dict, event: Any, request_id: str) -> dict:
        config = func.get("config") or func
        code = func.get("code_zip")
        if not code:
            return _failure("Runtime.ImportModuleError", f"{config['FunctionName']} has no code.")
        # An event that waits for its retry waits out the loss of its Region.
        if not regions.wait_until_up(config["FunctionArn"].split(":")[3], time.monotonic() + EVENT_AGE_SECONDS):
            return _failure("Lambda.ServiceException", "The Region was lost for longer than an event lives.")
        try:
            session = _session(config)
        except trust.NotTrusted as error:
            return _failure("AccessDeniedException", str(error))
        return _run(config, _unpacked(code), session, event, request_id)

    lambda_svc._execute_function_warm = execute


def _run(config: dict, folder: Path, session: dict, event: Any, request_id: str) -> dict:
    timeout = float(config.get("Timeout", 3))
    arn = config["FunctionArn"]
    job = {
        "arn": ":".join(arn.split(":")[:7]),
        "region": arn.split(":")[3],
        "name": config["FunctionName"],
        "folder": str(folder),
        "handler": config["Handler"],
        "timeoutMs": timeout * 1000,
        "memoryMb": config.get("MemorySize", 128),
        "variables": (config.get("Environment") or {}).get("Variables") or {},
        "logGroup": (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}",
        "credentials": session,
        "event": event,
        "requestId": request_id,
    }
    request = urllib.request.Request(
        f"{os.environ['TESTBED_LAMBDA_HOST']}/invoke",
        data=json.dumps(job).encode(),
        headers={"content-type": "application/json"},
    )
    # The host keeps the function's own time; this is for a host that has died.
    with urllib.request.urlopen(request, timeout=timeout + 30) as response:
        answer = json.load(response)
    if "error" in answer:
        return {"body": answer["error"], "error": True, "log": answer["log"]}
    return {"body": answer["result"], "log": answer["log"]}


def _session(config: dict) -> dict[str, Any]:
    role, arn = config["Role"], config["FunctionArn"]
    with _lock:
        until, session = _sessions.get(arn + role, (0.0, {}))
        if until < time.time():
            session = trust.session_for(role, "lambda.amazonaws.com", config["FunctionName"][:64], arn)
            _sessions[arn + role] = (time.time() + SESSION_USE_SECONDS, session)
    return session


def _unpacked(code: bytes) -> Path:
    folder = Path(os.environ["TESTBED_CODE"]) / hashlib.sha256(code).hexdigest()[:32]
    with _lock:
        if not folder.exists():
            draft = folder.with_suffix(".new")
            zipfile.ZipFile(io.BytesIO(code)).extractall(draft)
            draft.rename(folder)
    return folder


def _failure(error_type: str, message: str) -> dict:
    return {"body": {"errorType": error_type, "errorMessage": message, "trace": []}, "error": True, "log": ""}
