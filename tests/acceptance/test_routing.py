"""What routing must show, and where each line is shown. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "one order per evidence level and each mixture: the expected person with the expected sentence": {
        "test_routing_sellers.py": [
            "test_one_order_per_level_and_each_mixture_resolves_to_the_expected_person_with_the_expected_sentence",
            "test_every_level_of_the_chain_is_in_the_table_or_in_a_test_of_its_own",
            "test_a_person_overrides_with_a_reason_it_is_written_to_shopify_and_wins_next_time",
        ],
    },
    "4,999.99, 5,000.00 and 5,000.01 in every shape of order": {
        "test_routing_rules.py": [
            "test_four_thousand_nine_hundred_ninety_nine_five_thousand_and_one_more_in_every_shape_of_order",
            "test_a_pieces_value_is_after_every_discount_with_tax_only_where_prices_include_it",
        ],
    },
    "clocks: both daylight-saving changes, a holiday, a night, a Sunday, three zones; once per rung": {
        "test_routing_clock.py": [
            "test_a_first_answer_is_due_in_the_hours_of_the_boutique",
            "test_a_breach_fires_once_per_rung_although_two_workers_run",
        ],
    },
    "decide() is pure": {
        "test_routing_rules.py": [
            "test_deciding_knows_no_clock_no_database_and_no_network",
            "test_the_result_does_not_depend_on_the_order_of_facts",
            "test_every_decision_has_a_reason_a_merchant_can_read",
            "test_turning_a_rule_off_never_changes_a_decision_an_earlier_rule_made",
        ],
    },
    "10,000 advisors: choosing is quick, grows little and says what a plain scan says": {
        "test_routing_answering.py": [
            "test_choosing_among_ten_thousand_is_quick_grows_little_and_says_what_a_plain_scan_says"
        ],
    },
    "Flow: two triggers and an action, declared and signed as Shopify asks": {
        "test_routing_clock.py": [
            "test_flow_is_told_that_a_return_was_routed_through_the_real_door_of_the_stand_in",
            "test_flow_is_told_that_a_first_answer_is_late",
            "test_flows_action_routes_a_return_when_it_is_signed_as_shopify_asks",
        ],
    },
    "bad input: a sentence on the page, nothing saved half": {
        "test_routing_bad_input.py": [
            "test_a_rule_that_asks_for_what_no_return_can_be_is_named_under_its_field",
            "test_a_loop_of_deputies_is_named_person_by_person",
            "test_an_advisor_without_a_phone_is_asked_for_one",
            "test_a_csv_with_a_wrong_column_is_told_which_it_has_and_which_it_needs",
        ],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []
