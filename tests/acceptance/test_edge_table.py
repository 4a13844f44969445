"""Where each line of the bar and each row of the threat model is held: a test, or a figure of a benchmark.

What time or a crowd has to show is measured by bin/bench, which ends with 1 where a thing was lost or done twice.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS

ROOT = Path(__file__).parents[2]
Held = dict[str, tuple[str, ...]]

BAR: Held = {
    "0 of 20,000 acknowledged webhooks lost over 200 kill -9, on both databases": (
        "benchmarks/lost.py: lost.{label}{name}",
        "tests/journeys/test_chaos.py: test_nothing_is_lost_doubled_or_strange_on_sqlite",
        "tests/journeys/test_chaos.py: test_nothing_is_lost_doubled_or_strange_on_postgres",
        "tests/acceptance/test_edge.py: test_a_deploy_in_a_burst_loses_no_acknowledged_webhook_and_handles_each_once",
    ),
    "nothing twice under answers that were lost after the commit": (
        "benchmarks/chaos.py: chaos.{label}{what}",
        "tests/acceptance/test_logistics_killed.py: "
        "test_killed_after_every_single_call_out_there_is_one_label_one_delivery_one_disposition_one_refund",
        "tests/logistics/test_parcel_line.py: test_stopped_at_a_call_out_it_goes_on_and_nothing_happens_twice",
        "tests/routing/test_openings.py: test_killed_between_the_call_and_the_record_it_is_found_again",
    ),
    "nothing twice under simultaneous clicks": (
        "tests/logistics/test_at_once.py: test_approved_by_two_people_at_once_secures_one_payment",
        "tests/logistics/test_at_once.py: test_inspected_by_two_people_at_once_is_one_inspection",
        "tests/routing/test_openings.py: test_eight_presses_at_once_are_one_return",
        "tests/consults/test_booking.py: test_a_double_click_is_one_booking",
        "tests/shops/test_links.py: test_of_two_who_use_it_at_once_one_gets_in",
    ),
    "a killed worker's job goes on within 30 s": (
        "tests/jobs/test_workers_come_and_go.py: "
        "test_a_worker_that_was_killed_and_never_comes_back_has_its_jobs_go_on_within_thirty_seconds",
    ),
    "drained within 60 s after faults end": ("benchmarks/chaos.py: chaos.{label}drain_s",),
    "a day's outage of Shopify leaves no dead job; horizon 72 h, backoff with jitter": (
        "tests/acceptance/test_edge_limits.py: test_twenty_four_hours_without_shopify_leave_no_dead_job",
        "tests/acceptance/test_edge_limits.py: "
        "test_jobs_are_tried_for_at_least_seventy_two_hours_and_never_all_at_once",
    ),
    "an event never delivered is found within 15 minutes": (
        "tests/acceptance/test_edge.py: test_a_webhook_that_is_never_delivered_is_caught_within_fifteen_minutes",
    ),
    "a webhook is answered, p99, in 200 ms calm and 500 ms under faults, never over 1 s": (
        "benchmarks/door.py: door.{label}64.p99_ms",
        "benchmarks/chaos.py: chaos.{label}door_p99_ms",
        "benchmarks/chaos.py: chaos.{label}door_longest_ms",
    ),
    "at most 8 calls a return with a quarter of them failing": (
        "tests/acceptance/test_edge_limits.py: "
        "test_with_a_quarter_of_the_calls_failing_at_most_eight_a_return_are_tried_and_nothing_happens_twice",
    ),
    "no call inside a Retry-After or a restore time": (
        "tests/acceptance/test_edge_limits.py: "
        "test_no_process_calls_inside_a_retry_after_or_before_the_points_are_restored",
    ),
    "one token refresh in flight a shop": (
        "tests/acceptance/test_edge.py: test_a_refresh_raced_by_twenty_processes_calls_shopify_once",
    ),
    "the suite passes with faults on": (
        "tests/acceptance/test_edge_limits.py: test_the_suite_passes_with_faults_switched_on_in_the_stand_ins",
    ),
}

CHECKS = (
    "MISSING_TENANT_ISOLATION",
    "REQUEST_DERIVED_SHOP_SCOPE",
    "REQUEST_CONTROLLED_ADMIN_CONTEXT",
    "UNSCOPED_SHOP_CONFIG_WRITE",
    "WEAK_SHOP_VALIDATION",
    "MISSING_AUTHORIZATION_CHECK",
    "UNAUTHENTICATED_ENDPOINT",
    "SSRF_REQUEST_FORGERY",
    "STATIC_FRAME_ANCESTORS",
    "APP_PROXY_UNVERIFIED_SIGNATURE",
    "APP_PROXY_LIQUID_INJECTION",
    "CREDENTIAL_LOG_LEAKAGE",
    "CREDENTIAL_BROWSER_LEAKAGE",
    "COMMITTED_SECRET",
    "METAFIELD_OFFLINE_TOKEN",
    "SCOPE_OVER_REQUEST",
    "INSECURE_WEBHOOK_URL",
    "UNSAFE_INNERHTML",
    "THEME_EXTENSION_XSS",
    "SCRIPT_TAG_URL_INJECTION",
    "TEXT_SETTING_HTML_SMUGGLING",
)
"""Shopify's own security checks of the level "high": each has tests that begin with its name."""

THREATS: Held = {
    "forged or replayed webhook, wrong secret, rotation": (
        "tests/acceptance/test_edge_threats.py: "
        "test_forged_or_replayed_webhooks__the_bytes_decide_two_secrets_count_and_a_copy_is_stored_once",
    ),
    "confused tenant": (
        "tests/acceptance/test_edge_threats.py: "
        "test_confused_tenant__a_signed_webhook_that_names_another_shop_makes_us_ask_that_shop_itself",
        "tests/acceptance/test_edge_bar.py: "
        "test_request_derived_shop_scope__every_page_shows_the_shop_of_the_proof_whatever_the_request_says",
        "tests/acceptance/test_edge_bar.py: "
        "test_missing_tenant_isolation__no_statement_reads_a_shops_rows_without_the_shop",
    ),
    "forged session token": (
        "tests/acceptance/test_edge_threats.py: "
        "test_forged_session_tokens__all_claims_are_required_and_the_shop_is_a_whole_name",
    ),
    "CSRF on an advisor's actions": (
        "tests/acceptance/test_edge_threats.py: "
        "test_csrf__a_cookie_alone_changes_nothing_and_another_sites_form_never_carries_it",
        "tests/acceptance/test_edge_threats.py: test_csrf__looking_changes_nothing",
    ),
    "clickjacking": (
        "tests/acceptance/test_edge_threats.py: test_clickjacking__nobody_frames_a_page_but_the_admin_its_own_shop",
    ),
    "portal links that are guessed or another's": (
        "tests/acceptance/test_edge_threats.py: test_portal_links__are_long_hashed_end_and_open_their_own_thing_only",
    ),
    "order enumeration": (
        "tests/acceptance/test_edge_threats.py: "
        "test_order_enumeration__a_robot_learns_nothing_and_is_stopped_by_order_and_address",
        "tests/acceptance/test_edge_threats.py: "
        "test_order_enumeration__the_limit_ends_with_the_hour_and_is_each_shops_own",
    ),
    "XSS by notes and names, SSTI, Liquid on the proxy": (
        "tests/acceptance/test_edge_threats.py: "
        "test_xss_and_templates__what_a_client_types_is_text_and_no_script_runs_inline",
        "tests/acceptance/test_edge_bar.py: "
        "test_app_proxy_liquid_injection__nothing_anybody_typed_is_run_by_the_shops_theme",
    ),
    "SSRF by settings": (
        "tests/acceptance/test_edge_bar.py: "
        "test_ssrf_request_forgery__the_address_that_was_checked_is_the_one_connected_to",
        "tests/acceptance/test_edge_bar.py: "
        "test_ssrf_request_forgery__a_redirect_is_not_followed_and_a_long_answer_is_cut",
    ),
    "open redirect": (
        "tests/acceptance/test_edge_threats.py: test_open_redirects__only_our_own_pages_are_returned_to",
    ),
    "oversize or deep JSON": (
        "tests/acceptance/test_edge_threats.py: "
        "test_hostile_bodies__json_without_end_or_sense_is_refused_and_nothing_fails",
        "tests/acceptance/test_edge_threats.py: test_hostile_bodies__what_is_announced_too_large_is_not_read",
    ),
    "slow body": (
        "tests/app/test_server.py: test_one_who_sends_slowly_keeps_nobody_else_waiting",
        "tests/app/test_server.py: test_twenty_who_send_a_form_slowly_keep_nobody_from_the_pages",
    ),
    "poison pill": (
        "tests/acceptance/test_edge_threats.py: "
        "test_poison__a_delivery_that_always_fails_is_given_up_with_an_alarm_and_holds_nobody_up",
    ),
    "double label or refund, lost job": (
        "tests/acceptance/test_logistics_killed.py: "
        "test_killed_after_every_single_call_out_there_is_one_label_one_delivery_one_disposition_one_refund",
        "tests/jobs/test_engine.py: test_a_worker_killed_in_the_middle_loses_no_job_and_keeps_the_order_of_a_key",
        "tests/webhooks/test_inbox.py: test_a_worker_that_died_while_handing_on_leaves_neither_jobs_nor_a_mark",
    ),
    "secrets and people in logs, backups, the browser": (
        "tests/acceptance/test_edge_bar.py: "
        "test_credential_log_leakage__no_token_secret_or_person_is_in_a_line_of_the_log",
        "tests/acceptance/test_edge_bar.py: test_credential_browser_leakage__no_answer_to_anybody_holds_a_secret",
        "tests/acceptance/test_edge_threats.py: "
        "test_secrets_at_rest__tokens_names_and_bodies_are_sealed_and_personal_pages_are_kept_by_nobody",
    ),
    "what is kept after a client is erased, or a shop has left": (
        "tests/journeys/test_a_client_leaves.py: "
        "test_after_customers_redact_nothing_of_the_client_is_in_database_outbox_or_logs",
        "tests/journeys/test_a_client_leaves.py: "
        "test_a_shop_that_left_is_erased_without_a_token_and_one_that_came_back_is_not",
        "tests/kit/test_db.py: test_sqlite_keeps_a_commit_through_a_power_cut_and_erases_from_the_file",
    ),
    "forged Twilio callback": (
        "tests/acceptance/test_edge_threats.py: "
        "test_forged_twilio_callbacks__the_address_is_app_urls_whatever_the_request_says",
    ),
}


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """Names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("line", "where"), [*BAR.items(), *THREATS.items()], ids=[*BAR, *THREATS])
def test_each_line_of_the_bar_and_each_threat_has_its_proof(line: str, where: tuple[str, ...]) -> None:
    for proof in where:
        path, name = proof.split(": ")
        if path.startswith("benchmarks/"):
            assert f'"{name}' in (ROOT / path).read_text() and Path(path).stem in BENCHMARKS, proof
        else:
            assert name in names_of_tests(path), proof


@pytest.mark.parametrize("check", CHECKS)
def test_each_of_shopifys_own_checks_has_its_tests(check: str) -> None:
    begins = f"test_{check.lower()}__"
    assert [name for name in names_of_tests("tests/acceptance/test_edge_bar.py") if name.startswith(begins)]


def test_no_test_is_named_after_a_check_that_shopify_does_not_have() -> None:
    named = {re.sub("__.*", "", name) for name in names_of_tests("tests/acceptance/test_edge_bar.py") if "__" in name}
    assert named == {f"test_{check.lower()}" for check in CHECKS}
