"""Companies by their names, with or without the legal form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.words.legal_forms import may_be_one, split_form
from crmdesk.models.names import folded, pinyin, sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmdesk.store import Reader


def _listed(values: set[Any]) -> str:
    return json.dumps(sorted(values), ensure_ascii=False)


# Behind a name stands its legal form, after a blank or a comma: `acme gmbh`, `contoso, ltd.`
_BEHIND, _BEYOND = " ", "-"


def companies_called(reader: Reader, values: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], bytes]]:
    """Yield the live companies that names mean: legal forms may be missing, towns must not contradict; those of the same name in full come first.

    Args:
        values: folded names with the town as it is compared, which may be empty.
    """
    live = "t.deleted_at IS NULL"
    by_bare: dict[str, list[tuple[str, str, str]]] = {}
    values = set(values)
    for name, city in values:
        bare, form = split_form(name)
        by_bare.setdefault(bare, []).append((name, form, city))
    beginnings = {sort_key(bare) for bare in by_bare} | {sort_key(name) for name, _ in values}
    sql = (
        "SELECT t.name, t.id, (SELECT a.city_key FROM address a WHERE a.company_id = t.id AND a.deleted_at IS NULL ORDER BY a.position, a.id LIMIT 1) "
        f"FROM json_each(?) j JOIN company t ON t.sort_key = j.value AND {live} UNION ALL "
        "SELECT t.name, t.id, (SELECT a.city_key FROM address a WHERE a.company_id = t.id AND a.deleted_at IS NULL ORDER BY a.position, a.id LIMIT 1) "
        f"FROM json_each(?) j JOIN company t ON t.sort_key >= j.value || '{_BEHIND}' AND t.sort_key < j.value || '{_BEYOND}' AND {live}"
    )
    exact = {sort_key(name) for name, _ in values} | {
        f"{beginning}{pinyin(form)}" for beginning in beginnings for form in ("有限公司", "股份有限公司", "有限责任公司")
    }
    seen: list[tuple[tuple[str, str], bytes, bool]] = []
    for text, record, its_city in reader.rows(sql, (_listed(exact | beginnings), _listed(beginnings))):
        bare, its_form = split_form(text or "")
        for name, form, city in by_bare.get(bare, ()):
            if may_be_one(form, its_form) and (not city or not its_city or city == its_city):
                seen.append(((name, city), record, folded(text or "") == name))
    for key, record, _ in sorted(seen, key=lambda one: (not one[2], one[1])):
        yield key, record
