"""What the portal must show, as far as it is shown today, and where. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "with everything else down a withdrawal is acknowledged with its time, then carried out and mailed once": {
        "test_portal_alone.py": [
            "test_it_is_acknowledged_with_its_time_stored_and_afterwards_carried_out_and_mailed_once"
        ],
        "test_portal_withdrawal.py": [
            "test_stated_while_shopify_is_down_it_is_acknowledged_at_once_and_carried_out_once_afterwards",
            "test_who_types_anothers_order_opens_nothing_and_a_person_is_called",
            "test_withdrawn_twice_from_one_order_it_is_one_return",
        ],
        "tests/pages/test_withdrawing.py": [
            "test_two_steps_and_it_is_acknowledged_with_its_day_and_time",
            "test_a_second_press_is_the_same_withdrawal",
            "test_inside_the_shop_it_needs_the_shops_signature_and_is_the_same",
            "test_hostile_text_is_text_and_without_a_key_it_is_asked_once_more",
        ],
    },
    "in a browser: sign in, code, link, three pieces, time, simple return, withdrawal; no script, no cookies; Arabic": {
        "test_portal_account.py": [
            "test_in_a_real_browser_at_390_pixels_one_signs_in_and_stands_before_ones_orders",
            "test_with_cookies_stripped_the_sign_in_is_refused_kindly_and_the_other_ways_are_named",
        ],
        "test_portal_ways_browser.py": [
            "test_a_guest_with_a_code_at_390_pixels_without_script_and_without_cookies_in_both_places"
        ],
        "tests/pages/test_portal_browser.py": ["test_a_client_reserves_and_gives_back_a_time_without_script"],
        "test_portal_choosing.py": [
            "test_a_three_piece_order_two_reasons_and_a_time_nothing_before_the_confirmation_and_exactly_one_return_after",
            "test_a_simple_return_from_the_same_page_and_nobody_is_invited",
            "test_the_same_in_arabic_at_390_pixels_and_with_script",
            "test_a_withdrawal_in_the_storefront_without_script_and_without_cookies",
        ],
        "test_portal_tongues.py": ["test_every_page_in_arabic_on_a_phone_and_in_german_on_the_narrowest"],
    },
    "light and still on a throttled phone (LCP: bin/bench portal); axe, keyboard, forced colours, zoom, 320 px": {
        "test_portal_bar.py": ["test_every_page_of_the_portal_is_light_still_narrow_large_forced_and_by_keyboard"],
    },
    "hostile text renders as text everywhere": {
        "test_portal_bar.py": [
            "test_hostile_text_reads_as_text_on_every_page_and_in_every_file",
            "test_hostile_text_prints_on_the_slip_and_in_every_paper",
            "test_hostile_text_in_a_message_adds_no_header_and_no_second_link",
            "test_no_cell_of_any_export_begins_a_formula",
            "test_every_csv_of_the_app_is_written_by_a_file_that_makes_its_cells_plain",
            "test_what_turns_text_around_stays_outside_every_door",
        ],
    },
    "the client of another shop gets nothing on any page": {
        "test_portal_bar.py": ["test_the_client_of_another_shop_gets_nothing_on_any_page_of_the_portal"],
        "test_portal_account.py": ["test_a_client_of_another_shop_gets_nothing_of_ones_orders"],
    },
    "a missing translation fails, contrast below 4.5 is refused with its figure": {
        "test_portal_tongues.py": [
            "test_a_translation_that_is_missing_is_found_and_named",
            "test_an_accent_that_cannot_be_read_is_refused_with_the_figure",
        ],
        "tests/house/test_tongues.py": ["test_a_language_has_all_its_plural_forms"],
    },
    "nothing is created in Shopify before the client confirmed": {
        "test_logistics_money.py": [
            "test_nothing_is_made_in_shopify_until_the_client_has_decided_and_then_one_return_with_its_exchange"
        ],
        "test_portal_choosing.py": [
            "test_a_three_piece_order_two_reasons_and_a_time_nothing_before_the_confirmation_and_exactly_one_return_after",
            "test_a_simple_return_from_the_same_page_and_nobody_is_invited",
        ],
    },
    "a wrong order is answered like a right one, in body and time, then slowed down and refused": {
        "test_portal_ways.py": [
            "test_wrong_orders_read_and_take_as_long_as_a_right_one_with_a_wrong_email",
            "test_a_wrong_code_reads_the_same_whether_or_not_one_was_sent",
            "test_who_asks_too_often_is_slowed_down_then_refused_for_an_hour_with_a_kind_sentence",
            "test_limits_hold_for_one_address_one_order_one_email_and_one_shop_each",
        ],
        "test_edge_threats.py": ["test_order_enumeration__a_robot_learns_nothing_and_is_stopped_by_order_and_address"],
    },
    "a guest comes in with a code, and whom the buyer named by a link": {
        "test_portal_ways.py": [
            "test_a_guest_finds_an_order_without_a_return_by_its_number_an_email_and_the_code_that_went_there",
            "test_whom_the_buyer_names_gets_a_link_to_that_order_with_their_own_right_until_it_is_taken_back",
            "test_dana_s_house_opens_no_link_takes_no_pass_and_sends_no_code_of_this_one",
            "test_hostile_text_stays_text_in_both_places",
        ],
        "test_portal_ways_browser.py": [
            "test_a_guest_with_a_code_at_390_pixels_without_script_and_without_cookies_in_both_places"
        ],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []
