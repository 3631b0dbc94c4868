"""Collect the texts for the translators and compile what they translated.

`mark`, `tr` and `ntr` in src/crmdesk are where texts come from; resources/translations is where they go. New texts
appear empty, texts that are gone disappear, and nothing is guessed from similar ones.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crmdesk.i18n import CATALOGUES

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "crmdesk"
TRANSLATIONS = REPOSITORY / "resources" / "translations"
UNUSED_HEADERS = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Report-Msgid-Bugs-To',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Generated-By',
)
KEYWORDS = {"mark": None, "tr": None, "ntr": (1, 2)}


def main() -> int:
    """Bring every catalogue up to date; return 1 if one still lacks a translation."""
    texts = extracted()
    missing = 0
    for name in CATALOGUES.values():
        if name == "en":
            continue
        catalogue = updated(texts, name)
        write(catalogue, TRANSLATIONS / name / "LC_MESSAGES")
        empty = [message.id for message in catalogue if message.id and not is_translated(message.string)]
        missing += len(empty)
        print(f"{name}: {len(catalogue)} texts, {len(empty)} without a translation")
        for text in empty:
            print(f"    {text!r}")
    return 1 if missing else 0


def extracted() -> Catalog:
    """Return all texts of the program, each with the files where it stands."""
    texts = Catalog()
    found = extract_from_dir(SOURCE, [("**.py", "python")], {}, KEYWORDS, ["Translators:"], strip_comment_tags=True)
    for file, _line, text, comments, context in sorted(found, key=lambda each: (Path(each[0]).as_posix(), each[1])):
        texts.add(text, locations=[(Path(file).as_posix(), 0)], auto_comments=comments, context=context)
    return texts


def updated(texts: Catalog, name: str) -> Catalog:
    """Return the catalogue of a language with today's texts and the translations that it had."""
    file = TRANSLATIONS / name / "LC_MESSAGES" / "crmdesk.po"
    if file.exists():
        with file.open("rb") as content:
            catalogue = read_po(content, locale=name)
    else:
        catalogue = Catalog(locale=Locale.parse(name), project="CRMDesk", version="", fuzzy=False)
    catalogue.header_comment = f"# CRMDesk in {Locale.parse(name).english_name}."
    catalogue.update(texts, no_fuzzy_matching=True)
    return catalogue


def write(catalogue: Catalog, folder: Path) -> None:
    """Write a catalogue as text for people and compiled for the program, without dates that change with every run."""
    folder.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalogue, width=0, ignore_obsolete=True, include_lineno=False)
    lines = text.getvalue().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(UNUSED_HEADERS)]
    (folder / "crmdesk.po").write_bytes(b"".join(kept))
    with (folder / "crmdesk.po").open("rb") as po, (folder / "crmdesk.mo").open("wb") as mo:
        write_mo(mo, read_po(po))


def is_translated(string: str | list[str] | tuple[str, ...] | None) -> bool:
    """Return whether a text, or every plural form of it, has a translation."""
    return all(string) if isinstance(string, list | tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
