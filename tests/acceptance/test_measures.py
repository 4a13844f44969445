"""What issue 9 must show: which test shows which line, and the reading of a past that is killed."""

import pytest

from benchmarks.history import past_of, read_past
from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "forty households worked out by hand give exactly the page's numbers": {
        "test_measures_forty.py": ["test_forty_households_worked_out_by_hand_give_exactly_the_pages_numbers"],
        "tests/pages/test_admin_measures.py": [
            "test_each_figure_stands_with_its_count_its_interval_and_both_kinds_apart",
            "test_an_analyst_can_reproduce_the_page_from_the_files",
            "test_what_a_term_opens_are_the_cases_its_money_comes_from_and_no_others",
        ],
    },
    "A/A pilots, 20% against 40% with 82 a side, and cannot tell with 30 a side": {
        "test_measures_statistics.py": [
            "test_a_thousand_pilots_of_two_arms_alike_declare_a_difference_in_at_most_six_per_cent",
            "test_twenty_against_forty_per_cent_with_82_a_side_is_found_in_at_least_78_per_cent",
            "test_with_30_a_side_20_against_30_per_cent_the_report_says_cannot_tell",
        ],
        "test_measures_report.py": [
            "test_with_30_a_side_20_against_30_per_cent_page_and_pdf_say_cannot_tell_with_their_intervals",
            "test_the_rows_behind_the_report_give_its_figures_again_and_name_nobody",
            "test_before_the_day_of_the_one_look_there_is_no_report_to_peek_at",
            "test_what_an_invitation_is_worth_is_modelled_until_a_comparison_by_chance_tells",
            "test_a_return_closed_after_the_look_is_open_in_the_report_whenever_it_is_read",
        ],
        "tests/measures/test_pilot_worth.py": [
            "test_of_a_thousand_pilots_of_two_arms_alike_at_most_six_per_cent_declare_anything_of_either_question",
        ],
    },
    "Kaplan and Meier's curve equal to a reference library's within 1e-9 on 200 random sets": {
        "test_measures_statistics.py": [
            "test_kaplan_meier_is_equal_to_a_reference_librarys_within_1e_9_on_200_random_sets",
        ],
    },
    "a million returns: times are measured by bin/bench home; here, that no statement goes through a shop": {
        "tests/measures/test_following.py": [
            "test_no_statement_of_a_webhook_goes_through_the_returns_or_orders_of_a_shop",
            "test_orders_told_in_any_number_are_counted_as_counting_anew_would",
        ],
        "tests/measures/test_tallying.py": [
            "test_a_rebuild_interrupted_after_each_batch_ends_with_the_same",
            "test_a_night_finds_sums_that_are_not_what_the_rows_say_and_mends_them",
        ],
        "tests/measures/test_sampling.py": ["test_a_small_shop_among_large_ones_is_looked_at_whole"],
        "tests/measures/test_tying.py": [
            "test_killed_at_any_slice_the_next_look_ends_with_the_same_households",
        ],
    },
    "the history import killed three times ends with the same totals": {
        "test_measures.py": [
            "test_the_history_import_interrupted_by_kill_9_three_times_ends_with_the_same_totals_as_without",
        ],
    },
    "arms stay across merges, are even over 100,000, and see the same rights": {
        "test_measures_pilot.py": [
            "test_arms_the_same_household_has_the_same_arm_for_ever_across_merges",
            "test_both_arms_see_the_same_legal_rights",
        ],
        "test_measures_rights.py": [
            "test_both_arms_choose_what_comes_back_with_the_same_words_buttons_and_refund",
            "test_within_the_days_of_the_law_nothing_stands_before_the_withdrawal_in_either_arm",
            "test_the_withdrawal_by_two_steps_is_the_same_in_both_arms_and_answered_by_the_same_letter",
        ],
        "test_measures_statistics.py": ["test_arms_are_fifty_fifty_within_chance_over_100_000_households"],
    },
    "no claim of cause outside the report, and no word the merchant should not read": {
        "test_measures_wording.py": [
            "test_no_page_or_file_outside_the_pilots_report_claims_a_cause",
            "test_the_reports_own_sentence_is_the_only_one_that_does",
            "test_how_many_come_back_is_shown_only_apart_and_never_in_red",
        ],
    },
    "the switch, observing, guard-rails, and the first minutes": {
        "test_measures_switch.py": [
            "test_switched_off_every_return_from_the_same_second_on_has_the_native_flow",
            "test_observing_writes_what_happens_down_and_nobody_is_written_to_about_talking",
            "test_guard_rails_are_kept_by_week_and_arm_complaints_delay_and_refunds_chosen",
            "test_a_pilot_begun_switched_off_and_ended_changes_its_own_row_and_nothing_else_anywhere",
        ],
        "test_measures_first_minutes.py": [
            "test_the_qualifier_reads_plan_and_average_order_and_says_its_reasons",
            "test_the_list_of_those_who_did_not_come_back_shows_its_progress_until_it_stands",
        ],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []


def test_the_history_import_interrupted_by_kill_9_three_times_ends_with_the_same_totals_as_without(
    database_url: str,
) -> None:
    """8,000 orders here; `bin/bench history` reads 200,000. The past itself says what the totals have to be."""
    with past_of(8_000) as shopify:
        ran = read_past(shopify, database_url, kills=3)
    assert ran.kept == ran.wanted
    assert ran.wanted.orders > 8_000 and ran.wanted.refunds > 100 and ran.wanted.sold_by_staff > 1_000
    assert len(ran.kills) == 3 and all(0 < share < 1 for share in ran.kills)
    assert ran.began == 1, "what was begun is gone on with, not begun again"
    assert ran.rss_mb < 250
