"""Dates and numbers: every form is read, order and decimal mark are decided per column, never per cell."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.reports._dates import read_dates
from recoup.reports._day_forms import read_written
from recoup.reports._grid import encode
from recoup.reports._month_names import MONTHS, month_number
from recoup.reports._numbers import read_numbers


def days(texts: list[str], **options: object) -> list[str | None]:
    read = read_dates(encode(pa.array(texts, pa.large_string())), **options)  # type: ignore[arg-type]
    return [
        None if np.isnat(d) or bad else str(d)[:10] for d, bad in zip(read.days, read.unusable, strict=True)
    ]


def numbers(texts: list[str], **options: object) -> list[float | None]:
    read = read_numbers(encode(pa.array(texts, pa.large_string())), **options)  # type: ignore[arg-type]
    return [
        None if np.isnan(n) or bad else n for n, bad in zip(read.numbers.tolist(), read.unusable, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # ISO, as Amazon's tab-separated reports write it; the day is the one written, whatever the offset
        ("2026-03-14", "2026-03-14"),
        ("2026-09-04T07:03:57+00:00", "2026-09-04"),
        ("2026-07-20T01:00:00+0100", "2026-07-20"),
        ("2026-07-06T00:00:00-0700", "2026-07-06"),
        ("2026-08-02T23:30:00-07:00", "2026-08-02"),
        ("2026-08-02T10:00:00Z", "2026-08-02"),
        ("2026-08-02T10:00:00.000Z", "2026-08-02"),
        ("2025-07-31T22:07:18+00:00", "2025-07-31"),
        ("2026-03-13 20:21:38 UTC", "2026-03-13"),
        ("2026-09-04 00:00:00", "2026-09-04"),
        ("'2026-09-04", "2026-09-04"),
        ("20260904", "2026-09-04"),
        # Japan
        ("2026/07/01 10:00:00 JST", "2026-07-01"),
        ("2026/03/01", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        ("2026年7月1日 10:00", "2026-07-01"),
        ("2026年12月31日\u300023:59:59 JST", "2026-12-31"),
        # dots: day, month, year
        ("17.07.2026 07:06:34 UTC", "2026-07-17"),
        ("05.09.2026", "2026-09-05"),
        ("5.9.26", "2026-09-05"),
        # slashes and hyphens, where one number is beyond 12
        ("13/09/2026", "2026-09-13"),
        ("09/13/2026", "2026-09-13"),
        ("09/13/26", "2026-09-13"),
        ("13-09-2026 10:00", "2026-09-13"),
        # the name of the month first: United States, Canada
        ("Sep 4, 2026 1:05:07 AM PDT", "2026-09-04"),
        ("Sep 4, 2026 1:05:07\u202fAM PDT", "2026-09-04"),
        ("Sept. 4, 2026 1:05:07 a.m. PDT", "2026-09-04"),
        ("Apr 30, 2026 9:35:30 p.m. PDT", "2026-04-30"),
        ("Apr 30, 2026 12:13:01 a.m. -0700", "2026-04-30"),
        ("September 14, 2026", "2026-09-14"),
        # the day first: every other country
        ("15 Mar 2026 3:22:08 PM UTC", "2026-03-15"),
        ("29 June 2026 5:39:32 pm GMT+9", "2026-06-29"),
        ("3 Mar 2026 13:11:11 GMT+3", "2026-03-03"),
        ("17 dic 2023 22:37:41 UTC", "2023-12-17"),
        ("31 jul 2026 11:03:59 p.m. GMT-7", "2026-07-31"),
        ("31 jul 2026 11:03:59 p.\u00a0m. GMT-7", "2026-07-31"),
        ("28 de fev. de 2026 21:17:51 GMT-8", "2026-02-28"),
        ("1 de jul. de 2025 23:36:22 GMT-7", "2025-07-01"),
        ("28 de febrero de 2026", "2026-02-28"),
        ("1 juil. 2026 08:31:35 UTC", "2026-07-01"),
        ("1er juin 2026 08:31:35 UTC", "2026-06-01"),
        ("4 août 2026 08:31:35 UTC", "2026-08-04"),
        ("1\u00a0févr.\u00a02026", "2026-02-01"),
        ("4. März 2026 10:00:00 MEZ", "2026-03-04"),
        ("4 maj 2026 08:31:35 UTC", "2026-05-04"),
        ("1 paź 2025 00:00:00 UTC", "2025-10-01"),
        ("1 Eki 2025 14:28:51 UTC", "2025-10-01"),
        ("1 Haz 2026 12:55:55 UTC", "2026-06-01"),
        ("3 gen 2026", "2026-01-03"),
        ("3 mei 2026", "2026-05-03"),
        ("04-SEP-2026", "2026-09-04"),
        ("04/Sep/2026", "2026-09-04"),
        ("4-Sep-26", "2026-09-04"),
        ("\u200e4 Sep 2026", "2026-09-04"),
        # letters that Amazon lost
        ("4 ao?t 2026 08:31:35 UTC", "2026-08-04"),
        ("1 f\ufffdvr. 2026", "2026-02-01"),
        # serial numbers of Excel
        ("46269", "2026-09-04"),
        ("46269.75", "2026-09-04"),
    ],
)
def test_every_form_gives_the_day_written_in_the_row(text: str, day: str) -> None:
    assert days([text]) == [day]
    written = read_written(text).day
    assert written is None or written.isoformat() == day


LANGUAGES = {  # January to December in full, then as reports shorten them
    "English": "January February March April May June July August September October November December "
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember "
    "Jan. Feb. Mär Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
    "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre "
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "ene feb mar abr may jun jul ago sept oct nov dic",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro "
    "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november december "
    "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november december "
    "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia "
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık "
    "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_months_of_a_language_are_read_in_full_and_shortened(language: str) -> None:
    wanted = [f"2026-{month:02d}-03" for month in range(1, 13)] * 2
    words = LANGUAGES[language].split()
    assert days([f"3 {w} 2026 13:11:11 UTC" for w in words]) == wanted
    assert days([f"3 de {w.rstrip('.').upper()} de 2026" for w in words]) == wanted


def test_a_name_of_a_month_is_that_of_no_other_month_in_any_language() -> None:
    for names in MONTHS.values():
        assert len(names.split()) == 12
        for number, month in enumerate(names.split(), 1):
            assert {month_number(form) for form in month.split("/")} == {number}


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-13-01",
        "31/02/2026",
        "2026-02-30",
        "99999",
        "12",
        "1.5",
        "32 Sep 2026",
        "Foo 4, 2026",
        "Marble 4, 2026",  # begins like a month, is none
        "4 ju? 2026",  # June or July
        "4 ??? 2026",
        "2026-09",  # a month is no day
        "Sep 2026",
    ],
)
def test_what_is_no_date_is_unusable(text: str) -> None:
    read = read_dates(encode(pa.array([text], pa.large_string())))
    assert read.unusable.all()
    assert read.reason == "not a date"


def test_a_blank_date_is_no_damage() -> None:
    read = read_dates(encode(pa.array(["", " "], pa.large_string())))
    assert not read.unusable.any()
    assert np.isnat(read.days).all()


def test_one_day_after_the_twelfth_decides_the_whole_column() -> None:
    assert days(["05/09/2026", "13/09/2026"]) == ["2026-09-05", "2026-09-13"]
    assert days(["05/09/2026", "09/13/2026"]) == ["2026-05-09", "2026-09-13"]


def test_a_column_without_evidence_is_undecidable_and_none_of_its_cells_is_read() -> None:
    read = read_dates(encode(pa.array(["05/09/2026", "06/09/2026", "2026-01-01"], pa.large_string())))
    assert read.unusable.tolist() == [True, True, False]
    assert "cannot be told apart" in read.reason


def test_a_column_that_contradicts_itself_is_undecidable_whatever_is_documented() -> None:
    assert days(["13/09/2026", "09/13/2026", "01/02/2026", "2026-01-01"], hint=True) == [
        None,
        None,
        None,
        "2026-01-01",
    ]


def test_the_documented_order_stands_only_where_the_column_is_silent() -> None:
    assert days(["05/09/2026"], hint=True) == ["2026-05-09"]
    assert days(["05/09/2026"], hint=False) == ["2026-09-05"]
    assert days(["05/09/2026", "13/09/2026"], hint=True) == ["2026-09-05", "2026-09-13"]


def test_an_iso_date_in_the_same_row_proves_the_order() -> None:
    proof = [encode(pa.array(["2026-09-05T01:00:00+0100", "2026-09-06T01:00:00+0100"], pa.large_string()))]
    assert days(["05/09/2026", "06/09/2026"], proof=proof) == ["2026-09-05", "2026-09-06"]
    assert days(["09/05/2026", "09/06/2026"], proof=proof) == ["2026-09-05", "2026-09-06"]


@pytest.mark.parametrize("made", ["46149", "2026-05-07 00:00:00"])
def test_dates_that_excel_made_beside_written_ones_are_not_trusted(made: str) -> None:
    texts = [made, "09/13/2026"]
    assert days(texts, converted=True) == [None, "2026-09-13"]
    assert days(texts, converted=False) == ["2026-05-07", "2026-09-13"]


def test_dates_that_excel_made_stand_when_one_is_after_the_twelfth_or_iso_proves_them() -> None:
    assert days(["46149", "46160"], converted=True) == ["2026-05-07", "2026-05-18"]
    assert days(["46149"], converted=True) == [None]
    right = [encode(pa.array(["2026-05-07T00:00:00-0700"], pa.large_string()))]
    swapped = [encode(pa.array(["2026-07-05T00:00:00-0700"], pa.large_string()))]
    assert days(["46149"], converted=True, proof=right) == ["2026-05-07"]
    assert days(["46149"], converted=True, proof=swapped) == [None]


@given(st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=1), st.booleans())
def test_slashed_dates_come_back_or_are_undecidable_but_never_wrong(
    wanted: list[date], month_first: bool
) -> None:
    form = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    read = days([d.strftime(form) for d in wanted])
    decided = any(d.day > 12 for d in wanted)
    assert read == [d.isoformat() if decided else None for d in wanted]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["4.10", "-3.00", "0", "12"], [4.1, -3, 0, 12]),
        (["4,10", "1.024", "1.024,50"], [4.1, 1024, 1024.5]),
        (["4.10", "1,024", "1,024.50"], [4.1, 1024, 1024.5]),
        (["1 135,72", "1\u00a0135,72", "1\u202f135,72"], [1135.72] * 3),
        (["1'135.72"], [1135.72]),
        (["1.234.567", "1,5"], [1234567, 1.5]),
        (["$-1.00", "-$1.00", "($1.00)", "1.00-", "−1.00"], [-1] * 5),
        (["USD 12.50", "12,50 €".replace(",", "."), "£3.10"], [12.5, 12.5, 3.1]),
        (["", "--", " "], [None] * 3),
        (["0.001", "0,5".replace(",", ".")], [0.001, 0.5]),
        (["0.30000000000000004", "1E-3"], [0.30000000000000004, 0.001]),
        (['="12.50"'], [12.5]),
    ],
)
def test_amounts_are_read_in_the_column_s_own_style(texts: list[str], values: list[float | None]) -> None:
    assert numbers(texts) == values


@pytest.mark.parametrize("text", ["1.024", "1,024", "12.345"])
def test_an_amount_that_may_be_either_is_undecidable_alone(text: str) -> None:
    read = read_numbers(encode(pa.array([text, "7"], pa.large_string())))
    assert read.unusable.tolist() == [True, False]
    assert "cannot be told apart" in read.reason


def test_the_other_amounts_of_the_export_decide_an_ambiguous_one() -> None:
    assert numbers(["1.024"], hint=",") == [1024]
    assert numbers(["1.024"], hint=".") == [1.024]
    assert numbers(["4.10", "1.024"], hint=",") == [4.1, 1.024]


def test_a_column_with_both_marks_is_not_guessed() -> None:
    read = read_numbers(encode(pa.array(["4,10", "4.10", "1.024"], pa.large_string())), hint=".")
    assert read.unusable.tolist() == [False, False, True]
    assert "mixed" in read.reason


def test_quantities_and_yen_know_thousands() -> None:
    assert numbers(["1,234", "-2", "2.0"], whole=True) == [1234, -2, 2]
    assert numbers(["1,000"], whole=True) == [None]
    assert numbers(["￥1,800", "2,000"], cents=False) == [1800, 2000]


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "1,2,3", "#N/A", "2026-09-04", "1.024,5.0", "4,10,2026", "."]
)
def test_what_is_no_number_is_unusable(text: str) -> None:
    assert read_numbers(encode(pa.array([text], pa.large_string()))).unusable.all()


@given(
    st.lists(st.decimals(-(10**7), 10**7, places=2), min_size=1),
    st.sampled_from([",", ".", " "]),
    st.booleans(),
)
def test_amounts_with_cents_come_back_exactly(amounts: list, thousands: str, comma: bool) -> None:
    mark = "," if comma else "."
    if thousands == mark:
        thousands = " "
    texts = [f"{a:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", thousands) for a in amounts]
    assert numbers(texts) == [float(a) for a in amounts]
