"""Companies that rows refer to: a legal form may be missing where there is only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.values.links import Book, Made, name_key
from crmdesk.exchange.words.company_names import companies_called
from crmdesk.exchange.words.legal_forms import split_form

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.words.company_names import LegalForms
    from crmdesk.store import Reader, Store


class Companies(Book):
    """Companies: a legal form may be missing where there is only one.

    Args:
        forms: which legal forms companies have.
    """

    def __init__(self, entity: str, store: Store, gathered: Gathered, source: str, creates: bool, later: bool, forms: LegalForms) -> None:
        super().__init__(entity, store, gathered, source, creates, later)
        self._forms = forms
        self._alike: dict[str, set[bytes]] = {}
        # Names of this import that say more than the bare name, by its hash, in lines: what is called just so is found by itself.
        self._formed: dict[int, str] = {}
        # Fuller names that were given since `settle` was called: the company, what it was called, and what it is called now.
        self._fuller: list[tuple[bytes, str, str]] = []

    def _prepare_alike(self, reader: Reader, texts: set[str]) -> None:
        for (name, _), record in companies_called(reader, {(name_key("company", text), "") for text in texts}, self._forms):
            self._alike.setdefault(name, set()).add(record)

    def _alike_to(self, key: str) -> bytes | None:
        there = self._alike.get(key, set())
        if there:
            return next(iter(there)) if len(there) == 1 else None
        called = self._of_this_file(key)
        return called[1] if called else None

    def _of_this_file(self, key: str) -> tuple[str, bytes] | None:
        """Return the company of this import that is the same but for its legal form: what it is called, and its id."""
        bare, form = split_form(key)
        for name in (*self._formed.get(hash(bare), "").splitlines(), bare):
            if name != key and (record := self._id_of(name)) and self._forms.is_one(key, form, split_form(name)[1]):
                return name, record
        return None

    def _id_of(self, key: str) -> bytes | None:
        if promised := self.promised.get(key):
            return promised[0]
        named = self._named.get(key)
        return named[1] if named else None

    def made_as(self, text: str) -> bytes | None:
        """Return the company that this import made because rows name it, perhaps with a legal form or without."""
        made = super().made_as(text)
        if made is None and self.made:
            name, record = self._of_this_file(name_key("company", text)) or ("", b"")
            if made := self.made.get(name):
                self.called_too(record, text)
        return made

    def awaited(self, text: str) -> bytes | None:
        """Return the company that rows refer to, perhaps with a legal form or without, and of which a row of its own may still come, or None."""
        name = (self._of_this_file(name_key("company", text)) or ("",))[0]
        return super().awaited(text) or (super().awaited(name) if name else None)

    def called_too(self, record: bytes, text: str) -> None:
        """Call a company that has no row of its own by its name with the legal form, though it was named without one first."""
        key = name_key("company", text)
        bare, form = split_form(key)
        if not form or bare == key:
            return
        promised = self.promised.get(bare)
        if promised and promised[0] == record and name_key("company", promised[1]) == bare:
            self._fuller.append((record, promised[1], text))
            self.promised[bare] = (record, text, promised[2])
        elif self.made.get(bare) == record and key not in self.made and name_key("company", before := self._pairs(bare)[0][0]) == bare:
            self._fuller.append((record, before, text))
            self.made[key], self._named[bare] = record, (text, *self._named[bare][1:])
            self._rename(record, text)

    def keep_names(self, said: Iterable[Cell]) -> None:
        """Take back fuller names that none of the rows says which come in.

        Args:
            said: the cells of these rows.
        """
        if not self._fuller and not self._unsettled:
            return
        names = {name_key("company", cell): cell for cell in said if isinstance(cell, str)}
        renamed: set[bytes] = set()
        for record, before, text in self._fuller:
            if (key := name_key("company", text)) not in names:
                self._take_back(record, key, before)
                renamed.add(record)
        for record, made in self._unsettled.items():
            bare = split_form(made.key)[0]
            if made.key not in names and bare in names and bare != made.key:
                self._call_by(record, made, bare, names[bare])
                renamed.add(record)
        if renamed:  # what other rows call them is looked at anew
            self._by_text = {text: record for text, record in self._by_text.items() if record not in renamed}

    def _take_back(self, record: bytes, key: str, before: str) -> None:
        """Call a company again as it was called before."""
        bare = split_form(key)[0]
        if (promised := self.promised.get(bare)) and promised[0] == record:
            self.promised[bare] = (record, before, promised[2])
        elif self.made.pop(key, None):
            self._named[bare] = (before, *self._named[bare][1:])
            self._rename(record, before)

    def _call_by(self, record: bytes, made: Made, bare: str, text: str) -> None:
        """Call a company that a row had made which does not come in as those rows call it that do."""
        self._forget(record, made)
        made.key, made.text = bare, text
        if made.values is None:
            self.promised[bare] = (record, text, made.is_key)
        else:
            made.values["name"] = text
            self.made[bare] = record
            self._called(bare, text, record)

    def settle(self, gone: Container[bytes] = ()) -> None:
        """Gather what was made since the last time, and forget those of it that no row means which comes in."""
        super().settle(gone)
        self._fuller.clear()

    def _rename(self, record: bytes, text: str) -> None:
        if (made := self._unsettled.get(record)) and made.values is not None:
            made.values["name"] = text
            return
        values = {"name": text}
        self._gathered.complete("company", values)
        self._gathered.update("company", (*values,), (*values.values(), record))

    def _forget(self, record: bytes, made: Made) -> None:
        """Know nothing any more of a company, nor of its legal form."""
        super()._forget(record, made)
        if made.values:
            self.made.pop(name_key("company", made.values["name"]), None)
        place = hash(split_form(made.key)[0])
        names = [name for name in self._formed.get(place, "").splitlines() if name != made.key]
        if place in self._formed:
            self._formed[place] = "\n".join(names)

    def _note(self, key: str) -> None:
        bare, form = split_form(key)
        if bare != key:
            names = self._formed.get(hash(bare), "")
            if all(split_form(name)[1] != form for name in names.splitlines()):
                self._formed[hash(bare)] = f"{names}\n{key}" if names else key

    def claim(self, *texts: str | None) -> bytes | None:
        """Return the id that was promised to a company which now stands in the file, perhaps with a legal form or without."""
        claimed = super().claim(*texts)
        if claimed is None and self.promised and texts and texts[0]:
            called = self._of_this_file(name_key("company", texts[0]))
            if called and called[0] in self.promised:
                claimed = self.promised.pop(called[0])[0]
        return claimed
