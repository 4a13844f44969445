"""What the parcel side must show, and where each line is shown. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "from approval to label ready, collection Monday, without a click; killed after every single call": {
        "test_logistics_killed.py": [
            "test_from_approval_to_label_ready_collection_monday_in_two_minutes_and_without_a_click",
            "test_killed_after_every_single_call_out_there_is_one_label_one_delivery_one_disposition_one_refund",
        ],
    },
    "no request, page, command or rule makes a label with cover below value": {
        "test_logistics_cover.py": [
            "test_no_request_page_command_or_rule_makes_a_label_with_cover_below_value",
            "test_several_cases_of_one_day_add_up",
            "test_several_cases_of_one_address_add_up_and_two_lines_of_one_policy_share_their_sum",
            "test_several_cases_in_one_vehicle_add_up",
            "test_a_label_is_bought_in_one_place_only",
        ],
    },
    "every money case of Shopify comes to the stand-in's ledger to the cent": {
        "test_logistics_money.py": [
            "test_every_money_case_of_shopify_comes_to_the_ledger_to_the_cent",
            "test_two_processings_come_to_what_one_would_have",
            "test_an_order_paid_by_instalments_has_no_payment_to_give_back_and_is_never_settled_as_nothing",
            "test_store_credit_over_the_ceiling_is_not_offered_and_asked_for_all_the_same_goes_back_to_the_card",
            "test_the_balance_of_an_exchange_is_paid_at_shopifys_own_checkout_and_then_it_is_sent",
        ],
    },
    "a time-out after returnProcess makes no second call; before it, done once": {
        "test_logistics_money.py": [
            "test_a_time_out_after_shopify_processed_makes_no_second_call_and_is_found_out_by_reading",
            "test_a_time_out_before_shopify_processed_is_done_once",
        ],
    },
    "each of the six radar failures opens one card with two ways out, and its end closes it": {
        "test_logistics_radar.py": [
            "test_each_failure_opens_one_card_with_two_ways_out_and_its_end_closes_it",
            "test_two_workers_that_look_at_once_open_one_card",
        ],
    },
    "a withdrawal in the EU with the advisor side switched off entirely": {
        "test_logistics_cover.py": ["test_a_withdrawal_in_the_eu_with_the_advisor_side_switched_off_entirely"],
    },
    "bad input: a clear sentence, nothing changed": {
        "test_logistics_custody.py": [
            "test_a_label_file_that_is_not_a_pdf_is_said_to_be_so_and_hung_on_nothing",
            "test_a_tracker_event_out_of_order_is_kept_and_takes_nothing_back",
            "test_a_tracker_event_for_a_strangers_parcel_changes_nothing",
            "test_a_scan_of_another_shops_code_gets_a_clear_sentence_and_changes_nothing",
        ],
        "test_logistics_cover.py": ["test_a_quantity_above_what_is_returnable_is_a_clear_sentence_and_nothing_changes"],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []
