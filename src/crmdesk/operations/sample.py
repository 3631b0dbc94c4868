"""Sample data: an invented maker of cold-chain boxes with its customers, a year of work, and what is open today."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.clock import to_ms
from crmdesk.fields import to_minor
from crmdesk.i18n import mark, speaking
from crmdesk.models.activity import Activity, Task
from crmdesk.models.calendar import is_working_day, working_minutes
from crmdesk.models.checks import credit_code_check_digit
from crmdesk.models.customer import Address, Company, Contact, Email, Memo, Phone
from crmdesk.models.deal import Deal, DealContact, DealProduct
from crmdesk.models.lead import Lead
from crmdesk.models.member import Member
from crmdesk.models.names import display_name, folded, pinyin
from crmdesk.models.product import ExchangeRate, Product
from crmdesk.models.quote import Quote
from crmdesk.models.ticket import Article, Queue, SavedAnswer, ServiceLevel
from crmdesk.models.workspace import SavedView
from crmdesk.operations import deals, quotes, setup, tasks, tickets, values
from crmdesk.operations.records import change_settings
from crmdesk.queries.deals import StageFacts, stages
from crmdesk.queries.finding import Condition
from crmdesk.queries.service import business_calendar
from crmdesk.resources import resource
from crmdesk.store.door import BEGAN, Change, operation
from crmdesk.store.settings import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

RATES = {"USD": Decimal("0.862"), "GBP": Decimal("1.148"), "CNY": Decimal("0.1213"), "CHF": Decimal("1.067")}
# What a euro's worth is written as, so that prices look usual in the store's currency.
SCALES = {"CNY": 8, "JPY": 160, "KRW": 1500, "INR": 95}
CULTURES = {
    "DE": "german", "AT": "german", "CH": "german", "CN": "chinese", "SG": "chinese", "FR": "french", "SE": "nordic", "DK": "nordic", "NL": "dutch", "IT": "southern",
    "PT": "southern", "PL": "slavic", "CZ": "slavic", "JP": "japanese",
}  # fmt: skip
LANGUAGES = {"DE": "de", "AT": "de", "CH": "de", "CN": "zh"}
WORDS = dict[str, str]


@operation(mark("Fill with sample data"), right="store.write", undoable=False, because=BEGAN)
def fill(change: Change, seed: int = 20) -> None:
    """Fill a store with sample data in its language, dated around today; the same seed gives the same content."""
    with speaking(change.settings.language):
        setup.basics(change)
        _Sample(change, seed).make()


class _Sample:
    """Makes the sample, part by part; later parts use what earlier ones made."""

    def __init__(self, change: Change, seed: int) -> None:
        self.change = change
        self.rng = random.Random(seed)  # noqa: S311 - the same each time, not secret
        self.language = change.settings.language
        self.texts: dict[str, Any] = _read("texts.json")
        self.now = change.at
        self.today = change.at.astimezone(change.settings.tz).date()
        self.scale = SCALES.get(change.settings.currency, 1)
        self.companies: list[tuple[Company, dict[str, Any]]] = []
        self.people: dict[UUID, list[Contact]] = {}
        self.products: list[Product] = []
        self.deals: list[tuple[Deal, StageFacts]] = []
        self.calendar = business_calendar(change.reader)

    def say(self, words: WORDS, **filled: str) -> str:
        """Return a text in the store's language."""
        return words[self.language].format(**filled) if filled else words[self.language]

    def make(self) -> None:
        """Make everything, each part out of those before it."""
        self._settings()
        self._members()
        self._products()
        self._companies()
        self._leads()
        self._deals()
        self._activities()
        self._tasks()
        self._tickets()
        self._quotes()
        self._views()
        self.change.flush()

    # -- times -------------------------------------------------------------------------------------------------------------------

    def working_day(self, days_ago: int) -> date:
        """Return a day so long ago on which people work."""
        day = self.today - timedelta(days=days_ago)
        while not is_working_day(day, self.calendar):
            day -= timedelta(days=1)
        return day

    def office_hours(self, day: date) -> datetime:
        """Return a moment of a day at which people work; never one to come."""
        at = datetime.combine(day, time(9 + self.rng.randrange(8), self.rng.choice((0, 5, 10, 20, 30, 40, 45, 50))), self.change.settings.tz)
        return min(at, self.now - timedelta(minutes=self.rng.randrange(5, 50)))

    def working_time_ago(self, minutes: int) -> datetime:
        """Return the moment from which so many working minutes have passed until now."""
        at = self.now
        while working_minutes(at, self.now, self.calendar) < minutes:
            at -= timedelta(minutes=2)
        return at

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Let operations believe that it is another moment."""
        change, before = self.change, (self.change.at, self.change.at_ms)
        change.flush()
        change.at, change.at_ms = moment, to_ms(moment)
        try:
            yield
        finally:
            change.flush()
            change.at, change.at_ms = before

    # -- ground ------------------------------------------------------------------------------------------------------------------

    def _settings(self) -> None:
        own = self.texts["company_zh" if self.language == "zh" else "company"]
        wanted: dict[str, Any] = {f"company_{name}": value for name, value in own.items()}
        wanted = {name: value for name, value in wanted.items() if not getattr(self.change.settings, name)}
        wanted["areas"] = tuple(AREAS)
        change_settings(self.change, wanted)
        # The quotes below are issued with the new letterhead.
        self.change.settings = self.change.reader.settings = self.change.settings.changed(wanted)
        if self.change.settings.currency == "EUR":
            for code, rate in RATES.items():
                self.change.add(ExchangeRate, code=code, rate=rate, on=self.today - timedelta(days=400))

    def _members(self) -> None:
        jonas = self.change.add(Member, name="Jonas Stein", email="jonas.stein@nordlicht.example", role="sales", is_active=True)
        anne = self.change.add(Member, name="Anne Lindt", email="anne.lindt@nordlicht.example", role="service", is_active=True)
        self.change.flush()
        self.me, self.jonas, self.anne = self.change.member_id, jonas.id, anne.id

    def owner(self) -> UUID | None:
        """Return who looks after something: mostly oneself."""
        return self.rng.choices((self.me, self.jonas, self.anne), (6, 3, 1))[0]

    def price(self, text: str) -> Decimal:
        """Return a price of the sample in the store's currency."""
        return Decimal(text) * self.scale

    def _products(self) -> None:
        settings = self.change.settings
        for item in self.texts["products"]:
            self.products.append(self.change.add(
                Product, code=item["code"], name=self.say(item["name"]), unit=self.say(item["unit"]), category=self.say(item["category"]), price=self.price(item["price"]),
                currency=settings.currency, tax_category="S" if Decimal(settings.tax_rate) else "Z", tax_rate=Decimal(settings.tax_rate), is_active=True,
            ))  # fmt: skip
        self.change.flush()

    # -- customers ---------------------------------------------------------------------------------------------------------------

    def _companies(self) -> None:
        from babel import Locale

        territories = Locale.parse({"zh": "zh_Hans"}.get(self.language, self.language)).territories
        names = _Names(_read("people.json"), self.rng)
        by_name: dict[str, UUID] = {}
        for index, item in enumerate(_read("companies.json")):
            company = self.change.add(
                Company, name=item["name"], customer_number=f"K-{10_010 + 7 * index}", industry=self.say(self.texts["industries"][item["industry"]]),
                employees=item["employees"], tier=item["tier"], lifecycle=item["lifecycle"], website=f"www.{item['domain']}.example", language=LANGUAGES.get(item["country"], "en"),
                owner_id=self.owner(), payment_days=self.rng.choice((14, 30, 30, 30, 60)), parent_id=by_name.get(item.get("parent", "")), **self._tax_ids(item["country"], index),
            )  # fmt: skip
            by_name[item["name"]] = company.id
            self._reach(company, item, str(territories.get(item["country"], item["country"])))
            self.companies.append((company, item))
            self.people[company.id] = [self._person(company, item, names, place) for place in range(self.rng.choice((1, 2, 2, 2, 3)))]
        self.change.flush()
        for company, item in self.companies:
            if tags := item.get("tags"):
                values.add_tags(self.change, company, [self.say(self.texts["tags"][tag]) for tag in tags])
        self._birthdays()

    def _tax_ids(self, country: str, index: int) -> dict[str, str]:
        if country == "CN":
            first = f"91310115MA1K{index:05}"
            return {"credit_code": first + credit_code_check_digit(first)}
        patterns = {"DE": f"DE{811_500_000 + index * 1017}", "AT": f"ATU{61_000_000 + index * 1017}", "GB": f"GB{961_000_000 + index * 1017}"}
        return {"vat_id": patterns[country]} if country in patterns and index % 5 else {}

    def _reach(self, company: Company, item: dict[str, Any], country: str) -> None:
        self.change.add(Phone, company_id=company.id, number=item["phone"], position=0)
        self.change.add(Email, company_id=company.id, address=f"info@{item['domain']}.example", position=0)
        self.change.add(
            Address, company_id=company.id, position=0, street=item["street"], postal_code=item["postal_code"], city=item["city"], state=item.get("state"), country=country
        )  # fmt: skip
        if self.rng.random() < 0.3:
            self.change.add(Memo, company_id=company.id, text=self.say(self.rng.choice(self.texts["memos"])))

    def _person(self, company: Company, item: dict[str, Any], names: _Names, place: int) -> Contact:
        given, family, salutation = names.draw(CULTURES.get(item["country"], "english"))
        roles = self.texts["roles"]
        contact = self.change.add(
            Contact, given_name=given, family_name=family, salutation=salutation, role=self.say(roles[0] if place == 0 and self.rng.random() < 0.4 else self.rng.choice(roles[1:])),
            company_id=company.id, owner_id=company.owner_id, language=company.language, lifecycle=company.lifecycle,
        )  # fmt: skip
        self.change.add(Phone, contact_id=contact.id, number=f"{item['phone'][:-2]}{11 + place * 7}", position=0)
        self.change.add(Email, contact_id=contact.id, address=f"{_plain(given)}.{_plain(family)}@{item['domain']}.example", position=0)
        return contact

    def _birthdays(self) -> None:
        everybody = [person for people in self.people.values() for person in people]
        for contact in self.rng.sample(everybody, 40):
            contact.birthday = date(self.rng.randrange(1958, 2001), self.rng.randrange(1, 13), self.rng.randrange(1, 28))
        mine = [contact for contact in everybody if contact.owner_id == self.me]
        for contact, ahead in zip(self.rng.sample(mine, 2), (3, 6), strict=True):
            day = self.today + timedelta(days=ahead)
            contact.birthday = date(1971 + ahead, day.month, min(day.day, 28))

    def _leads(self) -> None:
        for index, (given, family, name, phone) in enumerate(self.texts["leads"]):
            status = ("new", "new", "working", "new", "working", "qualified", "new", "working", "new", "disqualified", "working", "new")[index]
            owner = None if status == "new" else self.owner()
            arrived = self.office_hours(self.working_day(self.rng.randrange(1, 60)))
            lead = self.change.add(
                Lead, given_name=given or None, family_name=family or None, company_name=name, status=status, origin=self.say(self.rng.choice(self.texts["sources"])), owner_id=owner,
                arrived_at=arrived, claimed_at=arrived + timedelta(hours=3) if owner else None, amount=self._minor(self.rng.randrange(1, 30) * 500), currency=self.change.settings.currency,
            )  # fmt: skip
            self.change.add(Phone, lead_id=lead.id, number=phone, position=0)
        self.change.flush()

    def _minor(self, euros: int | Decimal) -> int:
        return to_minor(Decimal(euros) * self.scale, self.change.settings.currency)

    # -- deals -------------------------------------------------------------------------------------------------------------------

    def _deals(self) -> None:
        known = [stage for stage in stages(self.change.reader) if str(stage.pipeline_id) == self.change.settings.pipeline] or stages(self.change.reader)
        opened = [stage for stage in known if stage.outcome == "open"]
        won = next(stage for stage in known if stage.outcome == "won")
        lost = next(stage for stage in known if stage.outcome == "lost")
        plan = [stage for stage, count in (*zip(opened, (8, 6, 6, 5), strict=False), (won, 15), (lost, 4)) for _ in range(count)]
        names = [self.say(words) for words in self.texts["deals"]] * 2
        able = [pair for pair in self.companies if pair[1]["lifecycle"] in {"active", "potential"}]
        customers = self.rng.sample(able, len(able))
        for index, stage in enumerate(plan):
            company, item = customers[index % len(customers)]
            self._deal(names[index % len(names)], company, item, stage, index)
        self.change.flush()

    def _deal(self, name: str, company: Company, item: dict[str, Any], stage: StageFacts, index: int) -> None:
        if stage.outcome == "open":
            opened, closed = self.working_day(self.rng.randrange(4, 80)), None
            expected = self.today + timedelta(days=self.rng.randrange(2, 75)) if index % 4 else self._this_month()
        else:
            # Evenly over the last eleven months, so that no month of the chart is empty.
            closed = self.working_day(2 + 22 * (index - 25) % 330)
            opened, expected = closed - timedelta(days=self.rng.randrange(14, 70)), closed
        moved = self.office_hours(closed or self.working_day(self.rng.randrange(1, 30)))
        currency = "USD" if item["country"] == "US" and self.change.settings.currency == "EUR" else self.change.settings.currency
        lines = self._lines()
        rate = RATES["USD"] if currency != self.change.settings.currency else Decimal(1)
        prices = [((product.price or Decimal(0)) / rate).quantize(Decimal("0.01")) for product, _ in lines]
        amount = sum((price * quantity for price, (_, quantity) in zip(prices, lines, strict=True)), Decimal(0))
        person = self.rng.choice(self.people[company.id])
        deal = self.change.add(
            Deal, name=name, company_id=company.id, contact_id=person.id, pipeline_id=stage.pipeline_id, stage_id=stage.id, amount=to_minor(amount, currency), currency=currency,
            exchange_rate=None if currency == self.change.settings.currency else rate, expected_close_on=expected, opened_on=opened, closed_on=closed, stage_since=moved,
            owner_id=company.owner_id if stage.outcome == "open" else (self.me, self.jonas, self.me, self.anne, self.jonas)[index % 5],
            origin=self.say(self.rng.choice(self.texts["sources"])), product_id=lines[0][0].id, position=deals.GAP * (200 - index),
            lost_reason=self.say(self.rng.choice(self.texts["loss_reasons"])) if stage.outcome == "lost" else None,
        )  # fmt: skip
        for position, (product, quantity) in enumerate(lines, 1):
            self.change.add(DealProduct, deal_id=deal.id, product_id=product.id, quantity=quantity, unit_price=prices[position - 1], position=position)
        for position, other in enumerate(self.people[company.id], 1):
            self.change.add(DealContact, deal_id=deal.id, contact_id=other.id, role=("decides", "influences", "uses")[position % 3], position=position)
        self.deals.append((deal, stage))

    def _lines(self) -> list[tuple[Product, Decimal]]:
        """Return products with quantities that together are worth some thousands."""
        while True:
            lines = []
            for product in self.rng.sample(self.products, self.rng.choice((1, 2, 2, 3))):
                is_dear = (product.price or 0) > 1000 * self.scale
                lines.append((product, Decimal(self.rng.choice((1, 2, 3, 4) if is_dear else (2, 10, 20, 40, 60, 120)))))
            worth = sum((product.price or Decimal(0)) * quantity for product, quantity in lines) / self.scale
            if 3_000 <= worth <= 45_000:
                return lines

    def _this_month(self) -> date:
        """Return a day of this month that is still to come, or its last."""
        last = (self.today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return min(self.today + timedelta(days=self.rng.randrange(1, 12)), last)

    # -- what happened and what is to be done --------------------------------------------------------------------------------------

    def _activities(self) -> None:
        by_company: dict[UUID, list[Deal]] = {}
        for deal, _ in self.deals:
            if deal.company_id:
                by_company.setdefault(deal.company_id, []).append(deal)
        for company, item in self.companies:
            count = {"a": 6, "b": 3, "c": 2}[item["tier"]] + 2 * len(by_company.get(company.id, []))
            earliest, latest = {"dormant": (360, 110), "lost": (350, 130)}.get(item["lifecycle"], (340, 1))
            if item["lifecycle"] == "active" and self.rng.random() < 0.12:
                latest = 95
            for _ in range(min(count, 7)):
                days_ago = latest + int((earliest - latest) * self.rng.random() ** 1.7)
                self._activity(company, by_company.get(company.id, []), days_ago)
        self.change.flush()

    def _activity(self, company: Company, its_deals: Sequence[Deal], days_ago: int) -> None:
        plan, person = self.rng.choice(self.texts["activities"]), self.rng.choice(self.people[company.id])
        filled = {"person": _display(person), "product": self.rng.choice(self.products).name or ""}
        day = self.working_day(days_ago)
        deal = next((deal for deal in its_deals if deal.opened_on and deal.opened_on <= day and (deal.closed_on is None or day <= deal.closed_on)), None)
        self.change.add(
            Activity, kind=plan["kind"], subject=self.say(plan["subject"], **filled), body=self.say(plan["body"], **filled), direction=plan.get("direction"),
            minutes=plan.get("minutes"), at=self.office_hours(day), company_id=company.id, contact_id=person.id, deal_id=deal.id if deal else None, owner_id=company.owner_id,
        )  # fmt: skip

    def _tasks(self) -> None:
        opened = [deal for deal, stage in self.deals if stage.outcome == "open"]
        plan = [-6, -2, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 7, 9, 12, 15, 20, 28, *[None] * 6]
        for index, (deal, ahead) in enumerate(zip(self.rng.sample(opened, len(plan)) if len(opened) >= len(plan) else opened, plan, strict=False)):
            person = next(person for person in self.people[deal.company_id] if person.id == deal.contact_id) if deal.company_id else None
            words = self.texts["tasks"][index % len(self.texts["tasks"])]
            subject = self.say(words, person=_display(person)) if person else self.say(words)
            due = None if ahead is None else self.today + timedelta(days=ahead)
            at = datetime.combine(due, time(10 + index % 6, 30 * (index % 2)), self.change.settings.tz) if due and index % 3 == 0 else None
            done = self.office_hours(self.working_day(self.rng.randrange(2, 60))) if ahead is None else None
            self.change.add(
                Task, subject=subject, due_on=done.date() if done else due, due_at=at, remind_at=at - timedelta(minutes=15) if at else None, done_at=done,
                owner_id=self.me if index % 4 else deal.owner_id, company_id=deal.company_id, contact_id=deal.contact_id, deal_id=deal.id,
            )  # fmt: skip
        monday = self.today + timedelta(days=7 - self.today.weekday())
        tasks.add(self.change, self.say(self.texts["recurring"]), due_on=monday, repeats="week")
        month_end = (self.today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        tasks.add(self.change, self.say(self.texts["month_end"]), due_on=month_end, repeats="month")
        self.change.flush()

    # -- service -----------------------------------------------------------------------------------------------------------------

    def _tickets(self) -> None:
        for item in self.texts["answers"]:
            self.change.add(SavedAnswer, title=self.say(item["title"]), body=self.say(item["body"]), language=self.language)
        articles = [
            self.change.add(
                Article,
                title=self.say(item["title"]),
                category=self.say(item["category"]),
                body=self.say(item["body"]),
                language=self.language,
                status="published",
            )
            for item in self.texts["articles"]
        ]
        gold = self.change.add(
            ServiceLevel, name=self.say(self.texts["gold"]), urgent_first_reply_minutes=30, high_first_reply_minutes=60, normal_first_reply_minutes=240, low_first_reply_minutes=480,
            urgent_resolution_minutes=240, high_resolution_minutes=360, normal_resolution_minutes=960, low_resolution_minutes=1920,
        )  # fmt: skip
        self.change.flush()
        queues = [self.change.add(Queue, name=self.say(words), position=position) for position, words in enumerate(self.texts["queues"], 2)]
        self.change.flush()
        active = [(company, item) for company, item in self.companies if item["lifecycle"] == "active"]
        plans = list(reversed(self.texts["tickets"]))
        for index, (plan, (company, item)) in enumerate(zip(plans, self.rng.sample(active, len(plans)), strict=True)):
            level = gold.id if item["tier"] == "a" else None
            self._ticket(plan, company, self._opened(plan["state"], index), level, queues[index % 2].id, articles[0].id)

    def _opened(self, state: str, index: int) -> datetime:
        """Return when a ticket was opened: what is unanswered not long ago, what is closed longer ago."""
        minutes = {"new": 18, "open": 100, "waiting": 600, "resolved": 700}.get(state)
        if minutes is not None:
            return self.working_time_ago(minutes + 25 * (index % 4) * (state != "new"))
        return self.office_hours(self.working_day(46 - 7 * index))

    def _ticket(self, plan: dict[str, Any], company: Company, opened: datetime, level: UUID | None, queue: UUID, article: UUID) -> None:
        person = self.rng.choice(self.people[company.id])
        (_, first), *rest = plan["talk"]
        with self.at(opened):
            ticket = tickets.open_ticket(
                self.change, self.say(plan["subject"]), contact_id=person.id, company_id=company.id, message=self.say(first), priority=plan["priority"], channel=plan["channel"],
                queue_id=queue, owner_id=None if plan["state"] == "new" and plan["priority"] == "normal" else self.rng.choice((self.anne, self.anne, self.me)), service_level_id=level,
            )  # fmt: skip
        at = opened
        for kind, words in rest:
            at = min(at + timedelta(minutes=self.rng.randrange(8, 25)), self.now - timedelta(minutes=1))
            with self.at(at):
                match kind:
                    case "in":
                        tickets.receive(self.change, ticket, self.say(words))
                    case "note":
                        tickets.note(self.change, ticket, self.say(words), article_id=article)
                    case _:
                        tickets.reply(self.change, ticket, self.say(words), wait=kind == "wait")
        if plan["state"] in {"resolved", "closed"}:
            with self.at(min(at + timedelta(minutes=self.rng.randrange(30, 90)), self.now - timedelta(minutes=1))):
                tickets.resolve(self.change, ticket, self.say(self.texts["resolution"]))
                if csat := plan.get("csat"):
                    tickets.rate(self.change, ticket, csat)
                if plan["state"] == "closed":
                    tickets.close(self.change, ticket, call_back=(self.now - opened).days < 8)

    # -- quotes ------------------------------------------------------------------------------------------------------------------

    def _quotes(self) -> None:
        by_outcome: dict[str, list[Deal]] = {}
        for deal, stage in self.deals:
            place = stage.outcome if stage.outcome != "open" else "late" if (stage.win_rate or 0) >= 50 else "early"
            by_outcome.setdefault(place, []).append(deal)
        plan: list[tuple[Deal, datetime, str]] = []
        for deal, days_ago in zip(by_outcome.get("late", []), (3, 26, 8, 12, 17, 5), strict=False):
            plan.append((deal, self.office_hours(self.working_day(days_ago)), "issued"))
        for outcome, answer, most in (("won", "accepted", 4), ("lost", "declined", 1)):
            for deal in by_outcome.get(outcome, [])[:most]:
                plan.append((deal, self.office_hours(self.working_day((self.today - (deal.closed_on or self.today)).days + 6)), answer))
        for deal, issued, answer in sorted(plan, key=lambda item: item[1]):
            self._quote(deal, issued, answer)
        for deal in by_outcome.get("early", [])[:1]:
            quotes.from_deal(self.change, deal.id)

    def _quote(self, deal: Deal, issued: datetime, answer: str) -> None:
        with self.at(issued):
            quote_id = quotes.from_deal(self.change, deal.id)
            quotes.issue(self.change, quote_id)
            quote = self.change.get(Quote, quote_id)
            quote.sent_at = quote.left_at = issued + timedelta(minutes=4)
        if answer == "issued":
            return
        closed = self.office_hours(deal.closed_on) if deal.closed_on else self.now
        with self.at(max(closed, issued + timedelta(hours=2))):
            if answer == "accepted":
                quotes.accept(self.change, quote_id)
            else:
                quotes.decline(self.change, quote_id, deal.lost_reason)

    # -- views -------------------------------------------------------------------------------------------------------------------

    def _views(self) -> None:
        opened = [str(stage.id) for stage in stages(self.change.reader) if stage.outcome == "open"]
        names = {str(stage.id): stage.name for stage in stages(self.change.reader)}
        companies = ("name", "industry", "phone", "address.city", "address.country", "lifecycle", "tags", "owner", "last_contact_at")
        key, closing, silent = self.texts["views"]
        self._view(key, "company", "star", companies, [Condition("tags", "=", self.say(self.texts["tags"]["key"]))])
        closing_conditions = [Condition("stage", "in", ", ".join(opened), tuple(opened)), Condition("expected_close_on", "=", "this_month")]
        self._view(closing, "deal", "flame", ("name", "company", "stage", "amount", "expected_close_on", "owner"), closing_conditions, names)
        self._view(silent, "company", "moon", companies, [Condition("lifecycle", "=", "active"), Condition("last_contact_at", "<", "today-90")])

    def _view(self, words: WORDS, about: str, icon: str, columns: Sequence[str], conditions: Sequence[Condition], names: dict[str, str] | None = None) -> None:
        shown = {"columns": columns, "widths": None, "sort": [], "conditions": [asdict(condition) for condition in conditions], "names": names or {}}
        count = self.change.reader.value("SELECT count(*) FROM saved_view")
        self.change.add(
            SavedView,
            name=self.say(words),
            about=about,
            icon=icon,
            is_team=True,
            owner_id=self.me,
            position=count,
            definition=json.dumps(shown, ensure_ascii=False),
        )


class _Names:
    """Draws names of persons, each but once."""

    def __init__(self, lists: dict[str, dict[str, list[str]]], rng: random.Random) -> None:
        self._lists = lists
        self._rng = rng
        self._drawn: set[tuple[str, str]] = set()

    def draw(self, culture: str) -> tuple[str, str, str]:
        """Return given name, family name and salutation."""
        while True:
            sex = self._rng.choice("fm")
            name = self._rng.choice(self._lists[culture][sex]), self._rng.choice(self._lists[culture]["family"])
            if name not in self._drawn:
                self._drawn.add(name)
                return *name, "ms" if sex == "f" else "mr"


def _read(name: str) -> Any:
    return json.loads(resource(f"sample/{name}").read_text(encoding="utf-8"))


def _plain(name: str) -> str:
    """Return a name as it stands in a mail address."""
    return "".join(c for c in folded(pinyin(name).replace("ö", "oe").replace("ü", "ue").replace("ä", "ae")) if c.isalnum())


def _display(contact: Contact) -> str:
    return display_name(contact.given_name, contact.family_name)
