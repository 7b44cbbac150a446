"""The root user has one access key.

MiniStack also takes "test" and every number of twelve digits for root's key, and root may do everything. AWS knows
no key that it has not given out.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import os


def install() -> None:
    from ministack.core import iam_evaluator
    from ministack.services import sts

    def is_root_access_key(access_key_id: str) -> bool:
        # Without a key MiniStack's own services call each other; a request from outside is refused as unsigned.
        return not access_key_id or access_key_id == os.environ["AWS_ACCESS_KEY_ID"]

    iam_evaluator.is_root_access_key = is_root_access_key
    sts.is_root_access_key = is_root_access_key
