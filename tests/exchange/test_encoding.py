"""The encoding of a file is told by what language its text would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.files.encoding import detect
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.table import OddRow

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "German": "Müller;Jörg;Köln\nGroß;Änne;Düsseldorf\nSchäfer;Jürgen;Nürnberg\n", "French": "Lefèvre;Hélène;Besançon\nGarçon;Noël;Orléans\nHervé;Loïc;Nîmes\n",
    "Polish": "Wójcik;Łukasz;Łódź\nŻółkiewski;Zbigniew;Gdańsk\nDąbrowska;Małgorzata;Częstochowa\n", "Czech": "Dvořák;Jiří;Plzeň\nNěmcová;Božena;Kroměříž\nŠťastný;Ondřej;České Budějovice\n",
    "Turkish": "Yılmaz;Gülşen;İstanbul\nÖztürk;Çağrı;Eskişehir\nŞahin;Işıl;Muğla\n", "Latvian": "Bērziņš;Jānis;Rīga\nKalniņa;Līga;Liepāja\nOzoliņš;Ģirts;Jūrmala\n",
    "Russian": "Иванов;Сергей;Москва\nКузнецова;Екатерина;Санкт-Петербург\nСмирнов;Алексей;Новосибирск\n", "Greek": "Παπαδόπουλος;Γιώργος;Αθήνα\nΝικολάου;Μαρία;Θεσσαλονίκη\nΓεωργίου;Ελένη;Πάτρα\n",
    "Hebrew": "כהן;דוד;ירושלים\nלוי;שרה;תל אביב\nמזרחי;יוסף;חיפה\nפרץ;רחל;באר שבע\n", "Arabic": "محمد;أحمد;القاهرة\nعلي;فاطمة;الإسكندرية\nحسن;خديجة;الرياض\n",
    "Thai": "สมชาย;ใจดี;กรุงเทพ\nสมหญิง;รักไทย;เชียงใหม่\n", "Chinese": "王小明;北京市;有限公司\n李娜;上海市;深圳\n张伟;广州市;电话\n", "Taiwanese": "陳志明;台北市;有限公司\n林淑芬;高雄市;電話\n黃建宏;新竹市;郵箱\n",
    "Japanese": "佐藤太郎;東京都;株式会社サンプル\n鈴木花子;大阪府;ありがとう\n高橋一郎;札幌市;テスト\n", "Korean": "김민수;서울;주식회사\n이지은;부산;전화번호\n박서준;인천;이메일\n",
}  # fmt: skip
PAGES = {
    "German": "cp1252 iso8859_15 mac_roman cp850", "French": "cp1252 mac_roman cp850", "Polish": "cp1250 iso8859_2", "Czech": "cp1250 iso8859_2", "Turkish": "cp1254", "Latvian": "cp1257",
    "Russian": "cp1251 koi8_r cp866 iso8859_5", "Greek": "cp1253 iso8859_7", "Hebrew": "cp1255", "Arabic": "cp1256", "Thai": "cp874", "Chinese": "gb18030", "Taiwanese": "big5", "Japanese": "cp932 euc_jp",
    "Korean": "euc_kr",
}  # fmt: skip
WIDE = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be".split()


@pytest.mark.parametrize(("language", "page"), [(language, page) for language, pages in PAGES.items() for page in (*pages.split(), *WIDE)])
def test_a_text_is_read_as_it_was_written(tmp_path: Path, language: str, page: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(TEXTS[language].encode(page))
    guess = detect(path)
    assert path.read_bytes().decode(guess.encoding).lstrip("\ufeff") == TEXTS[language]
    assert guess.confidence >= (0.5 if page in PAGES[language] else 0.9)


def test_a_single_odd_sign_makes_nobody_sure(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_bytes(b"id,name\n1,english\n2,\xa9\n")
    guess = detect(path)
    assert (guess.encoding, guess.confidence <= 0.8) == ("cp1252", True)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Nowak;Paweł;Białystok\nKowalski;Michał;Radom\nZima;Rafał;Opole\nLis;Sławek;Lublin\n", "cp1250"),
        ("Durand;José;Paris\nMartin;André;Reims\nPetit;José;Nice\nMoreau;André;Lille\n", "cp850"),
    ],
)
def test_one_letter_of_another_page_again_and_again_is_no_sign(tmp_path: Path, text: str, page: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(text.encode(page))
    assert path.read_bytes().decode(detect(path).encoding) == text


@pytest.mark.parametrize("text", ["tank;5 m³;£5\ntub;40 cm³;£7\n", "it’s new;€5\n“best” – ever;£7\n", "Nut®;5 €\nBolt™;6 €\n"])
def test_signs_between_english_words_are_those_of_windows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(text.encode("cp1252"))
    assert path.read_bytes().decode(detect(path).encoding) == text


def twice(text: str, page: str) -> str:
    """Encode a text a second time as programs do: what a page leaves open is written as a control sign."""
    return "".join(bytes((code,)).decode(page, "ignore") or chr(code) for code in text.encode())


@pytest.mark.parametrize("page", ["cp1252", "latin-1"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("language", sorted(TEXTS))
def test_text_that_was_encoded_twice_is_put_right_and_told(tmp_path: Path, language: str, page: str, mark: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(twice(f"{mark}Name;Vorname;Straße\n{TEXTS[language]}", page), encoding="utf-8", newline="")
    table = open_table(path)
    assert table.columns == ("Name", "Vorname", "Straße")
    assert ["; ".join(map(str, cells)) for _, cells in table.rows()] == [line.replace(";", "; ") for line in TEXTS[language].splitlines()]
    assert len(table.notes) == 1 and table.notes[0].endswith("for “ß”); they were put right.")


@pytest.mark.parametrize(
    "text",
    [
        "Name;Ort\nJürgen;MÃ¼nchen\nJÃ¼rgen;StraÃŸe\n", "Name;Ort\nSÃO PAULO;JOÃO\nMÃE;IRMÃ\n", "Marke;Land\nCAFÉ®;DE\nCAFÉ®;AT\n", *(f"A;B;C\n{text}" for text in TEXTS.values()),
    ],
)  # fmt: skip
def test_text_that_is_sound_or_mixed_stays_letter_by_letter(tmp_path: Path, text: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8", newline="")
    table = open_table(path)
    assert "".join(f"{';'.join(map(str, cells))}\n" for _, cells in table.rows()) == text.partition("\n")[2]
    assert table.notes == ()


def test_behind_the_beginning_that_shows_it_sound_letters_stay(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("Name;Ort\n" + "JÃ¼rgen;MÃ¼nchen\n" * 20_000 + "Jörg;KÃ¶ln\n", encoding="utf-8")
    *_, before, (_, last) = open_table(path).rows()
    assert (before[1], last) == (["Jürgen", "München"], ["Jörg", "Köln"])


def test_a_file_put_together_of_two_encodings_is_read_line_by_line_and_told(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes("Vorname;Nachname\nJürgen;Groß\nÁron;Ízisz\n".encode() + "Käthe;Weiß\nJörg;Müller\n".encode("cp1252"))
    table = open_table(path)
    assert [cells for _, cells in table.rows()] == [["Jürgen", "Groß"], ["Áron", "Ízisz"], ["Käthe", "Weiß"], ["Jörg", "Müller"]]
    assert (table.encoding, table.confidence < 0.8) == ("utf-8", True)
    assert table.notes == ("Some letters of this file are written in UTF-8, others in Windows-1252; each was read as it is written.",)


def test_a_chinese_file_with_a_line_that_may_be_utf_8_by_chance_is_none(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    text = "姓名,公司\n联通,联通\n王小明,北京大华有限公司\n李娜,上海电话\n"
    path.write_bytes(text.encode("gb18030"))
    assert detect(path).encoding == "gb18030"


def test_one_damaged_letter_does_not_garble_all_others(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(b"Vorname;Nachname\n" + "Jürgen;Groß\n".encode() * 9000 + b"K\xc3;Wei\xc3\n")
    table = open_table(path)
    cells = [cells for _, cells in table.rows()]
    assert (cells[0], cells[-2], len(cells)) == (["Jürgen", "Groß"], ["Jürgen", "Groß"], 9001)
    assert table.encoding == "utf-8"
    assert table.notes


@pytest.mark.parametrize(
    ("name", "line", "page"),
    [("上海{}公司,上海\n", "北京公司,北京\n", "gb18030"), ("Müller{},Köln\n", "東京商事株式会社,東京\n", "cp932"), ("上海{}公司,上海\n", "Кузнецова Екатерина,Москва\n", "cp1251")],
)  # fmt: skip
@pytest.mark.parametrize("count", [40, 9_000])
def test_a_few_rows_of_another_encoding_are_refused_rather_than_garbled(tmp_path: Path, name: str, line: str, page: str, count: int) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(b"Name,City\n" + "".join(name.format(number) for number in range(count)).encode() + line.encode(page))
    table = open_table(path)
    *before, (number, last) = table.rows()
    assert (len(before), any(isinstance(cells, OddRow) for _, cells in before), number) == (count, False, count + 2)
    assert isinstance(last, OddRow)
    assert last.reason == "Letters of this row are lost: it is not written in UTF-8, as the rest of the file is."
    assert table.notes == ("This file is written in UTF-8, but some of its rows are not; they are refused.",)


@pytest.mark.parametrize("line", ["Jäger,Düren\n", "Käthe Weiß,Köln\n", "Zoë,Orléans\n", "Søren,Århus\n", "L’Oréal,Paris\n", "Preis 5 €,\n"])
def test_a_few_western_rows_are_read_as_they_are_written(tmp_path: Path, line: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(b"Name,City\n" + "Müller,Köln\n".encode() * 40 + line.encode("cp1252"))
    assert [*open_table(path).rows()][-1][1] == line.strip().split(",")


@pytest.mark.parametrize("sign", ["18,00 €", "A – B", "£5", "Acme™", "Acme®", "§ 5", "5°C", "so…", "„gut“", "5²", "1\xa0000", "• one", "Bob’s"])
def test_signs_between_words_of_plain_letters_are_those_of_windows(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("".join(f"{name};{sign}\r\n" for name in ("Name", "Chai", "Tofu", "Chang")).encode("cp1252"))
    assert detect(path).encoding == "cp1252"
