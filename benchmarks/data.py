"""A store of any size with believable names, made through the door; and the same people as a CSV file."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes, now_ms
from crmdesk.models import activity, customer, deal
from crmdesk.models.names import display_name, folded, sort_key
from crmdesk.models.phones import phone_key
from crmdesk.store.door import Change, operation
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = (
    "Anna Maria Thomas Michael Andreas Stefan Peter Christian Sabine Martin Julia Laura Katharina Lukas Paul Emma Sophie James Mary John Robert Patricia Jennifer Linda David "
    "William Elizabeth Barbara Richard Susan Joseph Jessica Charles Karen Christopher Nancy Daniel Lisa Matthew Betty Anthony Sandra Mark Ashley Giulia Marco Luca Chiara Pierre "
    "Camille Antoine Élodie Søren Łukasz Agnieszka José Carmen Ömer Ayşe"
).split()
FAMILY = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann "
    "Lange Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Anderson Taylor Thomas Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson "
    "Rossi Ferrari Bianchi Dubois Moreau Laurent Simon Nowak Kowalski Yılmaz Øster Åberg"
).split()
CHINESE_FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
CHINESE_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文小红志鑫"
TRADE = "Handel Technik Systems Foods Logistik Bau Medical Energy Software Trading Consulting Service Print Metall Holz Textil Chemie Optik Solar Auto".split()
FORM = ("GmbH", "AG", "KG", "Ltd", "Inc", "SARL", "GmbH & Co. KG")
CITY = "Berlin Hamburg München Köln Graz Wien Zürich London Paris Lyon Milano Madrid Warszawa Praha Shanghai Beijing Shenzhen Boston Chicago Oslo".split()
STREET = "Hauptstraße Bahnhofstraße Lindenweg Gartenstraße Mühlenweg Ringstraße Schulgasse Marktplatz Industriepark".split()
COUNTRY = "DE AT CH GB FR IT US CN".split()
DEPARTMENT = "Purchasing Sales Production Logistics Finance IT Quality Research".split()
TAG = "key account,newsletter,fair,reseller,press,supplier".split(",")
ROLE = ("Buyer", "Managing director", "Sales manager", "Engineer", "Accounts payable", "Owner", "Head of IT", "采购经理")


def person(rng: random.Random) -> tuple[str, str]:
    """Return (given, family); one in ten is Chinese."""
    if rng.random() < 0.1:
        return "".join(rng.choice(CHINESE_GIVEN) for _ in range(rng.choice((1, 2, 2)))), rng.choice(CHINESE_FAMILY)
    return rng.choice(GIVEN), rng.choice(FAMILY)


def company_name(rng: random.Random, index: int) -> str:
    """Return a company's name."""
    if rng.random() < 0.1:
        return f"{rng.choice('上海 北京 深圳 广州'.split())}{rng.choice(CHINESE_GIVEN)}{rng.choice(CHINESE_GIVEN)}贸易有限公司{index}"
    return f"{rng.choice(FAMILY)} {rng.choice(TRADE)} {index} {rng.choice(FORM)}"


def phone_number(rng: random.Random) -> str:
    """Return a German number as people type it."""
    return f"0{rng.choice((30, 40, 89, 221, 151, 171))} {rng.randrange(1_000_000, 99_999_999)}"


@operation("Fill", right="company.write")
def fill(change: Change, contacts: int, seed: int = 7) -> None:
    """Fill a store: `contacts` people, a fifth as many companies and deals, half as many activities, a quarter of these with a hundredth of the companies.

    Every person has phone, mail, address and a tag; one in eight an academic title.
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    companies = [(new_id_bytes(), company_name(rng, i), rng.choice(CITY)) for i in range(contacts // 5)]
    owner = change.member_id.bytes if change.member_id else None
    change.insert_many(
        customer.Company, ("id", "name", "sort_key", "industry", "owner_id", "lifecycle"),
        ((i, name, sort_key(name), rng.choice(TRADE), owner, rng.choice(("potential", "active", "dormant"))) for i, name, _ in companies),
    )  # fmt: skip
    change.insert_many(
        customer.Address, ("id", "company_id", "position", "city", "city_key"), ((new_id_bytes(), i, 0, city, folded(city)) for i, _, city in companies)
    )
    people = [(new_id_bytes(), *person(rng), rng.choice(companies)[0]) for _ in range(contacts)]

    def named(given: str, family: str) -> tuple[str, str, str, str]:
        name = display_name(given, family)
        return given, family, name, sort_key(name)

    change.insert_many(
        customer.Contact,
        ("id", "given_name", "family_name", "name", "sort_key", "company_id", "role", "owner_id", "salutation", "title", "department", "birthday", "language", "lifecycle"),
        ((i, *named(given, family), company, rng.choice(ROLE), owner, *_more(rng)) for i, given, family, company in people),
    )  # fmt: skip
    change.insert_many(customer.Phone, ("id", "contact_id", "position", "number", "e164", "extension"), (_phone(rng, i) for i, *_ in people))
    change.insert_many(
        customer.Email, ("id", "contact_id", "position", "address", "key"), (_mail(i, given, family, n) for n, (i, given, family, _) in enumerate(people))
    )
    change.insert_many(
        customer.Address, ("id", "contact_id", "position", "street", "postal_code", "city", "country", "city_key"),
        ((new_id_bytes(), i, 0, f"{rng.choice(STREET)} {rng.randrange(1, 180)}", f"{rng.randrange(10_000, 99_999)}", city, rng.choice(COUNTRY), folded(city))
         for i, city in ((i, rng.choice(CITY)) for i, *_ in people)),
    )  # fmt: skip
    tags = [named_id("tag", f":{name}").bytes for name in TAG]
    change.insert_many(customer.Tag, ("id", "name", "sort_key"), ((i, name, sort_key(name)) for i, name in zip(tags, TAG, strict=True)))
    change.insert_many(customer.RecordTag, ("id", "tag_id", "contact_id", "position"), ((new_id_bytes(), rng.choice(tags), i, 0) for i, *_ in people))
    crowd = _crowd(people, {i for i, _, _ in companies[: max(1, contacts // 500)]})
    stages = change.reader.rows("SELECT id, pipeline_id, outcome FROM stage ORDER BY position")
    _deals(change, rng, contacts // 5, people, stages, owner)
    now = now_ms()
    texts = (
        "asked for a price wants delivery before Easter sent the catalogue complained about the pallet will call again next week thanks for the samples".split()
    )
    change.insert_many(
        activity.Activity, ("id", "kind", "subject", "at", "company_id", "contact_id", "owner_id", "body"),
        (
            (new_id_bytes(), rng.choice(("call", "mail", "meeting", "note")), f"{rng.choice(('Call', 'Mail', 'Visit'))} {given}", now - rng.randrange(63_000_000_000), company, i, owner,
             " ".join(rng.choices(texts, k=12)))
            for i, given, _, company in (rng.choice(crowd if number % 4 == 0 and crowd else people) for number in range(contacts // 2))
        ),
    )  # fmt: skip


def _crowd(people: list[Any], busy: set[bytes]) -> list[Any]:
    """Return the people of the companies that one speaks to all the time: a hundredth of them have a quarter of the activities."""
    return [person for person in people if person[3] in busy]


def _more(rng: random.Random) -> tuple[Any, ...]:
    """Return salutation, title, department, birthday, language and lifecycle stage of a contact."""
    title = rng.choice(("Dr.", "Prof.")) if rng.random() < 0.125 else None
    birthday = f"{rng.randrange(1950, 2005)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
    return (
        rng.choice(("ms", "mr")),
        title,
        rng.choice(DEPARTMENT),
        birthday,
        rng.choice(("de", "en", "zh")),
        rng.choice(("potential", "active", "dormant", "lost")),
    )


def _phone(rng: random.Random, contact: bytes) -> tuple[Any, ...]:
    number = phone_number(rng)
    key = phone_key(number, "DE")
    return new_id_bytes(), contact, 0, number, key["e164"], key["extension"]


def _mail(contact: bytes, given: str, family: str, number: int) -> tuple[Any, ...]:
    address = f"{folded(given) if given.isascii() else 'w'}.{folded(family) if family.isascii() else 'x'}{number}@example{number % 997}.com"
    return new_id_bytes(), contact, 0, address, address


def _deals(change: Change, rng: random.Random, count: int, people: list[Any], stages: list[tuple[Any, ...]], owner: bytes | None) -> None:
    opened = [stage for stage in stages if stage[2] == "open"]
    closed = [stage for stage in stages if stage[2] != "open"]

    def rows() -> Any:
        now = now_ms()
        for index in range(count):
            stage = rng.choice(opened if index % 2 else closed)
            name, amount = f"{rng.choice(TRADE)} project {index}", rng.randrange(50_000, 9_000_000)
            person_id, _, _, company = rng.choice(people)
            day = f"2026-{rng.randrange(1, 12):02}-{rng.randrange(1, 28):02}"
            yield (
                new_id_bytes(), name, sort_key(name), company, person_id, stage[1], stage[0], amount, "EUR", amount, day, day if stage[2] != "open" else None, owner,
                now - rng.randrange(5_000_000_000), index * 1024,
            )  # fmt: skip

    columns = (
        "id", "name", "sort_key", "company_id", "contact_id", "pipeline_id", "stage_id", "amount", "currency", "amount_base", "opened_on", "closed_on", "owner_id", "stage_since",
        "position",
    )  # fmt: skip
    change.insert_many(deal.Deal, columns, rows())


def write_csv(path: Path, contacts: int, seed: int = 7) -> None:
    """Write people with phone, mail and company as a CSV file, as an export of another program would."""
    rng = random.Random(seed)  # noqa: S311
    companies = [company_name(rng, i) for i in range(contacts // 5)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("First Name", "Last Name", "Company", "Job Title", "Phone", "Email"))
        for number in range(contacts):
            given, family = person(rng)
            out.writerow((given, family, rng.choice(companies), rng.choice(ROLE), phone_number(rng), _mail(b"", given, family, number)[3]))
