"""What the functions logged, kept when the local cloud is gone."""

from pathlib import Path

from localcloud.client.lifecycle import LocalCloud


def save_function_logs(cloud: LocalCloud, stack: str, path: Path) -> None:
    """Write to ``path`` what each function of ``stack`` logged, oldest first."""
    logs = cloud.client("logs")
    lines = []
    for group in logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{stack}/")["logGroups"]:
        lines.append(f"## {group['logGroupName']}")
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        lines += [str(event["message"]).rstrip() for page in pages for event in page["events"]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
