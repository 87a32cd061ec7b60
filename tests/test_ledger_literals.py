"""Dates and limits as they stand in published ledgers."""

from __future__ import annotations

import datetime as dt

import pytest

from reasoner.ledger.literals import deadline, from_cell, number, read


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2025年12月底", 20251231),
        ("2025年2月底前", 20250228),
        ("2024年2月底前完成", 20240229),
        ("2017年底前", 20171231),
        ("2025年6月30日前", 20250630),
        ("二〇二五年十二月底", 20251231),
        ("２０２５年１２月底前", 20251231),
        ("2026年第一季度末", 20260331),
        ("2025年上半年", 20250630),
        ("2025-12-31", 20251231),
    ],
)
def test_limits_that_name_their_last_day(said: str, day: int) -> None:
    assert deadline(said).date == day


@pytest.mark.parametrize(
    "said", ["在1周内", "协议签订后10个工作日内", "1周内拆除原生产线", "收到通知之日起三个月内"]
)
def test_a_relative_limit_never_becomes_a_date(said: str) -> None:
    assert deadline(said, 2025).shape == "relative"


def test_a_limit_without_its_year_takes_it_from_the_context_only() -> None:
    assert deadline("12月底前").shape == "yearless"
    assert deadline("12月底前", 2025).date == 20251231
    assert deadline("9月30日前", 2025).date == 20250930


@pytest.mark.parametrize("said", ["2025年12月前", "12月前", "2025年前"])
def test_before_a_period_has_two_readings_and_is_not_chosen(said: str) -> None:
    assert deadline(said, 2025).shape == "inexact"


@pytest.mark.parametrize("said", ["整改集中期", "立行立改，长期坚持", "持续推进"])
def test_words_without_digits_are_no_date(said: str) -> None:
    assert deadline(said).shape == "none"


@pytest.mark.parametrize("said", ["2025年13月底", "2025年2月30日", "2月30日前"])
def test_a_day_that_does_not_exist_is_said_to_be_impossible(said: str) -> None:
    assert deadline(said).shape == "impossible"


def test_digits_that_lost_their_units_are_read_when_only_one_split_makes_sense() -> None:
    span = read("20251121日至2025125")
    assert (span.date, span.end) == (20251121, 20251205)
    span = read("20231218日至1229日")
    assert (span.date, span.end) == (20231218, 20231229)
    assert read("99日", 2024).date == 20240909
    assert read("99日").shape == "yearless"
    assert read("20246月以来").shape == "inexact"


def test_digits_with_two_splits_are_ambiguous() -> None:
    assert read("2025125日").options == (20250125, 20251205)
    assert read("111日", 2025).shape == "ambiguous"


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("2024年5月8日—6月8日", 20240508, 20240608),
        ("2024年5月8日至12日", 20240508, 20240512),
        ("2023-12-18至2023-12-29", 20231218, 20231229),
    ],
)
def test_spans(said: str, start: int, end: int) -> None:
    assert (read(said).date, read(said).end) == (start, end)


def test_a_span_without_a_year_needs_one() -> None:
    assert read("5月8日—6月8日").shape == "yearless"
    assert read("5月8日—6月8日", 2024).end == 20240608


def test_a_span_that_ends_before_it_begins_is_impossible() -> None:
    assert read("2024年6月8日至2024年5月8日").shape == "impossible"


@pytest.mark.parametrize("said", ["2024-05", "2024年5月", "2024年", "2024年5月以来"])
def test_months_and_years_are_not_exact(said: str) -> None:
    assert read(said).shape == "inexact"


@pytest.mark.parametrize(
    "said", ["2019-07-11(一说07-12动员)", "2024-11-18/19", "2021(月日未见)", "2025-10末(推断)"]
)
def test_doubtful_dates_of_the_public_data_stay_text(said: str) -> None:
    assert read(said).date is None


def test_date_cells_and_excel_serials() -> None:
    assert from_cell(dt.datetime(2025, 11, 21)).date == 20251121
    assert from_cell(45982).date == 20251121
    assert from_cell(20251121).date == 20251121
    assert read("45982").date == 20251121


def test_chinese_numerals() -> None:
    assert [number(t) for t in ("二十二", "十", "一百零三", "二〇二四", "22", "批")] == [
        22,
        10,
        103,
        2024,
        22,
        None,
    ]
