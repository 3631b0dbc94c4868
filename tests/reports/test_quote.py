"""Quotes as PDF: what a customer reads, on which page, and that nothing typed by a user can change or break it."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crmdesk.documents.calculator import AllowanceCharge, Document, Line, Tax, calculate
from crmdesk.errors import UserError
from crmdesk.reports.canvas import MM
from crmdesk.reports.letter import Letterhead
from crmdesk.reports.pictures import read_picture
from crmdesk.reports.quote import render_quote
from crmdesk.reports.quote_page import COLUMNS, QuotePage
from tests.reports.pdf_reading import all_fonts_are_embedded, pages_of, text_of

D = Decimal

SENDER = Letterhead(
    name="Northwind Traders",
    address=("Hafenstraße 12", "20457 Hamburg"),
    contact=(("Phone", "+49 40 123456"), ("Email", "sales@northwind.example")),
    bank=(("IBAN", "DE89 3704 0044 0532 0130 00"),),
    tax=(("VAT ID", "DE123456789"),),
)


def line(text: str = "Cold-chain box", price: str = "89.00", quantity: str = "2", **more: Any) -> Line:
    return Line(text, D(quantity), D(price), **{"tax_rate": D(20), "unit": "pcs", **more})


def quote(*lines: Line, document: dict[str, Any] | None = None, **more: Any) -> QuotePage:
    content = Document(**{"currency": "EUR", "lines": lines or (line(),), **(document or {})})
    facts: dict[str, Any] = {
        "letterhead": SENDER,
        "recipient": ("Ernst Handel", "Roland Mendel", "Kirchgasse 6", "8010 Graz"),
        "number": "Q-2026-0117",
        "quoted_on": date(2026, 11, 21),
        "valid_until": date(2026, 12, 20),
    }
    return QuotePage(document=content, totals=calculate(content), **{**facts, **more})


def picture(mode: str = "RGB", kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> bytes:
    data = io.BytesIO()
    Image.new(mode, size, "red").save(data, kind)
    return data.getvalue()


def test_a_quote_says_who_what_how_much_and_until_when() -> None:
    page = quote(
        line("Cold-chain box 40 l", "89.00", "120", allowance_charges=(AllowanceCharge(False, None, D(10)),)),
        line("Data logger", "24.50", "120"),
        title="Offer for your three-year contract",
        salutation="Dear Mr Mendel,",
        intro="thank you for your enquiry.",
        terms="30 days net.",
        reference="REF-7",
        info=(("Customer no.", "K-1042"),),
    )
    pdf = render_quote(page).pdf
    text = text_of(pdf)
    for shown in (
        "Northwind Traders · Hafenstraße 12 · 20457 Hamburg",
        "Ernst Handel",
        "Kirchgasse 6",
        "Q-2026-0117",
        "21 November 2026",
        "20 December 2026",
        "REF-7",
        "K-1042",
        "Offer for your three-year contract",
        "Dear Mr Mendel,",
        "Price EUR",
        "120",
        "10%",
        "9,612.00",
        "2,940.00",
        "Net amount",
        "€12,552.00",
        "VAT 20%",
        "€2,510.40",
        "€15,062.40",
        "30 days net.",
        "DE89 3704 0044 0532 0130 00",
        "Page 1 of 1",
    ):
        assert shown in text
    assert all_fonts_are_embedded(pdf)
    assert "Draft" not in text


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    for paper in ("A4", "Letter"):
        places = {text: (x, y) for text, x, y in pages_of(render_quote(quote(page_size=paper)).pdf)[0].lines}
        mm = 72 / 25.4
        for part in ("Ernst Handel", "8010 Graz"):
            x, y = places[part]
            assert 20 * mm <= x <= 105 * mm
            assert 62.5 * mm <= y <= 90 * mm


def test_a_long_address_is_set_smaller_so_that_the_window_shows_all_of_it() -> None:
    long = (
        "The Worshipful Company of Makers of Cold-Chain Boxes and Insulated Covers",
        "Dr Roland Mendel",
        "Building 42, 17th floor",
        "Kirchgasse 6",
        "8010 Graz",
        "AUSTRIA",
    )
    longer = (f"{long[0]} of the Free City and the County, with Branches in Other Towns", *long[1:3], "Purchasing", "To the attention of Ms Berg", *long[3:])
    for recipient in (long, longer):
        lines = pages_of(render_quote(quote(recipient=recipient)).pdf)[0].lines
        assert max(top for text, _, top in lines if "AUSTRIA" in text) / MM < 88


def test_a_page_is_read_from_its_head_over_the_text_to_its_foot() -> None:
    for page in pages_of(render_quote(quote(*[line(f"Part {number}") for number in range(30)], terms="Net 30.")).pdf):
        places = [page.text.index(text) for text in ("Northwind Traders", "Part", "Page ", "IBAN")]
        assert places == sorted(places)


def test_the_paper_is_a4_or_letter() -> None:
    for paper, size in (("A4", b"595.2756 841.8898"), ("Letter", b"612 792")):
        assert size in render_quote(quote(page_size=paper)).pdf


def test_a_draft_is_marked_and_has_no_number() -> None:
    text = text_of(render_quote(quote(number=None)).pdf)
    assert text.count("Draft") == 2
    assert "Q-2026-0117" not in text


def test_the_columns_can_be_chosen() -> None:
    text = text_of(render_quote(quote(line(product="CCB-40"), columns=("product", "description", "amount"))).pdf)
    assert "Product no." in text
    assert "CCB-40" in text
    assert "Qty" not in text
    assert "Price EUR" not in text


def test_columns_that_say_nothing_are_left_out() -> None:
    plain = text_of(render_quote(quote(line(unit=""))).pdf)
    assert "Unit" not in plain
    assert "Discount" not in plain
    several = text_of(render_quote(quote(line(), line(tax_rate=D(7)))).pdf)
    assert re.search(r"VAT 20% on €178\.00", several)


def test_texts_subtotals_and_optional_lines_are_set_apart() -> None:
    page = quote(
        Line("Hardware", kind="text"),
        line("Box", "10"),
        line("Spare lid", "99", optional=True),
        Line(kind="subtotal"),
        line("Service", "5", "1"),
    )
    text = text_of(render_quote(page).pdf)
    assert "Subtotal 20.00" in text
    assert "(198.00)" in text
    assert "Optional items are not part of the total." in text
    assert "€25.00" in text


def test_discounts_and_charges_of_the_document_are_listed_with_their_reasons() -> None:
    page = quote(
        line(price="100"),
        document={
            "allowance_charges": (
                AllowanceCharge(False, None, D(10), reason="Early order"),
                AllowanceCharge(True, D(15), reason="Freight", tax_category="S", tax_rate=D(20)),
            ),
            "prepaid": D(50),
            "rounding": D("0.02"),
        },
    )
    text = text_of(render_quote(page).pdf)
    for shown in ("Sum of items €200.00", "Early order (10%) −€20.00", "Freight €15.00", "Net amount €195.00"):
        assert shown in text
    for shown in ("Already paid −€50.00", "Rounding difference €0.02", "Amount due €184.02"):
        assert shown in text


def test_discounts_of_lines_are_signed_with_a_minus_and_surcharges_with_a_plus() -> None:
    percent, amount, extra = AllowanceCharge(False, None, D("12.5")), AllowanceCharge(False, D(1068)), AllowanceCharge(True, D(7))
    page = quote(*(line(price="1000", allowance_charges=(each,)) for each in (percent, amount, extra)))
    text = text_of(render_quote(replace(page, language="de")).pdf)
    for shown in ("−12,5 %", "−1.068,00", "+7,00"):
        assert shown in text.replace("\u00a0", " "), text
    assert not re.search(r"[ (]-\d", text)
    reason = quote(line(price="1000", allowance_charges=(replace(percent, reason="Volume"), replace(extra, reason="Express"))))
    assert {"Volume (12.5%): −250.00", "Express: +7.00"} <= {text for text, _, _ in pages_of(render_quote(reason).pdf)[0].lines}


def test_why_no_tax_is_charged_is_said() -> None:
    reverse = quote(line(tax_category="AE", tax_rate=D(0)))
    assert "Reverse charge: the recipient of the supply owes the tax." in text_of(render_quote(reverse).pdf)
    own = replace(reverse, exemption_texts=(("AE", "Section 13b UStG."),))
    assert "Section 13b UStG." in text_of(render_quote(own).pdf)
    small = quote(line(tax_category="E", tax_rate=D(0)))
    assert "Exempt from VAT." in text_of(render_quote(small).pdf)


def test_of_several_reasons_why_no_tax_is_charged_each_line_points_to_its_own() -> None:
    text = text_of(render_quote(quote(line(), line(tax_category="AE", tax_rate=D(0)), line(tax_category="E", tax_rate=D(0)))).pdf)
    for shown in ("0%¹", "0%²", "¹ Reverse charge: the recipient", "² Exempt from VAT."):
        assert shown in text
    assert "20%¹" not in text


def test_of_several_taxes_in_prices_each_says_on_what_it_lies() -> None:
    text = text_of(render_quote(quote(line(price="12.00"), line(price="10.70", tax_rate=D(7)), document={"tax_inclusive": True})).pdf)
    assert "VAT 20% included, on €20.00" in text
    assert "VAT 7% included, on €20.00" in text


def test_several_taxes_are_named() -> None:
    taxes = (Tax("GST", D(5)), Tax("QST", D("9.975")))
    text = text_of(render_quote(quote(line(price="150", taxes=taxes), document={"currency": "CAD"})).pdf)
    assert "GST 5% on CA$300.00 CA$15.00" in text
    assert "QST 9.975% on CA$300.00 CA$29.93" in text


def test_prices_including_tax_are_said_to() -> None:
    text = text_of(render_quote(quote(line(price="24.99", quantity="1"), document={"tax_inclusive": True})).pdf)
    for shown in ("Gross price EUR", "Total including VAT €24.99", "VAT 20% included €4.16", "Net amount €20.83"):
        assert shown in text


def test_german_quotes_write_numbers_and_dates_as_germans_do() -> None:
    text = text_of(render_quote(quote(line(price="1234.5", quantity="1"), language="de")).pdf)
    assert "20. Dezember 2026" in text
    assert "1.234,50" in text
    assert re.search("1.481,40.€", text)


def test_chinese_quotes_bear_the_total_in_capitals_the_taxpayer_and_the_seal() -> None:
    sender = Letterhead("上海明德贸易有限公司", ("上海市浦东新区",), tax=(("Taxpayer ID", "91310115MA1K3ABC4X"),))
    page = quote(
        line("冷链保温箱", "1409.50", "1", tax_rate=D(13)),
        language="zh",
        letterhead=replace(sender, seal=picture("RGBA")),
        recipient=("北京华信科技有限公司",),
        closing="此致敬礼",
        document={"currency": "CNY", "tax_inclusive": True},
    )
    rendered = render_quote(page)
    text = text_of(rendered.pdf)
    for shown in ("人民币壹仟肆佰零玖元伍角整", "91310115MA1K3ABC4X", "2026年11月21日", "¥1,409.50", "此致敬礼", "冷链保温箱"):
        assert shown in text
    assert rendered.pdf.count(b"/Subtype /Image") == 2  # the seal and how opaque it is
    assert all_fonts_are_embedded(rendered.pdf)


# ---- many pages ----


def test_a_chinese_total_with_tax_is_called_so_in_figures_and_words() -> None:
    with_tax, without = (text_of(render_quote(quote(line(tax_rate=D(rate)), language="zh", document={"currency": "CNY"})).pdf) for rate in (13, 0))
    assert "价税合计 ¥201.14" in with_tax
    assert "价税合计 ¥178.00" in without


def test_the_total_in_words_is_the_total_also_where_something_was_paid() -> None:
    text = text_of(render_quote(quote(line(tax_rate=D(13)), language="zh", document={"currency": "CNY", "tax_inclusive": True, "prepaid": D(78)})).pdf)
    assert "价税合计 ¥178.00" in text
    assert "壹佰柒拾捌元整" in text


def test_two_hundred_lines_repeat_the_head_and_keep_the_totals_together() -> None:
    pdf = render_quote(quote(*[line(f"Item number {index}") for index in range(1, 201)], terms="Thank you.")).pdf
    pages = pages_of(pdf)
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page.text
        if "Item number" in page.text:
            assert page.text.count("Amount EUR") == 1
    items = [int(found) for page in pages for found in re.findall(r"Item number (\d+)", page.text)]
    assert items == list(range(1, 201))
    assert "Item number 200" in pages[-1].text
    assert all(part in pages[-1].text for part in ("Net amount", "VAT 20%", "Total"))


@pytest.mark.parametrize("count", range(8, 30))
def test_no_head_stands_alone_and_no_totals_without_a_line(count: int) -> None:
    pages = pages_of(render_quote(quote(*[line(f"Item number {index}") for index in range(count)])).pdf)
    for page in pages:
        assert ("Amount EUR" in page.text) == ("Item number" in page.text)
    totals = [page for page in pages if "Net amount" in page.text]
    assert len(totals) == 1
    assert "Item number" in totals[0].text
    assert "VAT 20%" in totals[0].text


@pytest.mark.parametrize("lines_before", range(0, 26, 5))
def test_a_heading_goes_with_the_line_below_it_and_a_subtotal_with_the_line_above(lines_before: int) -> None:
    groups = [part for group in range(8) for part in (Line(f"Lot {group}", kind="text"), line("a"), Line(kind="subtotal"))]
    pages = pages_of(render_quote(quote(*[line("x") for _ in range(lines_before)], *groups)).pdf)
    for page in pages:
        texts = [text for text, _, _ in page.lines]
        rows = texts[next(index for index, text in enumerate(texts) if "Amount EUR" in text) + 1 :]
        assert not rows[0].startswith("Subtotal")
        body = [text for text in rows if re.match(r"Lot \d|\d+ |a|x|Subtotal", text)]
        assert not body[-1].startswith("Lot")


def test_ten_thousand_characters_in_a_line_go_over_pages_and_lose_nothing() -> None:
    words = [f"word{index:05}" for index in range(1000)]
    pages = pages_of(render_quote(quote(line(" ".join(words)), line("Last"))).pdf)
    assert len(pages) >= 2
    found = [word for page in pages for word in re.findall(r"word\d{5}", page.text)]
    assert found == words
    assert all("Amount EUR" in page.text for page in pages)


def test_a_word_without_spaces_is_broken_and_kept_in_its_column() -> None:
    pages = pages_of(render_quote(quote(line("x" * 2000))).pdf)
    text = "".join(re.findall("x+", "".join(page.text for page in pages)))
    assert len(text) >= 2000


def test_a_quote_without_lines_is_a_page_too() -> None:
    empty = Document("EUR")
    assert "€0.00" in text_of(render_quote(replace(quote(), document=empty, totals=calculate(empty))).pdf)


def test_very_long_terms_and_addresses_still_fit() -> None:
    page = quote(terms="Terms apply. " * 2000, recipient=tuple(f"Line {index}" for index in range(40)))
    pages = pages_of(render_quote(page).pdf)
    assert sum(page.text.count("apply") for page in pages) == 2000


def test_very_large_numbers_stay_on_the_paper() -> None:
    page = quote(line("Big", "99999999.123456", "7999999.123456"))
    first = pages_of(render_quote(page).pdf)[0]
    assert "Big" in first.text
    assert all(0 < x < 560 for _, x, _ in first.lines)


# ---- what users type ----

STRANGE = [
    "A & B <Ltd>",
    "<b>Acme</b> <img src='/etc/passwd'/>",
    "上海明德贸易有限公司",
    "Łódź ẞ € Ωμέγα Привет",
    "=1+1",
    "&amp; &#65; %s {name} \\ (unbalanced",
    "file:///etc/passwd http://example.com/x.png",
]


@pytest.mark.parametrize("text", STRANGE)
def test_what_a_user_types_is_printed_as_typed(text: str) -> None:
    page = quote(line(text), title=text, intro=text, terms=text, recipient=(text,), letterhead=replace(SENDER, name=text))
    rendered = render_quote(page)
    squeezed = re.sub(r"\s+", "", text_of(rendered.pdf))
    assert squeezed.count(re.sub(r"\s+", "", text)) >= 5
    assert rendered.missing == ()
    assert all_fonts_are_embedded(rendered.pdf)


def test_a_character_without_glyph_is_a_box_and_named() -> None:
    rendered = render_quote(quote(line("Party 🎉 pack \U0001f469\u200d\U0001f680 ok"), terms="🎉"))
    assert rendered.missing == ("🎉", "\U0001f469", "\U0001f680")
    assert all_fonts_are_embedded(rendered.pdf)
    plain = render_quote(quote(line("Party  pack  ok"), terms=" "))
    assert len(rendered.pdf) > len(plain.pdf)


def test_control_characters_do_no_harm() -> None:
    text = text_of(render_quote(quote(line("a\x00b\x07c\u202edcba\u2069\ufeff\rnext\tline"))).pdf)
    assert "next line" in text


@settings(max_examples=60)
@given(st.text(max_size=120))
def test_any_text_gives_a_readable_pdf(text: str) -> None:
    rendered = render_quote(quote(line(text), title=text, terms=text, reference=text, recipient=(text,)))
    assert len(pages_of(rendered.pdf)) >= 1
    assert all_fonts_are_embedded(rendered.pdf)


def test_the_same_quote_gives_the_same_bytes_in_every_process() -> None:
    code = "from tests.reports.test_quote import *; print(fingerprint())"
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_env(seed)).stdout for seed in ("1", "2")}
    render_quote(quote(line("something else first, سعر")))
    assert runs == {fingerprint() + "\n"}


def fingerprint() -> str:
    page = quote(line("سعر 1234 USD فقط"), line("上海明德"), line("Łódź"), letterhead=replace(SENDER, logo=picture()))
    return hashlib.sha256(render_quote(page).pdf).hexdigest()


def _env(seed: str) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "src:.", "LANG": "ar_SA.UTF-8" if seed == "1" else "C"}


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG")])
def test_a_logo_may_be_png_or_jpeg(mode: str, kind: str) -> None:
    assert b"/Subtype /Image" in render_quote(quote(letterhead=replace(SENDER, logo=picture(mode, kind)))).pdf


@pytest.mark.parametrize("logo", [b"GIF89a...", b"", b"\x89PNG\r\n\x1a\n broken", picture()[:60], b"<svg/>"])
def test_a_logo_that_is_no_picture_is_refused_in_words(logo: bytes) -> None:
    with pytest.raises(UserError, match="picture"):
        render_quote(quote(letterhead=replace(SENDER, logo=logo or b"x")))


def test_a_logo_that_unpacks_to_gigabytes_is_refused() -> None:
    small = picture()
    for side in (8_000, 12_000, 60_000):
        header = b"IHDR" + side.to_bytes(4, "big") * 2 + small[24:29]
        bomb = small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]
        with pytest.raises(UserError, match="too many dots"):
            render_quote(quote(letterhead=replace(SENDER, logo=bomb)))


def test_a_photo_taken_sideways_is_turned_and_a_scan_of_65536_greys_keeps_its_greys() -> None:
    turned, photo = Image.Exif(), io.BytesIO()
    turned[0x112] = 6
    Image.new("RGB", (300, 200), "red").save(photo, "JPEG", exif=turned)
    assert (read_picture(photo.getvalue()).width, read_picture(photo.getvalue()).height) == (200, 300)
    grey, scan = Image.new("I;16", (1, 1), 0x8000), io.BytesIO()
    grey.save(scan, "PNG")
    assert zlib.decompress(read_picture(scan.getvalue()).content) == b"\x80\x80\x80"


def test_the_foot_keeps_numbers_of_accounts_on_one_line_and_breaks_the_longest_text() -> None:
    long = "HRB 123456, Amtsgericht Hamburg, Registerabteilung am Sievekingplatz"
    page = render_quote(quote(letterhead=replace(SENDER, tax=(("VAT ID", "DE123456789"), ("Commercial register", long)))))
    text = pages_of(page.pdf)[0].text
    assert "IBAN: DE89 3704 0044 0532 0130 00" in text
    assert "Email: sales@northwind.example" in text
    assert long not in text


def test_a_full_foot_breaks_names_and_keeps_accounts_addresses_and_phones_whole() -> None:
    full = replace(
        SENDER,
        address=("Lange Straße 12", "70173 Stuttgart", "Deutschland"),
        contact=(("Phone", "+49 711 123456"), ("Email", "info@muster-kaelte.example"), ("Website", "www.muster-kaelte.example")),
        bank=(("Bank", "Landesbank Baden-Württemberg"), ("IBAN", "DE89 3704 0044 0532 0130 00"), ("BIC", "COBADEFFXXX")),
        tax=(
            ("Tax number", "99012/34567"),
            ("Commercial register", "HRA 12345, Amtsgericht Stuttgart"),
            ("Managing director", "Dr. Anna Schmidt, Jürgen Groß"),
        ),
    )
    for name in ("Northwind", "Muster Kältetechnik GmbH & Co. KG"):
        text = pages_of(render_quote(quote(letterhead=replace(full, name=name), language="de")).pdf)[0].text
        for whole in (
            "IBAN: DE89 3704 0044 0532 0130 00",
            "info@muster-kaelte.example",
            "www.muster-kaelte.example",
            "Telefon: +49 711 123456",
            "99012/34567",
            "70173 Stuttgart",
        ):
            assert whole in text


def test_a_foot_too_full_for_all_breaks_the_longest_and_leaves_every_column_room() -> None:
    chinese = replace(
        SENDER, name="上海冷链科技（集团）股份有限公司国际贸易与供应链管理事业部", contact=(("Phone", "021-5888 8888"), ("Email", "a@b.example")),
        bank=(("Bank", "中国工商银行股份有限公司上海市浦东开发区支行营业部"), ("Account", "1001 2345 6789 0123 456")), tax=(("Taxpayer ID", "91310000MA1FL0000X"),),
        footer="本报价单经双方签字盖章后生效，未尽事宜由双方协商解决。" * 3,
    )  # fmt: skip
    western = replace(
        SENDER, name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft m.b.H.",
        contact=(("Phone", "+43 1 234 567 89-0"), ("Email", "verwaltung.einkauf@donaudampfschifffahrt-gesellschaft.example"),),
        bank=(("Bank", "Raiffeisenlandesbank Niederösterreich-Wien AG"), ("IBAN", "AT61 1904 3002 3457 3201")),
        tax=(("VAT ID", "ATU12345678"), ("Commercial register", "FN 123456a, Handelsgericht Wien")), footer="Wir liefern nur zu unseren Bedingungen.",
    )  # fmt: skip
    for head, language, shown in (
        (chinese, "zh", ("021-5888 8888", "1001 2345 6789 0123 456", "91310000MA1FL0000X")),
        (western, "de", ("AT61 1904 3002 3457 3201", "ATU12345678")),
    ):
        page = pages_of(render_quote(quote(letterhead=head, language=language)).pdf)[0]
        assert [each for each in shown if each not in page.text] == []
        assert min(top for text, _, top in page.lines if text.startswith(("第 1 页", "Seite 1"))) / MM > 255


def test_formats_are_those_of_the_writers_country() -> None:
    def shown(language: str, region: str, currency: str) -> str:
        return text_of(render_quote(quote(line(price="1234.5"), document={"currency": currency}, language=language, region=region)).pdf)

    american = shown("en", "US", "USD")
    assert "November 21, 2026" in american
    assert "$2,962.80" in american
    assert "US$" not in american
    assert "21 November 2026" in shown("en", "DE", "EUR")
    assert "CHF 2’962.80" in shown("de", "CH", "CHF")


def test_the_file_tells_its_title_subject_language_and_the_day_of_the_quote() -> None:
    document = pypdfium2.PdfDocument(render_quote(quote(title="Cold-chain boxes", language="de", customer="Ernst Handel")).pdf)
    facts = document.get_metadata_dict()
    assert (facts["Title"], facts["Subject"], facts["Author"]) == ("Angebot Q-2026-0117", "Cold-chain boxes · Ernst Handel", "Northwind Traders")
    assert facts["CreationDate"].startswith("D:20261121")


def test_the_next_page_of_a_long_line_begins_below_the_head() -> None:
    lines = pages_of(render_quote(quote(line("Name\n" + "\n".join(f"Detail {n}" for n in range(90))))).pdf)[1].lines
    head, first = (min(top for text, _, top in lines if word in text) for word in ("Item", "Detail"))
    assert first - head > 17


def test_the_closing_stays_with_the_last_line_of_the_terms() -> None:
    for count in range(1, 40):
        pages = pages_of(render_quote(quote(terms="\n\n".join(f"Term {n}" for n in range(count)), closing="Kind regards\n\nMaria")).pdf)
        last = [text for text, _, _ in pages[-1].lines if text.startswith(("Term", "Kind regards"))]
        assert last[-2:] == [f"Term {count - 1}", "Kind regards"]


@pytest.mark.parametrize("words", [200, 300, 350, 380, 400, 420])
def test_after_a_long_last_line_neither_its_heading_nor_the_totals_stand_alone(words: int) -> None:
    for before in range(14):
        lines = [line(f"Part {number}") for number in range(before)]
        last = line(f"Machine {'word ' * words}")
        pages = pages_of(render_quote(quote(*lines, Line("The machine", kind="text"), last)).pdf)
        (headed,) = (page.text for page in pages if "The machine" in page.text)
        assert "Machine word" in headed
        (summed,) = (page.text for page in pages if "Net amount" in page.text)
        assert "word word" in summed
        assert "Total €" in summed


@pytest.mark.parametrize(("seal", "terms"), [(True, "Net 30"), (True, ""), (False, "")])
def test_closing_and_seal_never_stand_alone_on_a_page(seal: bool, terms: str) -> None:
    head = replace(SENDER, seal=picture("RGBA", size=(200, 200))) if seal else SENDER
    before = terms or "Amount EUR"
    for count in range(5, 26):
        lines = [line(f"Part {n}") for n in range(count)]
        last = pages_of(render_quote(quote(*lines, letterhead=head, terms=terms, closing="Kind regards\n\nMaria")).pdf)[-1].text
        assert before in last
        assert "Kind regards" in last


def test_numbers_and_heads_of_full_columns_break_between_words_only() -> None:
    lines = (
        line(price="0.000123", quantity="1000000", allowance_charges=(AllowanceCharge(False, D("3.00")), AllowanceCharge(True, D(1)))),
        Line("Several taxes", D(1), D("1050.25"), taxes=(Tax("GST", D(5)), Tax("QST", D("9.975")))), line(price="45.5", quantity="2500", price_base_quantity=D(100)),
    )  # fmt: skip
    words = text_of(render_quote(quote(*lines, document={"tax_inclusive": True})).pdf).split()
    for whole in ("No.", "Unit", "Discount", "1,000,000", "0.000123", "1,137.50", "9.975%"):
        assert whole in words
    odd = text_of(render_quote(quote(line(unit="u" * 300, product="P" * 300, quantity="1234567.5"), columns=tuple(COLUMNS))).pdf).split()
    assert "1,234,567.5" in odd


def test_an_unreadable_accent_colour_becomes_ink() -> None:
    for colour in ("#FFFFEE", "red", "", "#12345"):
        assert render_quote(quote(letterhead=replace(SENDER, accent=colour))).pdf
