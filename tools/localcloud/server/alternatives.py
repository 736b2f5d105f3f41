"""What the local AWS may do otherwise, where AWS does not document what it does."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Alternatives:
    """
    Each is off unless switched on: off is what the local AWS takes AWS to do.

    The names say what it then does. What lasts longer, or lags, is a setting.
    """

    # Tag events.
    interface_tags_raise_no_event: bool = False
    vpc_tags_raise_no_event: bool = False
    unchanged_tags_raise_events: bool = False
    each_key_has_its_tag_event: bool = False
    tag_events_have_a_version_vector: bool = False

    # CreateTags, and tags given at creation.
    long_tag_is_an_unsupported_operation: bool = False

    # AttachNetworkInterface.
    stopped_is_attached_at_once: bool = False
    stopped_stays_attaching: bool = False
    hibernated_is_refused: bool = False
    unsettled_is_an_unsupported_operation: bool = False
    in_use_is_an_incorrect_state: bool = False
    taken_index_has_another_text: bool = False
    missing_card_is_an_unsupported_operation: bool = False
    index_ends_at_the_count: bool = False
    index_ends_at_31: bool = False
    many_addresses_are_an_incorrect_state: bool = False
    attached_is_deleted_on_termination: bool = False
    dry_run_applies_the_rules: bool = False

    # DetachNetworkInterface.
    forced_index_is_blocked: bool = False
    detach_of_gone_is_an_incorrect_state: bool = False
    repeated_detach_is_refused: bool = False

    # CreateNetworkInterface.
    token_of_deleted_creates_anew: bool = False
    groups_are_required: bool = False
    foreign_group_is_an_invalid_parameter: bool = False

    # Describe calls.
    reads_by_id_lag: bool = False
    tag_reads_lag: bool = False
    filter_values_have_no_limit: bool = False
    bad_page_token_has_another_text: bool = False

    # IAM's policies, and the calls that ask them.
    what_is_gone_is_asked_about: bool = False
    deleting_all_tags_names_their_keys: bool = False
    tagging_api_needs_no_create_tags: bool = False
    nothing_fails_for_all_values: bool = False
    transactions_have_no_leading_keys: bool = False
    transactions_join_leading_keys: bool = False
    transactions_have_no_enclosing_operation: bool = False
    userid_is_no_policy_variable: bool = False
    table_policies_are_not_asked: bool = False

    # Step Functions and CloudFormation.
    ended_execution_names_are_free: bool = False
    ssm_errors_have_another_prefix: bool = False
    previous_template_with_a_macro_is_refused: bool = False

    def change(self, changes: dict[str, bool]) -> None:
        """
        Take over ``changes`` together or not at all.

        Raises:
            ValueError: a name is unknown, or a value is neither true nor false.
        """
        for name, value in changes.items():
            if name not in asdict(self):
                raise ValueError(f"no such alternative: {name}")
            if not isinstance(value, bool):
                raise ValueError(f"{name}: expected true or false, got {value!r}")  # noqa: TRY004 - as of settings
        for name, value in changes.items():
            setattr(self, name, value)
