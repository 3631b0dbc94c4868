"""F1 shows what the manual says about the page; the manual comes with the program."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from crmdesk.i18n import set_language
from crmdesk.resources import manual
from crmdesk.ui.dialogs.help import FIRST, PLACES, HelpWindow, page_of_manual, show_help
from crmdesk.ui.pages import PAGES
from tests.ui.desk import Desk, desk

__all__ = ["desk"]
HERE = Path(__file__).resolve().parents[2]


def shown(window: HelpWindow) -> str:
    return window.text.toPlainText()


def test_f1_opens_the_manual_at_what_belongs_to_the_page(desk: Desk) -> None:
    desk.open("pipeline")
    QTest.keyClick(desk.window, Qt.Key.Key_F1)
    desk.settle()
    opened = desk.window.findChild(HelpWindow)
    assert opened is not None
    assert shown(opened).startswith("Pipeline: leads and deals")
    assert opened.text.textCursor().block().text() == "The board"
    desk.open("tasks")
    desk.window.show_help()
    assert len(desk.window.findChildren(HelpWindow)) == 1, "the window that is open is taken again"
    assert shown(opened).startswith("Tasks and the timeline")
    opened.go_back()
    assert shown(opened).startswith("Pipeline: leads and deals")
    opened.close()


@pytest.mark.parametrize("name", [spec.name for spec in PAGES])
def test_every_page_has_its_place_in_the_manual(app: object, name: str) -> None:
    file, heading = PLACES[name]
    window = HelpWindow()
    window.show_place(name)
    assert window.name == file
    assert window.text.textCursor().block().text() == heading or not heading


def test_every_link_of_the_manual_leads_somewhere(app: object) -> None:
    window = HelpWindow()
    for page in sorted(manual().rglob("*.md")):
        window.show_page(page.relative_to(manual()).as_posix())
        block = window.text.document().begin()
        while block.isValid():
            for fragment in block:  # type: ignore[attr-defined]
                target = QUrl(fragment.fragment().charFormat().anchorHref())
                if target.path() and not target.scheme():
                    window._before.clear()
                    before, window.name = window.name, page.relative_to(manual()).as_posix()
                    window._follow(target)
                    assert window.name.endswith(Path(target.path()).name), f"{page.name} leads to {target.path()}"
                    window._load(before)
                    break
            block = block.next()


def test_a_link_leads_on_and_never_out_of_the_manual(desk: Desk) -> None:
    window = show_help(desk.window, "")
    assert window.name == FIRST
    window._follow(QUrl("quotes.md"))
    assert shown(window).startswith("Quotes")
    window._follow(QUrl("../../pyproject.toml"))
    assert window.name == "quotes.md"
    window.close()


def test_a_page_in_the_users_language_comes_before_the_english_one() -> None:
    set_language("de")
    assert page_of_manual("first-steps.md").parent.name == "de"
    assert page_of_manual("commands.md").parent == manual()


@pytest.mark.parametrize("language", ["de", "zh"])
def test_what_f1_opens_is_translated_and_has_the_same_headings_in_the_same_order(language: str) -> None:
    set_language(language)
    for name in {FIRST, *(file for file, _ in PLACES.values())}:
        page = page_of_manual(name)
        assert page.parent.name == language, name
        levels = [
            [len(line) - len(line.lstrip("#")) for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
            for file in (page, manual() / name)
        ]
        assert levels[0] == levels[1], name


def test_a_german_page_opens_at_its_german_heading_and_leads_on_in_german(app: object) -> None:
    set_language("de")
    window = HelpWindow()
    window.show_place("contacts")
    assert window.name == "de/customers-and-search.md"
    assert window.text.textCursor().block().text() == "Listen"
    window._follow(QUrl("quotes.md"))
    assert window.name == "de/quotes.md"
    window._follow(QUrl("../quotes.md"))
    assert window.name == "quotes.md"
    window._follow(QUrl("tickets.md"))
    assert window.name == "de/tickets.md"


def test_the_manual_is_in_the_wheel(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=HERE, check=True, capture_output=True)  # noqa: S603
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"crmdesk/resources/manual/{page.relative_to(manual()).as_posix()}" for page in manual().rglob("*.md")} <= names
