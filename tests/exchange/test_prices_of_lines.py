"""Prices of lines of quotes and orders as people write them, and the currency that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.exchange.importing import import_file

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

SQL = "SELECT q.number, q.currency, l.unit_price, l.net FROM quote q LEFT JOIN quote_line l ON l.quote_id = q.id ORDER BY q.number, l.position"
ORDERS = "Auftragsnummer;Datum;Kunde;Artikel;Menge;Einzelpreis\n"


def taken(store: Store, tmp_path: Path, text: str, entity: str = "quote") -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path)


def rows(store: Store, sql: str = SQL) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


def test_a_price_may_have_its_currency_beside_it(store: Store, tmp_path: Path) -> None:
    result = taken(
        store,
        tmp_path,
        f"{ORDERS}A-1;04.03.2026;Müller GmbH;Kabel;2;5,00 €\nA-1;04.03.2026;Müller GmbH;Stecker;1;1.200,-\nA-2;05.03.2026;Müller GmbH;Kabel;1;$7,50\n",
    )
    assert result.rejected == 0
    assert rows(store) == [("A-1", "EUR", 5_000_000, 1000), ("A-1", "EUR", 1_200_000_000, 120_000), ("A-2", "USD", 7_500_000, 750)]


def test_a_price_in_another_currency_than_its_quote_is_refused(store: Store, tmp_path: Path) -> None:
    text = "Auftragsnummer;Datum;Kunde;Währung;Artikel;Menge;Einzelpreis\nA-1;04.03.2026;Müller GmbH;EUR;Kabel;2;$5,00\nA-2;04.03.2026;Müller GmbH;EUR;Kabel;2;5,00 €\n"
    result = taken(store, tmp_path, text)
    assert [problem.reason for problem in result.problems] == ["The price is in USD, the quote in EUR."]
    assert rows(store) == [("A-2", "EUR", 5_000_000, 1000)]


def test_the_name_of_the_column_says_the_currency_too(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, ORDERS.replace("Einzelpreis", "Einzelpreis (CHF)") + "A-1;04.03.2026;Müller GmbH;Kabel;2;5,00\n")
    assert rows(store) == [("A-1", "CHF", 5_000_000, 1000)]


def test_lines_of_a_second_file_are_in_the_currency_of_their_quote(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Auftragsnummer;Datum;Kunde\nA-1;04.03.2026;Müller GmbH\n")
    result = taken(store, tmp_path, "Auftragsnummer;Artikel;Menge;Einzelpreis\nA-1;Kabel;2;5,00 €\nA-1;Stecker;1;$5,00\n", "quote_line")
    assert (result.added, [problem.reason for problem in result.problems]) == (1, ["The price is in USD, the quote in EUR."])
