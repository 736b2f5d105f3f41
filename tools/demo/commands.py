"""What the user of each step would type; the demo makes the same calls with boto3."""

from demo.network import IMAGE, INSTANCE_TYPE, Host, Network


def create_tags(host: Host, targets: str) -> tuple[str, ...]:
    """Return the lines that tag ``host``."""
    return (
        f"aws ec2 create-tags --resources {host.id} \\",
        f"--tags 'Key=dualhome:targets,Value={targets}'",
    )


def run_instances(network: Network, vpc: str, zone: str, targets: str) -> tuple[str, ...]:
    """Return the lines that launch a tagged instance."""
    return (
        f"aws ec2 run-instances --image-id {IMAGE} --instance-type {INSTANCE_TYPE} \\",
        f"--subnet-id {network.vpcs[vpc].subnets[zone].id} --tag-specifications \\",
        f"'ResourceType=instance,Tags=[{{Key=dualhome:targets,Value={targets}}}]'",
    )
