"""The probe of each belief that an ordinary account can settle, in the order of a run."""

from collections.abc import Mapping

from live.probe import Probe
from live.probes import attach, create, detach, launch, product, reads, tags

PROBES: Mapping[str, Probe] = {
    "main-job": product.main_job,
    "release": product.release,
    "rollback": product.rollback,
    "launch-tag-events": launch.launch_tag_events,
    "creation-tag-events": tags.creation_tag_events,
    "interface-tag-events": tags.interface_tag_events,
    "vpc-tag-events": tags.vpc_tag_events,
    "tag-event-fields": tags.tag_event_fields,
    "delete-all-tags-event": tags.delete_all_tags_event,
    "unchanged-tag-events": tags.unchanged_tag_events,
    "tag-event-delay": tags.tag_event_delay,
    "attach-to-stopped": attach.attach_to_stopped,
    "stopped-shows-attaching": attach.stopped_shows_attaching,
    "attach-to-hibernated": attach.attach_to_hibernated,
    "pending-instance-error": attach.pending_instance_error,
    "index-beyond-count": attach.index_beyond_count,
    "index-upper-bound": attach.index_upper_bound,
    "taken-index-error": attach.taken_index_error,
    "in-use-error": attach.in_use_error,
    "missing-card-error": attach.missing_card_error,
    "attach-keeps-interface": attach.attach_keeps_interface,
    "attach-time": attach.attach_time,
    "force-detach-index": detach.force_detach_index,
    "detach-time": detach.detach_time,
    "detach-gone-error": detach.detach_gone_error,
    "detach-twice": detach.detach_twice,
    "attachment-in-lists": reads.attachment_in_lists,
    "tags-in-lists": reads.tags_in_lists,
    "tags-by-resource": reads.tags_by_resource,
    "reads-by-id": reads.reads_by_id,
    "page-token-error": reads.page_token_error,
    "filter-values-limit": reads.filter_values_limit,
    "group-of-other-vpc-error": create.group_of_other_vpc_error,
    "default-group-on-create": create.default_group_on_create,
    "client-token-after-delete": create.client_token_after_delete,
    "dry-run-permission-only": attach.dry_run_permission_only,
    "tag-length-error": create.tag_length_error,
}
