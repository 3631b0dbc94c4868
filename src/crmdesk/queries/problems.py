"""What can be wrong with a record: rules as SQL, by which lists are filtered and the quality of the data is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.clock import now_ms, today
from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader

SILENT_DAYS = 365
DIMENSIONS = {
    "completeness": mark("Complete"),
    "validity": mark("Valid"),
    "uniqueness": mark("Unique"),
    "timeliness": mark("Up to date"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong.

    Attributes:
        dimension: a key of `DIMENSIONS`.
        label: marked; said of a record that has the problem.
        sql: true for a record of table `t` that has it; `{silent}` and `{silent_id}` stand for the moment and the id a year ago, `{today}` for the date.
        sql_of_all: the same for a query over all records, where looking each one up would take long.
    """

    name: str
    entity: str
    dimension: str
    label: str
    sql: str
    sql_of_all: str = ""


def _no(part: str, owner: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {part} p WHERE p.{owner}_id = t.id AND p.deleted_at IS NULL)"


def _empty(column: str) -> str:
    return f"ifnull(t.{column}, '') = ''"


def _shared(part: str, key: str, owner: str, more: str = "") -> str:
    """Another record has a part with the same key."""
    return (
        f"EXISTS (SELECT 1 FROM {part} p JOIN {part} o ON o.{key} = p.{key} AND o.{owner}_id IS NOT NULL AND o.{owner}_id <> t.id AND o.deleted_at IS NULL{more} "
        f"WHERE p.{owner}_id = t.id AND p.{key} <> '' AND p.deleted_at IS NULL)"
    )


def _reachable(owner: str) -> tuple[Rule, ...]:
    """Rules of everybody who can be called and written to."""
    return (
        Rule("unreachable", owner, "completeness", mark("Neither phone number nor mail address"), f"{_no('phone', owner)} AND {_no('email', owner)}"),
        Rule("phone_unreadable", owner, "validity", mark("A phone number that nobody can dial"),
             f"EXISTS (SELECT 1 FROM phone p WHERE p.{owner}_id = t.id AND ifnull(p.e164, '') = '' AND p.deleted_at IS NULL)"),
        Rule("mail_unreadable", owner, "validity", mark("A mail address that can't be one"),
             f"EXISTS (SELECT 1 FROM email p WHERE p.{owner}_id = t.id AND p.deleted_at IS NULL AND (p.key NOT LIKE '_%@_%._%' OR p.key LIKE '% %'))"),
        Rule("mail_shared", owner, "uniqueness", mark("Another one has the same mail address"), _shared("email", "key", owner)),
    )  # fmt: skip


_SILENT = "ifnull(t.last_contact_at, 0) < {silent} AND t.id < {silent_id}"
_RULES = (
    *_reachable("company"),
    Rule("no_people", "company", "completeness", mark("Nobody known there"), "NOT EXISTS (SELECT 1 FROM contact p WHERE p.company_id = t.id AND p.deleted_at IS NULL)"),
    Rule("no_address", "company", "completeness", mark("No address"), _no("address", "company")),
    Rule("no_industry", "company", "completeness", mark("No industry"), _empty("industry")),
    Rule("no_tax_id", "company", "completeness", mark("No tax number"), f"{_empty('vat_id')} AND {_empty('credit_code')}"),
    Rule("no_owner", "company", "completeness", mark("Nobody looks after it"), "t.owner_id IS NULL"),
    Rule("name_shared", "company", "uniqueness", mark("Another company has the same name"),
         "EXISTS (SELECT 1 FROM company o WHERE o.sort_key = t.sort_key AND o.id <> t.id AND o.deleted_at IS NULL)"),
    Rule("silent", "company", "timeliness", mark("No contact for a year"), _SILENT),
    *_reachable("contact"),
    Rule("no_full_name", "contact", "completeness", mark("Given or family name is missing"), f"{_empty('given_name')} OR {_empty('family_name')}"),
    Rule("no_company", "contact", "completeness", mark("No company"), "t.company_id IS NULL"),
    Rule("no_role", "contact", "completeness", mark("No job title"), _empty("role")),
    Rule("born_later", "contact", "validity", mark("Born in the future"), "t.birthday > '{today}'"),
    Rule("name_shared", "contact", "uniqueness", mark("Another contact of the same company has the same name"),
         "EXISTS (SELECT 1 FROM contact o WHERE o.sort_key = t.sort_key AND o.id <> t.id AND o.company_id IS t.company_id AND o.deleted_at IS NULL)",
         "(t.sort_key, ifnull(t.company_id, '')) IN (SELECT sort_key, ifnull(company_id, '') FROM contact WHERE deleted_at IS NULL GROUP BY 1, 2 HAVING count(*) > 1)"),
    Rule("silent", "contact", "timeliness", mark("No contact for a year"), _SILENT),
    *_reachable("lead"),
    Rule("silent", "lead", "timeliness", mark("Open for a year"), "t.status NOT IN ('converted', 'disqualified') AND t.id < {silent_id}"),
    Rule("no_amount", "deal", "completeness", mark("No amount"), "t.amount IS NULL"),
    Rule("no_customer", "deal", "completeness", mark("No company and no contact"),
         "t.company_id IS NULL AND NOT EXISTS (SELECT 1 FROM deal_contact p WHERE p.deal_id = t.id AND p.deleted_at IS NULL)"),
    Rule("no_close_date", "deal", "completeness", mark("Open without an expected close"),
         "t.expected_close_on IS NULL AND EXISTS (SELECT 1 FROM stage s WHERE s.id = t.stage_id AND s.outcome = 'open')"),
    Rule("close_date_past", "deal", "timeliness", mark("Open past its expected close"),
         "t.expected_close_on < '{today}' AND EXISTS (SELECT 1 FROM stage s WHERE s.id = t.stage_id AND s.outcome = 'open')"),
)  # fmt: skip
MEASURED = tuple(dict.fromkeys(rule.entity for rule in _RULES))


def rules_of(entity: str) -> tuple[Rule, ...]:
    """Return what can be wrong with records of an entity; empty where nothing is looked at."""
    return tuple(rule for rule in _RULES if rule.entity == entity)


def problem_sql(rule: Rule, reader: Reader, *, of_few: bool = False) -> str:
    """Return the rule as a condition on table `t`; `of_few` if the query looks at a few records only."""
    silent = now_ms() - SILENT_DAYS * 86_400_000
    first_id = f"x'{(silent << 80).to_bytes(16, 'big').hex()}'"  # an id begins with the moment it was made at
    sql = rule.sql if of_few or not rule.sql_of_all else rule.sql_of_all
    day = today(reader.settings.tz)
    return f"({sql.format(silent=silent, silent_id=first_id, today=day.isoformat())})"


def rules_named(entity: str, name: str) -> tuple[Rule, ...]:
    """Return the rule of a name, or all rules of a dimension.

    Raises:
        UserError: records of this entity have no such problem.
    """
    known = rules_of(entity)
    found = tuple(rule for rule in known if name in {rule.name, rule.dimension})
    if not found:
        names = ", ".join(dict.fromkeys([*(rule.name for rule in known), *(rule.dimension for rule in known)]))
        raise UserError(tr("There is no problem “{name}”.", name=name), hint=tr("The problems are: {names}.", names=names or "–"))
    return found
