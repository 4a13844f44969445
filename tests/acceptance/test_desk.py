"""What the desk must show, and where each line is shown. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "a light page, nothing moves on it; how soon it reads is measured by bin/bench desk": {
        "test_desk_browser.py": ["test_today_and_a_case_are_light_and_nothing_on_them_moves"],
    },
    "every case has a brief, each fact's source exists; a fact removed becomes unknown": {
        "test_desk_brief.py": [
            "test_on_the_seeded_world_every_case_has_a_brief_in_which_each_facts_source_exists",
            "test_a_fact_removed_in_the_stand_in_becomes_unknown",
            "test_an_order_the_app_may_not_see_makes_its_sums_unknown_and_not_smaller",
            "test_the_brief_is_there_fifteen_minutes_before_each_call",
        ],
    },
    "two emerald cuts, or one honest sentence and a way out": {
        "test_desk_pieces.py": [
            "test_two_emerald_cuts_in_stock_in_size_within_30_percent_and_lower_set_with_that_reason",
            "test_none_in_stock_gives_one_honest_sentence_and_a_way_out",
        ],
    },
    "50 parallel holds on the last piece: one wins, no oversell, expiry frees it within a minute": {
        "test_desk_holds.py": ["test_of_50_parallel_holds_on_the_last_piece_one_wins_and_its_end_frees_it"],
        "test_desk_pieces.py": ["test_a_held_piece_leaves_every_cart_and_comes_back_when_its_time_is_over"],
    },
    "without the right no refund, no case, no notes; over-budget offers wait for an answer": {
        "test_desk_rights.py": [
            "test_an_advisor_without_the_right_cannot_refund_by_page_or_by_crafted_request",
            "test_an_advisor_cannot_see_anothers_case",
            "test_a_crafted_request_about_anothers_case_changes_nothing",
            "test_who_may_not_see_notes_sees_the_case_without_them_and_cannot_blank_them",
            "test_an_offer_over_budget_never_reaches_the_client_before_an_answer",
            "test_every_view_of_a_clients_data_is_logged",
        ],
    },
    "each phrase in seven languages with inflections, none in 200 innocent sentences": {
        "test_desk_unsaid.py": [
            "test_each_phrase_is_found_with_its_inflections",
            "test_none_is_found_in_200_innocent_sentences",
        ],
    },
    "ways forward beyond money: what fits, what a week holds, over budget waits": {
        "test_desk_ways.py": [
            "test_the_merchants_order_is_the_order_and_what_is_off_is_not_offered",
            "test_within_the_budget_it_is_promised_at_once_for_the_day_it_is_ready_and_a_second_tap_is_the_same",
            "test_beyond_the_budget_the_place_is_kept_and_nothing_promised_before_an_answer",
            "test_of_ten_who_promise_the_last_two_places_at_once_two_have_them",
        ],
    },
    "never a third attempt after two refused; the refund with its amount, same size, always": {
        "test_desk_rounds.py": [
            "test_after_two_noes_nothing_is_offered_by_any_way_there_is",
            "test_the_client_may_ask_for_more_and_their_words_are_kept_and_leave_with_them",
            "test_the_refund_is_listed_with_its_amount_same_size_whatever_was_refused",
        ],
    },
    "afterwards by the same person, in quiet hours' bounds and under a cap; what was learned is used next time": {
        "test_desk_aftercare.py": [
            "test_seven_thirty_and_ninety_days_after_closing_unless_something_else_was_agreed",
            "test_the_successor_stays_in_touch_where_the_advisor_left",
            "test_a_client_hears_no_more_often_than_the_house_allows_over_all_their_returns",
            "test_in_the_night_where_they_are_a_task_says_from_when",
            "test_a_size_learned_is_in_the_next_brief_in_the_place_of_the_old_one_and_leaves_with_the_client",
            "test_today_shows_it_with_a_sentence_to_send_and_it_goes_only_by_hand",
        ],
    },
    "marketing pauses while a case is open": {
        "test_desk_marketing.py": [
            "test_they_rest_from_the_first_open_return_to_the_last_and_are_told_once_each",
            "test_in_shopify_the_tag_is_put_beside_the_others_and_taken_off_alone",
            "test_klaviyo_is_sent_one_property_and_nothing_else_of_the_client",
        ],
    },
    "the advisor's card stays and points to the successor": {
        "test_desk_card.py": [
            "test_both_kinds_have_what_their_standard_asks_for",
            "test_the_clients_page_leads_to_the_card_and_the_card_to_the_successor",
        ],
    },
    "practice: a branching script, a repeatable score, no client in it, owned by the advisor": {
        "test_desk_practice.py": [
            "test_every_way_through_a_script_is_there_ends_and_tells_the_reason_only_to_who_asks",
            "test_the_same_transcript_has_the_same_score_and_every_scene_comes_to_an_end",
            "test_no_name_sum_number_or_address_of_a_client_is_left",
            "test_a_scene_of_a_past_return_names_nobody",
            "test_a_manager_assigns_and_sees_only_that_it_is_done_and_the_advisor_owns_it",
        ],
    },
    "axe finds nothing at both widths and in dark; keyboard only; 320 px without sideways scroll": {
        "test_desk_browser.py": [
            "test_nothing_scrolls_sideways_at_320_and_axe_finds_nothing_at_both_widths_and_in_dark",
            "test_by_keyboard_alone_a_phrase_is_marked_as_it_is_typed_mended_and_sent_on_the_second_tap",
        ],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []
