"""Starts MiniStack with IAM enforced, on one address, with every hook of ../hooks installed.

Everything it needs comes through the environment:
  TESTBED_ADDRESS, GATEWAY_PORT   where it listens; nothing listens anywhere else
  AWS_ACCESS_KEY_ID, ...SECRET_   the account's root key
  TESTBED_LAMBDA_HOST             http://address:port of what runs the functions
  TESTBED_STATE_MACHINES          {"<region>": "http://address:port"}: what runs the executions
  TESTBED_CODE                    folder for the functions' unpacked code
"""

import asyncio
import importlib
import os
import pkgutil
import sys
from pathlib import Path

SERVICES = (
    "s3,sqs,sns,dynamodb,lambda,iam,sts,ssm,events,states,monitoring,logs,route53,eks,ecr,cloudformation,kms"
)


def settle_environment() -> None:
    """MiniStack reads its settings while it is imported."""
    os.environ.update(
        {
            "AUTH": "true",
            "SERVICES": SERVICES,
            "LAMBDA_EXECUTOR": "local",
            # Both would listen on every interface.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # Lambda waits one minute before the first retry of an event, two before the second.
            # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "60",
            "LAMBDA_ASYNC_RETRY_MAX_SECONDS": "120",
        }
    )


def install_hooks() -> list[str]:
    import hooks

    names = sorted(module.name for module in pkgutil.iter_modules(hooks.__path__))
    for name in names:
        importlib.import_module(f"hooks.{name}").install()
    return names


def main() -> None:
    settle_environment()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from emulator import control, regions, trust

    control.install()
    regions.install()
    trust.install()
    print(f"hooks: {', '.join(install_hooks())}", flush=True)

    config = Config()
    config.bind = [f"{os.environ['TESTBED_ADDRESS']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(control.app, config))


if __name__ == "__main__":
    main()
