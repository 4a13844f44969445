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
    "8 without a camera, or leave to use one": {
        "test_consults_rooms.py": ["test_without_a_camera_or_leave_to_use_it_one_joins_and_sees_the_telephone"],
    },
    "9 by a relay alone; one that does not know our secret is said": {
        "test_consults_rooms.py": [
            "test_by_a_relay_alone_they_see_one_another_all_the_same",
            "test_a_relay_that_does_not_know_our_secret_is_said_and_the_telephone_shown",
        ],
    },
    "10 messages by signed word, in any order; what fails goes on by the next way, once": {
        "test_consults_booking.py": [
            "test_10_a_number_the_network_says_has_stopped_is_sent_no_text_again_and_hears_by_email"
        ],
        "test_consults_messages.py": [
            "test_10_a_text_and_a_whatsapp_message_arrive_by_signed_word_and_a_forged_one_is_refused",
            "test_10_word_that_comes_twice_late_or_out_of_order_leaves_the_state_right",
            "test_10_a_number_that_stopped_is_not_asked_again_hears_by_email_and_stands_in_the_admin",
            "test_10_free_words_go_by_whatsapp_for_a_day_after_hers_and_then_by_template_only",
            "test_10_without_an_approved_template_the_next_way_is_taken_and_the_remedy_is_shown",
            "test_10_what_fails_on_its_way_goes_on_by_the_next_way_once_however_often_it_is_said",
            "test_10_an_answer_that_was_lost_is_found_out_before_anything_else_goes",
            "test_10_who_hides_their_number_on_whatsapp_is_kept_shown_and_harms_nothing",
        ],
    },
    "11 one-time codes, by Verify and by our own": {
        "test_consults_messages.py": [
            "test_11_a_wrong_code_stays_pending_the_sixth_try_is_blocked_and_a_right_one_works_once",
            "test_11_whoever_guesses_an_order_or_an_address_gets_the_same_screens_and_no_code_fits",
            "test_11_a_code_runs_out_belongs_to_its_shop_and_too_many_are_not_sent",
        ],
    },
    "the direct line: rung and written to, and neither sees the other's number": {
        "test_consults_messages.py": [
            "test_inside_working_hours_a_call_is_put_through_and_neither_sees_the_others_number",
            "test_a_call_nobody_picks_up_is_said_kindly_and_a_link_to_times_follows_once",
            "test_a_call_without_twilios_signature_is_refused",
            "test_a_client_writes_and_the_advisor_answers_from_the_desk_and_it_is_one_thread",
            "test_a_thread_leaves_with_the_client_and_is_shown_when_they_ask",
        ],
    },
    "an outcome is asked for until it is given, and return it moves the return": {
        "test_consults_booking.py": ["test_an_outcome_is_asked_for_once_a_day_until_it_is_given"],
        "test_consults_messages.py": [
            "test_return_it_lets_a_return_go_on_that_waited_for_a_person_and_is_written_down_once"
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
            "test_14_what_a_calendar_says_is_not_offered_and_one_that_fails_for_a_day_stops_the_offer",
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
