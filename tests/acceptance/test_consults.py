"""What conversations must show, and where each line is shown. The tests are in the parts beside this file."""

import pytest

from tests.acceptance.lines import Lines, missing

LINES: Lines = {
    "1 an afternoon has ten half hours, on the day the clocks change too": {
        "test_consults_booking.py": [
            "test_1_an_afternoon_has_ten_half_hours_on_the_day_the_clocks_change",
            "test_1_a_conversation_booked_before_the_change_keeps_its_instant_and_its_hour_everywhere",
        ],
    },
    "2 zone data: ours, or the process does not start": {
        "test_consults_booking.py": [
            "test_2_a_process_with_the_systems_zone_files_still_knows_vancouver_and_one_with_old_tables_does_not_start"
        ],
    },
    "3 one time, one client; and the control that shows the race test can fail": {
        "test_consults_booking.py": [
            "test_3_of_twenty_who_all_saw_the_time_free_one_has_it",
            "test_3_control__with_the_databases_constraint_taken_away_the_same_race_books_twice",
            "test_3_fifty_clients_at_two_running_servers_get_one_reservation_and_forty_nine_kind_answers",
        ],
    },
    "4 a hold that ran out": {
        "test_consults_booking.py": [
            "test_4_a_hold_that_ran_out_is_offered_again_at_once_and_confirmed_late_it_is_a_conflict"
        ],
    },
    "5 a move keeps the entry and raises its number": {
        "test_consults_booking.py": [
            "test_5_a_move_keeps_the_entry_raises_its_number_frees_the_old_time_and_strikes_its_reminders"
        ],
    },
    "6 two zones, one instant": {
        "test_consults_booking.py": [
            "test_6_tokyo_and_paris_read_the_same_instant_everywhere_and_another_date_is_named",
            "test_6_each_of_the_eight_locales_writes_the_day_and_the_hour",
        ],
    },
    "7 two meet, see a piece, reload, leave; a guest only receives; a fifth is told; a loopback; a relay": {
        "test_consults_rooms.py": [
            "test_two_meet_see_a_piece_reload_leave_and_the_outcome_is_recorded",
            "test_a_guest_without_a_camera_only_receives",
            "test_a_fifth_person_is_told_that_it_is_full",
            "test_it_works_with_nothing_but_a_loopback_interface",
            "test_by_a_relay_alone_they_see_one_another_all_the_same",
        ],
    },
    "10 a number that stopped is sent no text again": {
        "test_consults_booking.py": [
            "test_10_a_number_the_network_says_has_stopped_is_sent_no_text_again_and_hears_by_email"
        ],
    },
    "12 looking changes nothing; a link opens its own thing only": {
        "test_consults_booking.py": [
            "test_12_looking_at_any_link_of_a_letter_changes_nothing",
            "test_12_a_link_that_ran_out_or_was_ended_is_410_and_a_guessed_or_foreign_one_404",
        ],
    },
    "13 a colleague is offered, never put in": {
        "test_consults_booking.py": [
            "test_13_a_colleague_is_offered_by_name_never_put_in_unasked_and_stays_after_a_move",
            "test_13_an_advisor_with_time_this_week_is_not_passed_over",
        ],
    },
    "14 calendars made to hurt": {
        "test_consults_booking.py": [
            "test_14_a_calendar_made_to_hurt_is_a_kind_sentence",
            "test_14_an_address_that_is_not_on_the_public_internet_is_not_asked",
            "test_14_nor_one_that_a_public_address_leads_to",
        ],
    },
    "15 sixty days of one advisor, quickly": {
        "test_consults_booking.py": [
            "test_15_sixty_days_of_one_advisor_take_under_fifty_milliseconds_with_their_rows",
            "test_slots_of_sixty_days_are_the_plain_loops_and_many_times_faster",
        ],
    },
    "bad input: a kind sentence": {
        "test_consults_booking.py": [
            "test_what_cannot_be_reserved_is_answered_in_a_kind_sentence",
            "test_a_number_of_another_country_is_taken_and_a_zone_that_does_not_exist_leaves_the_clients_own",
            "test_an_address_nobody_can_be_written_to_at_is_a_kind_sentence",
        ],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_shown(line: str) -> None:
    assert missing(LINES[line]) == []
