"""The recovery sheet: a wrong digit names its group, and what is printed is the key."""

from __future__ import annotations

from datetime import date

import pypdfium2
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.reports.recovery import from_groups, recovery_sheet, to_groups
from tests.reports.pdf_reading import all_fonts_are_embedded, text_of

KEY = "0123456789abcdef" * 6
KEYS = st.text("0123456789abcdef", min_size=96, max_size=96)


@given(KEYS, st.sampled_from([" ", "\n", "  ", " \t"]))
def test_groups_give_the_key_back(key: str, between: str) -> None:
    groups = to_groups(key)
    assert len(groups) == 16
    assert from_groups(between.join(groups)) == key
    assert from_groups("".join(groups).lower()) == key
    assert from_groups(" ".join(groups).replace("-", " - ")) == key
    assert from_groups(key) == key


@given(KEYS)
def test_blanks_inside_the_groups_do_not_matter(key: str) -> None:
    spaced = [" ".join(group) for group in to_groups(key)]
    assert from_groups("  ".join(spaced)) == key
    assert from_groups("\n".join(f"{number}\n{group}" for number, group in enumerate(spaced, 1))) == key
    assert from_groups("\u00a0".join(spaced).replace("-", "")) == key


def test_a_group_that_misses_a_digit_is_named_whatever_the_blanks_are() -> None:
    spaced = [" ".join(group) for group in to_groups(KEY)]
    with pytest.raises(UserError, match="Group 3 "):
        from_groups(" ".join([*spaced[:2], spaced[2][2:], *spaced[3:]]))
    with pytest.raises(UserError, match="16 groups, here are 15"):
        from_groups(" ".join(spaced[:15]))
    with pytest.raises(UserError, match="16 groups, here are 17"):
        from_groups(" ".join([*spaced, "A B C"]))


def test_what_is_copied_from_the_sheet_is_the_key() -> None:
    sheet = text_of(recovery_sheet("Sales", KEY, date(2026, 11, 21), "en"))
    assert from_groups(sheet.partition("can read everything. ")[2].partition("How to use it")[0]) == KEY


@given(KEYS, st.integers(0, 15), st.integers(0, 5), st.sampled_from("0123456789ABCDEF"))
def test_a_wrong_digit_names_its_group(key: str, place: int, at: int, digit: str) -> None:
    groups = to_groups(key)
    if groups[place][at] == digit:
        return
    groups[place] = groups[place][:at] + digit + groups[place][at + 1 :]
    with pytest.raises(UserError, match=f"Group {place + 1} "):
        from_groups(" ".join(groups))


@given(KEYS, st.integers(0, 15), st.integers(0, 4))
def test_two_swapped_digits_name_their_group(key: str, place: int, at: int) -> None:
    groups = to_groups(key)
    group = groups[place]
    swapped = group[:at] + group[at + 1] + group[at] + group[at + 2 :]
    if swapped == group:
        return
    with pytest.raises(UserError, match=f"Group {place + 1} "):
        from_groups(" ".join([*groups[:place], swapped, *groups[place + 1 :]]))


def test_groups_in_the_wrong_order_or_number_are_noticed() -> None:
    groups = to_groups(KEY)
    with pytest.raises(UserError, match="Group 3 "):
        from_groups(" ".join([*groups[:2], groups[3], groups[2], *groups[4:]]))
    with pytest.raises(UserError, match="Group 5 "):
        from_groups(" ".join([*groups[:4], *groups[5:]]))
    with pytest.raises(UserError, match="16 groups, here are 15"):
        from_groups(" ".join(groups[:15]))
    with pytest.raises(UserError, match="16 groups, here are 0"):
        from_groups(" ")


def test_letters_that_look_like_digits_are_read_as_such() -> None:
    groups = to_groups("01" * 48)
    assert from_groups(" ".join(f"{group[:6].replace('0', 'o').replace('1', 'l')}{group[6:]}" for group in groups)) == "01" * 48


def test_an_error_does_not_repeat_the_key() -> None:
    with pytest.raises(UserError) as refused:
        from_groups(" ".join(to_groups(KEY)).replace("234567", "234568"))
    assert "23456" not in str(refused.value)


def test_the_sheet_shows_every_group_and_what_to_do() -> None:
    pdf = recovery_sheet("northwind.crmdesk", KEY, date(2026, 11, 21), "en")
    squeezed = text_of(pdf).replace(" ", "")
    for group in to_groups(KEY):
        assert group in squeezed
    assert "northwind.crmdesk" in squeezed
    assert "21November2026" in squeezed
    assert all_fonts_are_embedded(pdf)
    assert pdf == recovery_sheet("northwind.crmdesk", KEY, date(2026, 11, 21), "en")


def test_the_code_on_the_sheet_is_the_key() -> None:
    page = pypdfium2.PdfDocument(recovery_sheet("s", KEY, date(2026, 11, 21), "en"))[0]
    image = page.render(scale=4).to_pil().convert("L")
    matrix = [list(row) for row in segno.make(KEY.upper(), error="m", micro=False).matrix]
    dark = image.point(lambda value: 255 * (value < 128))
    mm = 72 / 25.4 * 4
    left, side = 25 * mm, 52 * mm / len(matrix)
    # The code's finder, three solid rows of seven dots, tells where it begins.
    tops = [y for y in range(int(131 * mm), image.height) if dark.getpixel((int(left + side * 3), y))]
    top = tops[0]
    shown = [[int(dark.getpixel((int(left + (x + 0.5) * side), int(top + (y + 0.5) * side))) > 0) for x in range(len(matrix))] for y in range(len(matrix))]
    assert shown == matrix
