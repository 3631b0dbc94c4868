"""Whole small worlds come back: equal names everywhere, drafts, several quotes of one deal, bosses above bosses, whatever links to whatever."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import quotes, records
from crmdesk.queries.records import ids, record
from crmdesk.store import open_store
from tests.exchange import bare

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store
    from crmdesk.store.keys import Key

ORDER = (
    "company", "contact", "product", "lead", "deal", "deal_product", "deal_contact", "quote", "quote_line", "allowance_charge", "ticket", "message", "activity", "task", "article",
)  # fmt: skip
FORMS = [(".json", False), (".csv", True), (".xlsx", False)]
# What the program works out again by itself; and a PDF is a file.
OWN_WORK = {"last_contact_at", "source", "pdf", "pdf_sha256"}
# What tables for people leave out.
FOR_PROGRAMS = {("deal", "position")}

NAMES = st.sampled_from(["Acme", "Acme GmbH", "Beta & Söhne", "王氏"])
PEOPLE = st.sampled_from(["Anna Berg", "Bob Cole", "王小明"])
TITLES = st.sampled_from(["Rollers", 'Belts, "long"', "=1+1"])
FEW = st.integers(0, 3)
ANY = st.integers(0, 50)


class World:
    """A store that is filled at random."""

    def __init__(self, store: Store, data: st.DataObject) -> None:
        self.store, self.data = store, data
        self.made: dict[str, list[UUID]] = {}

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.data.draw(strategy)

    def add(self, entity: str, **values: Any) -> UUID:
        one = bare.add(self.store, entity, {name: value for name, value in values.items() if value is not None})
        self.made.setdefault(entity, []).append(one)
        return one

    def any_of(self, entity: str) -> UUID | None:
        """Return one of the records of an entity, or none."""
        there = self.made.get(entity, [])
        at = self.draw(ANY) % (len(there) + 1)
        return there[at] if at < len(there) else None

    def links(self, *entities: str) -> dict[str, UUID | None]:
        return {entity: self.any_of(entity) for entity in entities}

    def fill(self) -> None:
        for _ in range(1 + self.draw(FEW)):
            self.add(
                "company",
                name=self.draw(NAMES),
                parent=self.any_of("company"),
                phone=self.draw(st.none() | st.just("+49 30 123456")),
                tags=self.draw(st.none() | st.just("vip")),
            )
        for _ in range(1 + self.draw(FEW)):
            self.add(
                "contact", name=self.draw(PEOPLE), company=self.any_of("company"), reports_to=self.any_of("contact"), email=self.draw(st.none() | st.just("info@acme.example")),
                **{"phone.work": self.draw(st.none() | st.just("+49 30 123456")), "note": self.draw(st.none() | st.just("one\ntwo"))},
            )  # fmt: skip
        for number in range(1 + self.draw(FEW)):
            self.add("product", name=f"{self.draw(TITLES)} {number}", price=self.draw(st.sampled_from([None, "5 EUR", "1.2345 EUR"])))
        self.add("lead", company_name=self.draw(NAMES), **{"email": self.draw(st.none() | st.just("l@e.example"))})
        for _ in range(1 + self.draw(FEW)):
            self.add("deal", name=self.draw(TITLES), amount=self.draw(st.sampled_from(["5 EUR", "7.10 USD"])), **self.links("company", "contact", "product"))
        for place in range(self.draw(FEW)):
            if deal := self.any_of("deal"):
                self.add("deal_product", deal=deal, product=self.made["product"][0], quantity="2.5", position=str(place))
                self.add("deal_contact", deal=deal, contact=self.made["contact"][0], position=str(place))
        for _ in range(self.draw(FEW)):
            self.quote()
        for place in range(self.draw(FEW)):
            self.add("ticket", subject=self.draw(TITLES), **self.links("company", "contact", "product", "deal", "quote"))
            said = {"kind": "in", "body": self.draw(TITLES), "at": f"2026-11-20 10:{place:02}", "position": str(place)}
            self.add("message", ticket=self.any_of("ticket") or self.made["ticket"][0], contact=self.any_of("contact"), **said)
        for _ in range(self.draw(FEW)):
            self.add("activity", kind="call", subject=self.draw(TITLES), at="2026-11-20 10:00", **self.links("company", "contact", "deal", "ticket", "quote"))
            self.add("task", subject=self.draw(TITLES), due_on="2026-12-01", **self.links("company", "contact", "deal", "ticket", "quote"))

    def quote(self) -> None:
        """Add a quote, a draft or an issued one; that of a deal leads it, unless another does."""
        line: dict[str, Any] = {
            "description": self.draw(TITLES),
            "quantity": "2",
            "unit_price": self.draw(st.sampled_from(["50.125", "7"])),
            "tax_category": "S",
            "tax_rate": "19",
        }
        if self.draw(st.booleans()):
            line["allowance_charges"] = [{"charge": False, "percent": "10", "reason": "Loyal"}]
        lines = [line] * (1 + self.draw(FEW))
        document: dict[str, Any] = {"currency": "EUR", "company": str(self.any_of("company") or self.made["company"][0]), "date": "2026-03-01", "lines": lines}
        if deal := self.any_of("deal"):
            document["deal"] = str(deal)
        if self.draw(st.booleans()):
            document["allowance_charges"] = [{"charge": True, "amount": "10.00", "reason": "Freight", "tax_category": "S", "tax_rate": "19"}]
        made, _ = self.store.run(quotes.add_document, document)
        self.made.setdefault("quote", []).append(made)
        if subject := self.draw(st.none() | TITLES):
            self.store.run(records.edit, "quote", [made], {"subject": subject})
        if self.draw(st.booleans()):
            self.store.run(quotes.issue, made)
            if self.draw(st.booleans()):
                self.made["quote"].append(self.store.run(quotes.revise, made))


def told(store: Store, entity: str, leaves_out: Set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return all records of an entity in JSON's terms, their ids too; members, stages and the like by their names."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(inner) for name, inner in value.items() if name not in OWN_WORK} if "title" not in value else value["title"]
        return (
            [plain({name: inner for name, inner in part.items() if name != "id"} if isinstance(part, dict) else part) for part in value]
            if isinstance(value, list)
            else value
        )

    def link(value: Any) -> Any:
        return value["id"] if isinstance(value, dict) and "title" in value else plain(value)

    by_name = {"owner", "stage", "pipeline", "member", "queue", "service_level"}
    with store.read() as reader:
        found = [record(reader, entity, UUID(bytes=key)) for key in ids(reader, entity)]
    return sorted(
        (
            {name: plain(value) if name in by_name else link(value) for name, value in row.items() if name not in OWN_WORK and (entity, name) not in leaves_out}
            for row in found
        ),
        key=lambda row: str(row["id"]),
    )


def carry(store: Store, other: Store, folder: Path, ending: str, for_programs: bool) -> list[ImportResult]:
    results = []
    for entity in ORDER:
        path = folder / f"{entity}{ending}"
        with store.read() as reader:
            if not ids(reader, entity):
                continue
        path.unlink(missing_ok=True)
        export_records(store, entity, path, ExportOptions(for_programs=for_programs))
        results.append(import_file(other, entity, path, ImportOptions(dates="ymd")))
        assert [problem.reason for problem in results[-1].problems] == [], entity
    return results


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_a_world_comes_back_and_is_known_when_it_comes_again(
    template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory, ending: str, for_programs: bool, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("world")
    leaves_out = FOR_PROGRAMS if ending == ".xlsx" else set()

    def opened(name: str) -> Store:
        path = folder / f"{name}.crmdesk"
        shutil.copy(template[0], path)
        return open_store(path, key=template[1], anywhere=True)

    with opened("from") as store, opened("to") as other:
        World(store, data).fill()
        carry(store, other, folder, ending, for_programs)
        for entity in ORDER:
            assert told(other, entity, leaves_out) == told(store, entity, leaves_out), entity
        again = carry(store, other, folder, ending, for_programs)
        assert [(result.added, result.updated, result.rejected) for result in again] == [(0, 0, 0)] * len(again)
        for entity in ORDER:
            assert told(other, entity, leaves_out) == told(store, entity, leaves_out), entity
