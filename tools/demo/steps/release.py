"""The step (f): a target that is taken out of the tag."""

from demo.ec2_state import interfaces, is_free, status_tags
from demo.stage import Stage, StepResult
from demo.watch import same, until


def target_removed(stage: Stage) -> StepResult:
    """Step (f)."""
    stage.screen.title(
        "(f) Target removed from the tag",
        "data leaves the tag of web-2: its interface is free again, mgmt stays.",
    )
    host, ec2 = stage.hosts["web-2"], stage.stack.ec2
    held = list(interfaces(ec2, host.id))
    kept, freed = ", ".join(held[:1]), held[1:]
    step = stage.tag("f", host, "mgmt")
    shown = stage.comes_to(host, {"data": "released", "mgmt": "attached"})
    rows = stage.dualhome.ask("status", host.id)
    states = [f"{row['target']} {row['state']}" for row in rows]
    released = f"released:{host.id}"
    tags = until(lambda: status_tags(ec2), lambda now: {now.get(it) for it in freed} == {released})
    free = [it for it in freed if is_free(ec2, it)]
    expectations = [
        same("status", "data released, mgmt attached", ", ".join(states)),
        same("still on web-2", kept, ", ".join(interfaces(ec2, host.id))),
        same("free again, in EC2", ", ".join(freed), ", ".join(free)),
        same("tag on web-2", f"mgmt=attached:{kept}@1 data=released", shown.get(host.id, "")),
        *(same("  on the freed one", released, tags.get(it, "")) for it in freed),
    ]
    return stage.close(step, expectations)
