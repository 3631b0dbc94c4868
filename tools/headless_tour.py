"""The main job without a display: a store, a customer, a deal won, a quote as PDF, a ticket answered, an Excel file, pictures of the pages.

Called by `python dev.py run` where there is no screen. Everything lands in one folder, named at the end.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src"))

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

PASSPHRASE = "only a sample for trying out"
QUOTE = {
    "currency": "EUR", "company": "Ernst Handel", "contact": "Roland Mendel", "deal": "Three-year contract", "language": "de", "reference": "Your enquiry of Monday",
    "lines": [
        {"description": "Cold-chain box 40 l", "quantity": "120", "unit": "pcs", "unit_price": "89.00", "tax_category": "S", "tax_rate": "20",
         "allowance_charges": [{"charge": False, "percent": "10", "reason": "Volume"}]},
        {"description": "Data logger, yearly licence", "quantity": "120", "unit": "pcs", "unit_price": "24.50", "tax_category": "S", "tax_rate": "20"},
        {"description": "Installation and training", "quantity": "3", "unit": "days", "unit_price": "980.00", "tax_category": "S", "tax_rate": "20"},
    ],
}  # fmt: skip


def main() -> int:
    """Do the tour and say what was done."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", nargs="?", type=Path, default=HERE.parent / "out" / f"tour-{time.strftime('%Y%m%d-%H%M%S')}")
    words.add_argument("--no-pictures", action="store_true")
    asked = words.parse_args()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    account = tour(folder)
    if not asked.no_pictures:
        pictures = folder / "pages"
        subprocess.run([sys.executable, str(HERE / "shots.py"), str(pictures), "--languages", "en"], check=True)
        account.append(f"Pictures of {len(list(pictures.glob('*.png')))} pages: {pictures}")
    (folder / "account.txt").write_text("\n".join(account) + "\n", encoding="utf-8")
    print("\n".join(account))
    print(f"Everything is in {folder}")
    return 0


def tour(folder: Path) -> list[str]:
    """Do the main job in a new sample store; returns the account of it."""
    from crmdesk.operations import deals, quotes, records, tickets
    from crmdesk.operations.stores import new_store
    from crmdesk.queries import deals as board_of
    from crmdesk.store.verify import verify

    path = folder / "sample.crmdesk"
    path.unlink(missing_ok=True)
    account = []
    with new_store(path, PASSPHRASE, owner="Maria Becker", region="DE", currency="EUR", sample=True) as store:
        account.append(f"Created an encrypted sample store: {path} (passphrase: {PASSPHRASE})")
        place = {"address.street": "Kirchgasse 6", "address.postal_code": "8010", "address.city": "Graz", "address.country": "AT"}
        company = store.run(records.add, "company", {"name": "Ernst Handel", **place})
        store.run(
            records.add,
            "contact",
            {"name": "Herr Roland Mendel", "company": str(company), "salutation": "mr", "email": "roland@ernst.example", "phone": "+43 316 7675-34"},
        )
        account.append("Added a customer: Ernst Handel with Roland Mendel")
        deal = store.run(records.add, "deal", {"name": "Three-year contract", "company": str(company), "amount": "58000 EUR"})
        with store.read() as reader:
            steps = [board_of.stage_named(reader, name, deal) for name in ("Meeting", "Proposal")]
        for stage in steps:
            store.run(deals.move, deal, stage)
        account.append("Moved a deal over the board: Qualify, Meeting, Proposal")
        quote, totals = store.run(quotes.add_document, {**QUOTE, "company": str(company), "deal": str(deal)})
        store.run(quotes.issue, quote)
        pdf = folder / "quote.pdf"
        pdf.write_bytes(quotes.pdf(store, quote))
        store.run(quotes.note_left, quote)
        store.run(quotes.accept, quote)
        account.append(f"Issued a quote over {totals['payable']} EUR and accepted it, so its deal is won: {pdf}")
        ticket = store.run(
            records.add, "ticket", {"subject": "Cooling unit alarm after delivery", "company": str(company), "priority": "urgent", "channel": "phone"}
        )
        store.run(tickets.reply, ticket, "We are sending a technician this afternoon.", wait=True)
        account.append("Answered a ticket within its time")
        account.append(f"Exported the companies to Excel: {_excel(store, folder / 'companies.xlsx')}")
        _undone(store, company)
        account.append("Undid the last change and redid it")
        problems = verify(store, deep=True)
        account.append("Checked the whole file: " + ("; ".join(problems) if problems else "everything is sound"))
    return account


def _excel(store: Store, path: Path) -> Path:
    from crmdesk.exchange.out.exporting import export_records

    path.unlink(missing_ok=True)
    export_records(store, "company", path)
    return path


def _undone(store: Store, company: UUID) -> None:
    from crmdesk.operations import records

    store.run(records.edit, "company", [company], {"website": "https://ernst.example"})
    store.undo()
    store.redo()


if __name__ == "__main__":
    sys.exit(main())
