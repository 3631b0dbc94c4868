"""What became of a file, in one line: the rows of the table of outcomes. Run as a program, this writes the table anew from the folder that is named."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions

if TYPE_CHECKING:
    from crmdesk.store import Store

TABLE = "outcomes.tsv"
FOLDERS = ("01_pipeline", "02_orders", "05_vcard", "06_contact_csv", "07_phones_names_text", "08_tickets", "09_nasty_files", "10_ics")
ENTITIES = {
    "01_pipeline/maven_crm/accounts.csv": "company", "01_pipeline/maven_crm/products.csv": "product", "01_pipeline/maven_crm/sales_pipeline.csv": "deal",
    "01_pipeline/maven_crm/sales_teams.csv": "member", "01_pipeline/salesforce_dataloader/accountData.csv": "company",
    "01_pipeline/salesforce_dataloader/opportunityData.csv": "deal", "01_pipeline/sp500_companies.csv": "company",
    "02_orders/northwind_csv/customers.csv": "company", "02_orders/northwind_csv/employees.csv": "member", "02_orders/northwind_csv/orders.csv": "quote",
    "02_orders/northwind_csv/order_details.csv": "quote_line", "02_orders/northwind_csv/products.csv": "product", "02_orders/northwind_csv/shippers.csv": "company",
    "02_orders/northwind_csv/suppliers.csv": "company", "02_orders/northwind_csv/categories.csv": "tag", "02_orders/northwind_csv/region.csv": "tag",
    "02_orders/northwind_csv/territories.csv": "tag", "06_contact_csv/hubspot_companies.csv": "company", "06_contact_csv/zoho_leads.csv": "lead",
    "08_tickets/customer_support_tickets.csv": "ticket",
}  # fmt: skip
CHOSEN = {
    "02_orders/northwind_csv/categories.csv": {"name": "category_name"}, "02_orders/northwind_csv/region.csv": {"name": "region_description"},
    "02_orders/northwind_csv/territories.csv": {"name": "territory_description"},
    "07_phones_names_text/common-forenames-by-country.csv": {"given_name": "Localized Name", "family_name": "", "company": "", "address.country": "Country"},
    "07_phones_names_text/common-surnames-by-country.csv": {"family_name": "Localized Name", "given_name": "", "company": "", "address.country": "Country"},
    "07_phones_names_text/phone_examples_fixed_line.csv": {"family_name": "expected_e164", "phone.national": "national", "phone.international": "international",
                                                           "phone.rfc3966": "rfc3966", "address.country": "region"},
    "07_phones_names_text/phone_parse_cases_google.csv": {"family_name": "verdict", "phone": "input", "address.country": "default_region"},
}  # fmt: skip
"""Columns that a user would have to name, in files that were made for something else."""
FIRST = {"02_orders/northwind_csv/order_details.csv": ("02_orders/northwind_csv/orders.csv",)}
ENDINGS = {".ics": "activity", ".vcs": "activity", ".msg": "activity"}


@dataclass(frozen=True)
class Outcome:
    """What became of a file; of a refused one only why."""

    file: str
    entity: str
    read: str = ""
    added: str = ""
    skipped: str = ""
    rejected: str = ""
    made: str = ""
    why: str = ""

    def line(self) -> str:
        """Return the line of the table."""
        return "\t".join(astuple(self))


def entity_of(file: str) -> str:
    """Return what a user would import a file as."""
    ending = file[file.rfind(".") :].lower()
    return ENTITIES.get(file) or (ENDINGS.get(ending) if not file.startswith("05_vcard") else None) or "contact"


def outcome_of(store: Store, data: Path, file: str, scratch: Path) -> Outcome:
    """Import a file for good and say what became of it."""
    path, entity = data / file, entity_of(file)
    rejects = scratch / f"rejected{path.suffix if path.suffix.lower() in {'.vcf', '.ics'} else '.csv'}"
    rejects.unlink(missing_ok=True)
    for other in FIRST.get(file, ()):
        import_file(store, entity_of(other), data / other)
    try:
        result = import_file(store, entity, path, ImportOptions(rejects=rejects, chosen=CHOSEN.get(file, {}), dates="dmy" if "Data.csv" in file else ""))
    except UserError as refused:
        return Outcome(file, entity, why=str(refused.message))
    reasons = Counter(problem.reason for problem in result.problems)
    why = "; ".join(f"{count} × {reason}" if count > 1 else reason for reason, count in reasons.most_common(4))
    made = ", ".join(f"{name} {count}" for name, count in result.created.items())
    return Outcome(
        file, entity, str(result.read), str(result.added), str(result.skipped), str(result.rejected), made, why.replace("\n", " ").replace("\t", " ")
    )


def files_of(data: Path, folder: str) -> list[str]:
    """Return the files of a folder."""
    return sorted(path.relative_to(data).as_posix() for path in (data / folder).rglob("*") if path.is_file())


def write_table(data: Path) -> None:
    """Write the table anew, for changes that are meant; read the difference before it is kept."""
    import os
    import shutil
    from datetime import UTC, datetime
    from tempfile import TemporaryDirectory

    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    from crmdesk import clock
    from crmdesk.operations import setup
    from crmdesk.store import create, open_store
    from crmdesk.store.keys import Key

    with TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_DATA_HOME"] = name
        with create(folder / "template.crmdesk", "correct horse battery staple", owner="Maria Becker", currency="EUR", region="DE", language="en") as made:
            made.run(setup.basics)
            key = made.key.reveal()
        lines = ["\t".join(field.name for field in fields(Outcome))]
        for file in (file for part in FOLDERS for file in files_of(data, part)):
            path = Path(shutil.copy(folder / "template.crmdesk", folder / "one.crmdesk"))
            with open_store(path, key=Key(key), anywhere=True) as store, clock.frozen(datetime(2026, 6, 15, 12, tzinfo=UTC)):
                store.before_risk = None
                lines.append(outcome_of(store, data, file, folder).line())
            for left in folder.glob("one.crmdesk*"):
                left.unlink()
    (Path(__file__).parent / TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_table(Path(sys.argv[1]))
