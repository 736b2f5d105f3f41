"""For each belief that is probed: what makes the local cloud its opposite."""

from collections.abc import Mapping

LONG = 600.0
"""Seconds; no test waits for it."""

SLOWED: Mapping[str, Mapping[str, float]] = {
    "stopped-shows-attaching": {"attach_seconds": LONG},
    "pending-instance-error": {"instance_seconds": LONG},
    "detach-twice": {"detach_seconds": LONG},
}
"""Settings of both worlds: what the probe is to meet must last on a slow machine."""

OPPOSITES: Mapping[str, Mapping[str, float]] = {
    "main-job": {"attach_seconds": LONG},
    "release": {"detach_seconds": LONG},
    "rollback": {"many_addresses_are_an_incorrect_state": True},
    "pause": {"transactions_join_leading_keys": True},
    "launch-tag-events": {"launch_tag_events": False},
    "creation-tag-events": {"launch_tag_events": False},
    "interface-tag-events": {"interface_tags_raise_no_event": True},
    "vpc-tag-events": {"vpc_tags_raise_no_event": True},
    "tag-event-fields": {"tag_events_have_a_version_vector": True},
    "delete-all-tags-event": {"each_key_has_its_tag_event": True},
    "unchanged-tag-events": {"unchanged_tags_raise_events": True},
    "tag-event-delay": {"tag_event_seconds": LONG},
    "attach-to-stopped": {"stopped_stays_attaching": True},
    "stopped-shows-attaching": {"stopped_is_attached_at_once": True},
    "attach-to-hibernated": {"hibernated_is_refused": True},
    "pending-instance-error": {"unsettled_is_an_unsupported_operation": True},
    "index-beyond-count": {"index_ends_at_the_count": True},
    "index-upper-bound": {"index_ends_at_31": True},
    "taken-index-error": {"taken_index_has_another_text": True},
    "in-use-error": {"in_use_is_an_incorrect_state": True},
    "missing-card-error": {"missing_card_is_an_unsupported_operation": True},
    "attach-keeps-interface": {"attached_is_deleted_on_termination": True},
    "attach-time": {"attach_seconds": LONG},
    "force-detach-index": {"forced_index_is_blocked": True},
    "detach-time": {"detach_seconds": LONG},
    "detach-gone-error": {"detach_of_gone_is_an_incorrect_state": True},
    "detach-twice": {"repeated_detach_is_refused": True},
    "attachment-in-lists": {"read_lag_seconds": LONG * LONG},
    "tags-in-lists": {"read_lag_seconds": LONG * LONG},
    "tags-by-resource": {"read_lag_seconds": LONG, "tag_reads_lag": True},
    "reads-by-id": {"read_lag_seconds": LONG * LONG, "reads_by_id_lag": True},
    "page-token-error": {"bad_page_token_has_another_text": True},
    "filter-values-limit": {"filter_values_have_no_limit": True},
    "group-of-other-vpc-error": {"foreign_group_is_an_invalid_parameter": True},
    "default-group-on-create": {"groups_are_required": True},
    "client-token-after-delete": {"token_of_deleted_creates_anew": True},
    "dry-run-permission-only": {"dry_run_applies_the_rules": True},
    "tag-length-error": {"long_tag_is_an_unsupported_operation": True},
    "detach-gone-fenced": {"what_is_gone_is_asked_about": True},
    "attach-fenced-first-second": {"policy_tags_lag_seconds": LONG},
    "delete-all-tags-keys": {"deleting_all_tags_names_their_keys": True},
    "tagging-api-permission": {"tagging_api_needs_no_create_tags": True},
    "for-all-values-empty": {"nothing_fails_for_all_values": True},
    "leading-keys-in-transactions": {"transactions_have_no_leading_keys": True},
    "own-leading-keys-in-transactions": {"transactions_join_leading_keys": True},
    "enclosing-operation": {"transactions_have_no_enclosing_operation": True},
    "userid-in-policies": {"userid_is_no_policy_variable": True},
    "audit-append-only": {"table_policies_are_not_asked": True},
    "update-stack-with-macro": {"previous_template_with_a_macro_is_refused": True},
    "execution-name-once": {"ended_execution_names_are_free": True},
    "ssm-error-prefix": {"ssm_errors_have_another_prefix": True},
}
"""Settings of the local cloud, and alternatives to what its EC2 does."""
