"""EKS: DescribeCluster gives the endpoint and the certificate authority of a control plane that somebody else runs.

MiniStack 1.5.33 would run one in docker, and without docker gives an endpoint where nothing listens, and no CA.
https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html
"""

from emulator import control, trust


def install() -> None:
    from ministack.core.responses import request_scope
    from ministack.services import eks

    # Never docker, even where there is one.
    eks._get_docker = lambda: None

    @control.call("set-cluster")
    def set_cluster(body):
        """{region, name, endpoint, certificateAuthority: base64 of PEM, version}"""
        with request_scope(trust.account(), body["region"]):
            cluster = eks._clusters.get(body["name"])
            if cluster is None:
                cluster = _new(eks, body)
                eks._clusters[body["name"]] = cluster
            cluster["endpoint"] = body["endpoint"]
            cluster["certificateAuthority"] = {"data": body["certificateAuthority"]}
            cluster["status"] = "ACTIVE"
        return {}


def _new(eks, body) -> dict:
    """A cluster without MiniStack's machinery: no container, no port."""
    return {
        "name": body["name"],
        "arn": eks._cluster_arn(body["name"]),
        "createdAt": eks._now(),
        "version": body["version"],
        "roleArn": f"arn:aws:iam::{trust.account()}:role/eks-cluster",
        "resourcesVpcConfig": {"endpointPublicAccess": True, "endpointPrivateAccess": False},
        "kubernetesNetworkConfig": {"ipFamily": "ipv4"},
        "logging": {"clusterLogging": []},
        "tags": {},
        "encryptionConfig": [],
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "_auth_token": "",
        "_docker_id": None,
        "_port": 0,
    }
