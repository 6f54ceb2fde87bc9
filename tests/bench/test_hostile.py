from __future__ import annotations

from tests.bench.hostile import cases_of, held


def test_a_test_names_its_cases() -> None:
    assert cases_of("tests/hostile/test_identity_values.py::test_30_123456789_is_flagged") == {30}
    assert cases_of("tests/hostile/test_load.py::test_50_accounts_that_say[x]") == {50}
    assert cases_of("tests/intake/test_hostile_files.py::test_20_21_23_a_bad_line[1]") == {20, 21, 23}
    assert cases_of("tests/intake/test_hostile_files.py::test_what_must_be_refused[12 a bomb of text]") == {12}
    assert cases_of("tests/intake/test_hostile_files.py::test_what_must_be_refused[a zip bomb]") == set()
    assert cases_of("tests/intake/test_delivery.py::test_files_of_one_delivery_must_fit_together[x]") == {15}
    assert cases_of("tests/hostile/test_load.py::test_a_test_names_its_cases") == set()


def test_a_case_holds_where_all_its_tests_passed_and_a_skipped_one_is_none() -> None:
    seen = [("a::test_1_x", "passed"), ("a::test_1_y", "failed"), ("a::test_2_x", "skipped"), ("a::test_3_x", "passed")]
    assert held(seen) == {1: False, 2: False, 3: True}
