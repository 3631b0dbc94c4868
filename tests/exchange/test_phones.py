"""Phone numbers read by the hundred thousand come out as the library reads each of them."""

from __future__ import annotations

import random

import phonenumbers
import pytest

from crmdesk.exchange.values.phones import PhoneReader, _international, _national
from crmdesk.models import phones


def test_numbers_of_all_countries_equal_the_librarys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers that begin alike and are as long follow each other, so that all but the first are carried over."""
    monkeypatch.setattr(phones, "parse", phones.parse.__wrapped__)
    chance, reader, compared = random.Random(3), PhoneReader(), 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        code = str(phonenumbers.country_code_for_region(region))
        for _ in range(12):
            first = chance.choice(["0", "0", "", "1", "00" + code, "", "9", "8", "+" + code, "+" + code + "0", "+" + code + "1"])
            length = chance.randint(5, 15)
            base = (first + "".join(chance.choices("0123456789", k=20)))[:length]
            kept = _international(base[1:4]) if base[0] == "+" else _national(region).decides + (len(code) if base.startswith(code) else 0)
            for _ in range(3):
                number = base[:kept] + "".join(chance.choices("0123456789", k=max(0, length - kept)))
                assert reader.read(number, region) == phones.parse(number, region), (number, region)
                compared += 1
    assert compared == 12 * 3 * len(phonenumbers.SUPPORTED_REGIONS)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+49 (89) 3176-0 ext. 12", "DE"), ("030 123456", "DE"), ("(201) 555-0123", "US"), ("tel:+1-201-555-0123", "DE"), ("０３０ １２３４５６", "DE"),
        ("1-800-FLOWERS", "US"), ("+86 131 2345 6789", "DE"), ("mainphone", "DE"), ("", "DE"), ("+", "DE"), ("030/123456", "DE"), ("03012345", ""),
        ("0049 30 123456", "DE"), ("+1", "US"), ("+999 123456", "DE"), ("12", "DE"), ("+49 30 123456 x7", "DE"), ("+39 06 1234567", "DE"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them_equal_the_librarys(number: str, region: str) -> None:
    assert PhoneReader().read(number, region) == phones.parse(number, region)


def test_an_extension_in_german_or_chinese_is_no_part_of_the_number() -> None:
    assert phones.parse("030 1234567 DW 12", "DE") == ("+49301234567", "12")
    assert phones.parse("030 1234567 Durchwahl: 12", "DE") == ("+49301234567", "12")
    assert phones.parse("010-12345678 分机 88", "CN") == ("+861012345678", "88")
