"""Names, phones, mails and official numbers as each culture writes them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.models.checks import check_credit_code, check_mail, check_vat_id, check_website, credit_code_check_digit
from crmdesk.models.names import display_name, folded, initials, pinyin, sort_key
from crmdesk.models.people import Name, split_name
from crmdesk.models.phones import phone_key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maria Anders", Name("Maria", "Anders")), ("Smith, John", Name("John", "Smith")), ("Dr. Anna von Berg", Name("Anna", "von Berg", "Dr.")), ("Frau Müller", Name("", "Müller", "", "ms")),
        ("Herr Prof. Dr. Karl Maier", Name("Karl", "Maier", "Prof. Dr.", "mr")), ("王小明", Name("小明", "王")), ("欧阳娜娜", Name("娜娜", "欧阳")), ("王伟", Name("伟", "王")), ("王女士", Name("", "王", "", "ms")),
        ("Ludwig van Beethoven", Name("Ludwig", "van Beethoven")), ("Maria de la Cruz", Name("Maria", "de la Cruz")), ("Madonna", Name("Madonna", "")), ("Martin Luther King Jr.", Name("Martin Luther", "King Jr.")),
        ("Mr John Q. Public", Name("John Q.", "Public", "", "mr")), ("", Name()), ("  Ana   Trujillo ", Name("Ana", "Trujillo")), ("Dr. Martin", Name("Martin", "", "Dr.")),
    ],
)  # fmt: skip
def test_names_are_taken_apart_as_each_culture_does(text: str, name: Name) -> None:
    assert split_name(text) == name


@given(st.text(max_size=60))
def test_no_text_breaks_the_splitting_and_no_letter_is_lost(text: str) -> None:
    name = split_name(text)
    assert isinstance(name.given + name.family, str)


def test_every_letter_is_folded_alike_whether_it_is_looked_up_or_taken_apart() -> None:
    """A letter alone, and one with a mark behind it, which must not be lost on the way."""
    looked_up = [chr(code) for code in range(0x80, 0x250) if chr(code) not in "ßøłđæœþðıØŁĐÆŒÞÐ"]
    for letter in looked_up:
        taken_apart = "".join(c for c in unicodedata.normalize("NFKD", letter.lower() + "\u0323x") if not unicodedata.combining(c))
        assert folded(letter + "\u0323x") == taken_apart
    assert folded("Straße Łódź Ærø Đorđe") == "strasse lodz aero dorde"


def test_numbers_and_words_around_a_chinese_name_leave_its_pinyin_alone() -> None:
    assert pinyin("重庆银行12 (行长)") == "chongqingyinhang12 (hangzhang)"
    assert sort_key("二〇二六 GmbH") == "erlingerliu gmbh"
    assert {sort_key(text) for text in ("Wolski Zajazd", "Wolski  Zajazd", "Wolski\u00a0Zajazd ", " Wolski\tZajazd")} == {"wolski zajazd"}


def test_names_are_put_together_and_sorted() -> None:
    assert display_name("Anna", "von Berg") == "Anna von Berg"
    assert display_name("小明", "王") == "王小明"
    assert sorted(["Zoë", "Ärzte", "王伟", "Łódź", "“Quoted”", "abel"], key=sort_key) == ["abel", "Ärzte", "Łódź", "“Quoted”", "王伟", "Zoë"]
    assert (pinyin("上海明德"), initials("上海明德")) == ("shanghaimingde", "shmd")
    assert folded("Straße ÉLODIE") == "strasse elodie"


@pytest.mark.parametrize(
    ("typed", "region", "e164", "extension"),
    [
        ("030-0074321", "DE", "+49300074321", None), ("+43 316 7675-34", "DE", "+43316767534", None), ("(5) 555-4729 ext. 12", "US", None, "12"), ("(206) 555-9857 x5467", "US", "+12065559857", "5467"),
        ("138 0013 8000", "CN", "+8613800138000", None), ("call the desk", "DE", None, None), ("", "DE", None, None),
    ],
)  # fmt: skip
def test_numbers_are_understood_where_they_can_be_and_never_refused(typed: str, region: str, e164: str | None, extension: str | None) -> None:
    assert phone_key(typed, region) == {"e164": e164, "extension": extension}


@pytest.mark.parametrize("address", ["a@b.de", "o'brien+x@sub.example.co.uk", "müller@example.de", "用户@例子.公司", "a_b-c.d@x-y.org"])
def test_mail_addresses_of_any_script_pass(address: str) -> None:
    assert check_mail(address) is None


@pytest.mark.parametrize("address", ["not a mail", "a@b", "@b.de", "a@", "a@b..de", "a..b@c.de", ".a@c.de", "a@b.de, c@d.de", "a b@c.de", "<a@b.de>"])
def test_what_is_no_mail_address_is_named(address: str) -> None:
    assert check_mail(address)


def test_the_check_digit_of_a_credit_code_finds_every_single_mistake() -> None:
    first = "91310000MA1FL3JJ0"[:17]
    code = first + credit_code_check_digit(first)
    assert check_credit_code(code) is None
    assert check_credit_code(code.lower()) is None
    for place in range(18):
        wrong = code[:place] + ("0" if code[place] != "0" else "1") + code[place + 1 :]
        assert check_credit_code(wrong)
    assert check_credit_code("123")
    assert check_credit_code("I" * 18)


def test_vat_ids_have_the_shape_of_their_country() -> None:
    assert check_vat_id("DE 811 569 869") is None
    assert check_vat_id("ATU12345678") is None
    assert check_vat_id("CHE-123.456.789") is None
    assert check_vat_id("DE12345")


def test_websites_can_be_opened() -> None:
    assert check_website("alfreds.example") is None
    assert check_website("https://www.alfreds.example/a?b=c") is None
    assert check_website("javascript:alert(1)")
    assert check_website("not a site")


@pytest.mark.parametrize(
    ("text", "region", "name"),
    [
        ("山本太郎", "", Name("", "山本太郎")), ("田中", "", Name("", "田中")), ("高橋誠", "", Name("", "高橋誠")), ("山本 太郎", "", Name("太郎", "山本")), ("林太郎", "JP", Name("", "林太郎")),
        ("王小明", "", Name("小明", "王")), ("李伟", "DE", Name("伟", "李")), ("王中", "CN", Name("中", "王")), ("王中", "", Name("", "王中")), ("諸葛孔明", "", Name("孔明", "諸葛")),
        ("陈林", "SG", Name("林", "陈")), ("小泉八雲", "CN", Name("", "小泉八雲")), ("山本さくら", "", Name("山本さくら", "")),
    ],
)  # fmt: skip
def test_names_in_chinese_characters_are_taken_apart_only_where_they_are_surely_chinese(text: str, region: str, name: Name) -> None:
    assert split_name(text, region) == name


@pytest.mark.parametrize(
    ("text", "region", "name"),
    [
        ("A B", "", Name("A", "B")), ("Berg, Anna", "", Name("Anna", "Berg")), ("Li Wei", "", Name("Li", "Wei")), ("Li Wei", "CN", Name("Wei", "Li")), ("Wei Li", "CN", Name("Wei", "Li")),
        ("Peter Wong", "HK", Name("Peter", "Wong")), ("Chan Tai Man", "HK", Name("Tai Man", "Chan")), ("Nagy László", "HU", Name("László", "Nagy")), ("Nagy László", "", Name("Nagy", "László")),
        ("John Smith", "HU", Name("John", "Smith")), ("Kim Min-su", "KR", Name("Min-su", "Kim")), ("김민수", "", Name("민수", "김")), ("Nguyễn Văn An", "", Name("Văn An", "Nguyễn")),
        ("山田 太郎", "JP", Name("太郎", "山田")), ("Tanaka Hiroshi", "JP", Name("Tanaka", "Hiroshi")), ("MÜLLER Anna", "", Name("Anna", "MÜLLER")), ("JP Morgan", "", Name("JP", "Morgan")),
        ("J.R. Tolkien", "", Name("J.R.", "Tolkien")), ("ANNA BERG", "", Name("ANNA", "BERG")),
        ("Vincent van der Berg", "", Name("Vincent", "van der Berg")), ("van der Berg", "", Name("", "van der Berg")), ("Van Morrison", "", Name("Van", "Morrison")),
        ("Prof. Dr. med. dent. Eva Klar", "", Name("Eva", "Klar", "Prof. Dr. med. dent.")), ("Dr. Phil Collins", "", Name("Phil", "Collins", "Dr.")),
        ("Univ.-Prof. Dr.-Ing. habil. Max Muster", "", Name("Max", "Muster", "Univ.-Prof. Dr.-Ing. habil.")), ("Mag. (FH) Karl Huber", "", Name("Karl", "Huber", "Mag. (FH)")),
        ("Peter Schmidt, Dipl.-Ing.", "", Name("Peter", "Schmidt", "Dipl.-Ing.")), ("Dr. h.c. mult. Hans Maier", "", Name("Hans", "Maier", "Dr. h.c. mult.")),
        ("John Smith, Jr.", "", Name("John", "Smith, Jr.")), ("Smith, John, Jr.", "", Name("John", "Smith, Jr.")), ("Smith, John Jr.", "", Name("John", "Smith Jr.")),
        ("Jane Doe, M.D., Ph.D.", "", Name("Jane", "Doe, M.D., Ph.D.")), ("Hans Maier (Sales)", "", Name("Hans", "Maier (Sales)")), ("Mme Claire Dupont", "", Name("Claire", "Dupont", "", "ms")),
    ],
)  # fmt: skip
def test_the_order_of_a_name_is_turned_only_where_the_name_or_its_country_says_so(text: str, region: str, name: Name) -> None:
    assert split_name(text, region) == name


@pytest.mark.parametrize("typed", ["0171/1234567 (privat)", "0171 1234567(Büro)", "+49 171 1234567 (nur abends)"])
def test_a_remark_behind_a_number_does_not_hide_it(typed: str) -> None:
    assert phone_key(typed, "DE") == {"e164": "+491711234567", "extension": None}
    assert phone_key("+49 (0) 171 1234567", "DE")["e164"] == "+491711234567"
