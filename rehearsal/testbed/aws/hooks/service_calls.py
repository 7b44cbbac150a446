"""AWS's services call each other over TLS.

MiniStack 1.5.33 has the calls of its own services come without TLS, so that a policy with `enforceSSL` refuses them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
"""

import contextvars


def install() -> None:
    from ministack.core import iam_evaluator

    iam_evaluator._request_origin = contextvars.ContextVar("testbed_origin", default=("127.0.0.1", True))
