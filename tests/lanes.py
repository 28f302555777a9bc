"""The two lanes of the tests: what `--quick` leaves out, and which files begin, so that workers end together."""

LONGEST = (
    "test_wine_bundle.py", "test_wine_install.py", "test_batch_faults.py", "test_own_typed.py", "test_stamp_recalculated.py",
    "test_referee.py", "test_survives.py", "test_typed_again.py", "test_one_sheet.py", "test_variants.py", "test_stamp.py", "test_check.py", "test_wine.py",
    "test_replay_sheet.py", "test_wine_batch.py", "test_filled_in.py", "test_pyodide.py", "test_workbook.py",
    "test_cli_build.py", "test_independent.py", "test_independent_sheets.py", "test_shapes.py",
)  # fmt: skip

OFFICE = {"calc", "addin_calc", "plain_office", "addin_office", "office"}
"""Fixtures that start LibreOffice or need it."""

LEFT_OUT = (  # whole files, single tests of a file, or single rows of a test
    # They need LibreOffice, the Open XML validator, Wine, Pyodide or Dask.
    "test_batch_cluster.py", "test_calc.py", "test_check_side_by_side.py", "test_excel_calc.py", "test_functions_in_calc.py", "test_office.py",
    "test_office_random.py", "test_one_sheet.py", "test_pyodide.py", "test_referee.py", "test_stamp_recalculated.py",
    "test_variants.py", "test_wine.py", "test_wine_batch.py", "test_wine_install.py", "test_wine_bundle.py", "test_packaging.py",
    "test_allocation.py::test_both_tables_are_table_objects_without_filter_buttons",
    "test_check.py::test_an_untouched_workbook_is_clean", "test_check.py::test_a_user_edit_of_an_input_is_no_fault",
    "test_check.py::test_a_wrong_value_and_a_wrong_formula_are_told_apart_by_calc",
    "test_about.py::test_everything_is_told", "test_excel_addin.py::test_the_validator_finds_nothing",
    "test_functions_sheet.py::test_clean_files", "test_lint.py::test_the_validator_agrees_that_it_is_clean",
    "test_lint.py::test_the_validator_still_finds_schema_errors_in_styles",
    "test_template.py::test_lint_and_validator_are_quiet",
    # They build many workbooks, or try very many values.
    "test_batch_faults.py", "test_batch_kept.py", "test_filled_in.py", "test_fit.py", "test_own_typed.py",
    "test_without_fast.py", "test_survives.py", "test_typed_again.py", "test_damaged_packages.py", "test_typing.py",
    "test_written_over.py", "test_passed_over.py", "test_shapes.py", "test_independent.py",
    "test_independent_sheets.py", "test_independent_accounts.py", "test_marks.py", "test_books.py", "test_refresh.py",
    "test_fuzz.py", "test_market_account.py", "test_refresh_button.py", "test_scenario_sets.py", "test_new_set_button.py", "test_into.py", "test_export_roundtrip.py",
    "test_stress.py", "test_positions_sheet.py", "test_batch_run.py", "test_faults.py",
    "test_excel_install.py", "test_habits.py", "test_market_prices.py", "test_diff.py",
    "test_batch_scenarios.py", "test_batch_sheets.py", "test_batch_writing.py",
    "test_stress_oracle.py", "test_mistakes.py", "test_cli_build.py", "test_market_key.py",
    "test_allocation.py::test_every_asset_has_one_place_and_they_are_spread_evenly",
    "test_batch_formulas.py::test_formula_text_stays_text_down_to_the_cells",
    "test_batch_hostile.py::test_what_comes_out[text of a megabyte in 10,000 cells]",
    "test_batch_ledger.py::test_a_row_of_no_portfolio_is_told_and_stops_no_other_one",
    "test_batch_ledger.py::test_prices_of_now_are_not_old",
    "test_batch_names.py::test_names_by_the_hundred_thousand",
    "test_batch_names.py::test_no_two_meet_and_the_order_does_not_matter",
    "test_batch_summary.py::test_nobody_is_no_fault",
    "test_batch_summary.py::test_the_command_writes_it_and_keeps_what_is_not_its_own",
    "test_batch_summary.py::test_the_same_rows_give_the_same_bytes_which_every_program_takes",
    "test_batch_source.py::test_calamine_and_openpyxl_say_the_same",
    "test_batch_source.py::test_most_workbooks_are_read_quickly",
    "test_charts.py::test_a_chart_has_the_cells_that_it_claims_and_their_values",
    "test_check.py::test_command_line",
    "test_check.py::test_no_engine_is_told_as_a_note",
    "test_check.py::test_planted_faults_are_found",
    "test_check.py::test_rows_typed_to_the_end_of_a_table_change_no_formula",
    "test_check.py::test_somebody_elses_workbook",
    "test_check_command.py", "test_check_saved.py", "test_printing.py",
    "test_cli.py::test_a_terminal_that_cannot_show_a_name_is_no_mistake",
    "test_compare.py::test_text_stays_text",
    "test_contracts_sheet.py::test_the_sheet_takes_the_tier_that_python_takes",
    "test_contracts_sheet.py::test_typed_figures_win_and_unknown_ones_stay_unknown",
    "test_about.py::test_text_stays_text",
    "test_ledger_opens.py::test_a_cross_account_holds_the_wallet_once",
    "test_excel_addin.py::test_the_template_is_a_sound_workbook",
    "test_holdings.py::test_nothing_is_half_written",
    "test_holdings.py::test_what_comes_out[100,000 mistakes]",
    "test_holdings.py::test_what_comes_out[100,000 rows]",
    "test_ledger_opens.py::test_plan_and_monitor_are_the_ledger",
    "test_margin_rule.py::test_an_account_of_several_contracts_on_both_sides",
    "test_model.py::test_the_template_is_sound_and_input_again",
    "test_one_rule.py::test_the_ratio_is_exactly_1_at_the_liquidation_price_and_not_before",
    "test_positions_read.py::test_a_batch_of_workbooks_takes_positions_for_them",
    "test_positions_read.py::test_a_workbook_reads_back_to_the_same_portfolio",
    "test_positions_read.py::test_what_is_kept_follows_its_row",
    "test_import.py::test_a_workbook_that_is_no_ledger_is_refused_in_one_sentence",
    "test_ledger_missing.py::test_a_workbook_is_not_changed_by_it_and_the_remedy_is_told",
    "test_properties.py::test_scalar_is_array",
    "test_properties.py::test_scalar_is_traced_value",
    "test_renamed.py::test_every_text_that_is_looked_for_is_missed",
    "test_renamed.py::test_workbooks_without_inputs_or_contracts",
    "test_stamp.py::test_a_stamped_workbook_is_the_one_that_is_built_part_for_part",
    "test_stamp.py::test_checks_and_figures_are_those_of_the_book",
    "test_stamp.py::test_every_shape_is_stamped_as_it_is_built",
    "test_stamp.py::test_the_bytes_do_not_depend_on_who_is_stamped_together",
    "test_stamp.py::test_the_samples_are_stamped_with_own_scenarios",
    "test_stamp.py::test_without_isal_and_orjson_every_part_is_the_same",
    "test_trackers.py::test_a_batch_of_trackers",
    "test_workbook.py::test_coin_share_drifts",
    "test_workbook.py::test_contracts_by_face",
    "test_workbook.py::test_liquidation_of_a_posted_margin",
    "test_workbook.py::test_margin_for_a_rally",
    "test_workbook.py::test_same_bytes_again",
    "test_workbook.py::test_samples_are_complete_and_clean",
    "test_workbook.py::test_text_never_becomes_a_formula",
)  # fmt: skip


def is_left_out(item) -> bool:
    """Whether the quick lane leaves a test out."""
    file = item.path.name
    place = (file, f"{file}::{item.originalname}", f"{file}::{item.name}")
    return not OFFICE.isdisjoint(item.fixturenames) or any(each in LEFT_OUT for each in place)
