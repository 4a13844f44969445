"""What the portal must show, as far as it is shown today, and where. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "with everything else down a withdrawal is acknowledged with its time, then carried out and mailed once": {
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
    "nothing is created in Shopify before the client confirmed": {
        "test_logistics_money.py": [
            "test_nothing_is_made_in_shopify_until_the_client_has_decided_and_then_one_return_with_its_exchange"
        ],
        "test_portal_choosing.py": [
            "test_a_three_piece_order_two_reasons_and_a_time_nothing_before_the_confirmation_and_exactly_one_return_after",
            "test_a_simple_return_from_the_same_page_and_nobody_is_invited",
        ],
    },
    "a wrong order is answered like a right one": {
        "test_edge_threats.py": [
            "test_order_enumeration__a_robot_learns_nothing_and_is_stopped_by_shop_order_and_address"
        ],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []
