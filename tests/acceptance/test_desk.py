"""What the desk must show, and where each line is shown. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "a light page, nothing moves on it; how soon it reads is measured by hand": {
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
