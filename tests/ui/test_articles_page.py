"""Knowledge articles: written beside their list, published, opened from the search."""

from __future__ import annotations

import pytest

from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.pages.articles import ArticlesPage
from tests.ui.desk import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")


def test_a_new_article_is_shown_beside_the_list_as_a_draft_and_published(desk: Desk) -> None:
    page = desk.open("articles")
    assert isinstance(page, ArticlesPage)
    assert page.list.nothing.sentence.text() == "No articles yet."
    page.new()
    dialog = desk.window.findChild(NewRecordDialog)
    assert dialog is not None
    dialog.form.editors["title"].show_value("E-41 after transport")
    dialog.form.editors["body"].show_value("Unplug the unit for ten minutes.")
    dialog.save()
    desk.settle()
    assert page._panel.heading.text() == "E-41 after transport"
    page._set_status([page.list.table.records.id_at(0)], "published")
    desk.settle()
    with desk.store.read() as reader:
        row = records.rows(reader, "article", records.ids(reader, "article"), ("status", "language"))[0]
    assert row.values == {"status": "published", "language": "en"}


def test_an_article_is_opened_by_its_name(desk: Desk) -> None:
    article = desk.store.run(deeds.add, "article", {"title": "E-41", "body": "Unplug it."})
    desk.window.open_record("article", article)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, ArticlesPage)
    assert page._splitter.is_shown()
