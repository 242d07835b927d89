"""Files with tests that take long begin a run: one that began last would leave the other cores with nothing to do."""

from __future__ import annotations

LONGEST = {
    "test_console.py",
    "test_case_work_in_browser.py",
    "test_quality_pages_browser.py",
    "test_reviewer_pages_browser.py",
    "test_registry_in_browser.py",
    "test_partner_pages_browser.py",
    "test_readme_commands.py",
    "test_demo_months.py",
    "test_three_hours_of_refreshes.py",
    "test_service_process.py",
    "test_events_under_faults.py",
    "test_killed_processes.py",
    "test_failing_surroundings.py",
    "test_mutants.py",
    "test_backtest.py",
    "test_blind_sums.py",
    "test_openapi.py",
    "test_flat_memory.py",
    "test_personal_canaries.py",
    "test_reloads.py",
    "test_compare_history.py",
    "test_rescreen_files.py",
    "test_rescreen_on_a_cluster.py",
    "test_evasion.py",
}


def first(items):
    """Sort collected tests so; each file's stay together and in their order."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
