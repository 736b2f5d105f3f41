"""What ministack and moto read from the environment, decided before either is imported."""

import os
import tempfile

# What a user's shell may carry that would change the local AWS, slow it, or lead it to a real one.
UNWANTED = (
    "AWS_DEFAULT_PROFILE",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "LOCALSTACK_HOSTNAME",
    "LOCALSTACK_PERSISTENCE",
    "MINISTACK_ACCOUNT_ID",
    "MOTO_ACCOUNT_ID",
    "PYTHONDONTWRITEBYTECODE",
    "SERVICES",
    "USE_SSL",
)


def prepare_environment(
    port: int, region: str, scratch: str, *, auth: bool, clock_speed: float
) -> None:
    """Set the process's environment; files go below ``scratch``, and Docker is never used."""
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ |= {
        "AUTH": str(auth).lower(),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": f"unix://{scratch}/no-docker",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_STRICT": "0",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # 1300 of them slow every launch down
        "PERSIST_STATE": "0",
        "S3_DATA_DIR": f"{scratch}/s3",
        "S3_PERSIST": "0",
        "SFN_WAIT_SCALE": str(1 / clock_speed),
        "SFTP_ENABLED": "0",
        "STATE_DIR": f"{scratch}/state",
        "TMPDIR": scratch,
    }
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    tempfile.tempdir = scratch
