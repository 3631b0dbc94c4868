"""Companies by their names, with or without the legal form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.words.legal_forms import split_form
from crmdesk.models.names import folded, pinyin, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmdesk.store import Reader, Store


def _listed(values: set[Any]) -> str:
    return json.dumps(sorted(values), ensure_ascii=False)


# Behind a name stands its legal form, after a blank or a comma: `acme gmbh`, `contoso, ltd.`
_BEHIND, _BEYOND = " ", "-"
_CHINESE_FORMS = ("有限公司", "股份有限公司", "有限责任公司")
_SEVERAL = "several"


class LegalForms:
    """Which legal forms companies have that are called the same but for them, in the store and in the files of an import.

    A name without a form means the company with the one form that there is; where there are several it means none of them, and none of them means it.
    That does not depend on the order of rows, so the files are read for it as a whole, the first time that it matters.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sources: list[Callable[[], Iterable[str]]] = []
        self._in_files: dict[int, str] = {}
        self._in_store: dict[str, str] = {}

    def read_from(self, names: Callable[[], Iterable[str]]) -> None:
        """Take the companies of one more file into account.

        Args:
            names: reads their names.
        """
        self._sources.append(names)

    def is_one(self, name: str, form: str, other: str) -> bool:
        """Say whether two companies are the same whose names are one but for their legal forms, which may be missing.

        Args:
            name: what one of them is called, folded. form: its legal form. other: that of the other one.
        """
        return form == other or (not (form and other) and self._only(name) == (form or other))

    def has_one(self, name: str, form: str) -> bool:
        """Say whether companies of a name have one legal form at all, and that one if it is given."""
        only = self._only(name)
        return only == form if form else only != _SEVERAL

    def _only(self, name: str) -> str:
        """Return the one form that companies of a name have, empty where none says one."""
        bare, _ = split_form(name)
        while self._sources:
            for each in self._sources.pop()():
                known, form = split_form(each)
                if form:
                    key = hash(known)
                    self._in_files[key] = form if self._in_files.get(key, form) == form else _SEVERAL
        if bare not in self._in_store:
            with self._store.read() as reader:
                forms = {form for _, _, _, its, form in _called(reader, {bare}, {name}) if its == bare and form}
            self._in_store[bare] = _SEVERAL if len(forms) > 1 else next(iter(forms), "")
        here, there = self._in_files.get(hash(bare), ""), self._in_store[bare]
        return here if not there else there if here in {"", there} else _SEVERAL


def companies_called(reader: Reader, values: Iterable[tuple[str, str]], forms: LegalForms) -> Iterator[tuple[tuple[str, str], bytes]]:
    """Yield the live companies that names mean: legal forms may be missing, towns must not contradict; those of the same name in full come first.

    Args:
        values: folded names with the town as it is compared, which may be empty.
    """
    by_bare: dict[str, list[tuple[str, str, str]]] = {}
    values = set(values)
    for name, city in values:
        bare, form = split_form(name)
        by_bare.setdefault(bare, []).append((name, form, city))
    seen: list[tuple[tuple[str, str], bytes, bool]] = []
    for text, record, towns, bare, its_form in _called(reader, set(by_bare), {name for name, _ in values}):
        for name, form, city in by_bare.get(bare, ()):
            if (not city or not towns or city in towns.split("\n")) and forms.is_one(name, form, its_form):
                seen.append(((name, city), record, folded(text) == name))
    for key, record, _ in sorted(seen, key=lambda one: (not one[2], one[1])):
        yield key, record


def _called(reader: Reader, bares: set[str], names: set[str]) -> Iterator[tuple[str, bytes, str | None, str, str]]:
    """Yield the live companies that are called so, with or without a legal form: name, id, towns in lines, the name without its form, the form."""
    live = "t.deleted_at IS NULL"
    towns = "(SELECT group_concat(a.city_key, char(10)) FROM address a WHERE a.company_id = t.id AND a.city_key <> '' AND a.deleted_at IS NULL)"
    exact = {sort_key(name) for name in names}
    beginnings = {sort_key(bare) for bare in bares} | exact
    exact |= {f"{beginning}{pinyin(form)}" for beginning in beginnings for form in _CHINESE_FORMS}
    sql = (
        f"SELECT t.name, t.id, {towns} FROM json_each(?) j JOIN company t ON t.sort_key = j.value AND {live} UNION ALL "
        f"SELECT t.name, t.id, {towns} FROM json_each(?) j JOIN company t ON t.sort_key >= j.value || '{_BEHIND}' AND t.sort_key < j.value || '{_BEYOND}' AND {live}"
    )
    for text, record, its in reader.rows(sql, (_listed(exact | beginnings), _listed(beginnings))):
        bare, form = split_form(text or "")
        yield text or "", record, its, bare, form
