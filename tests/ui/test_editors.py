"""Every kind of field has an input; what is typed is read, saved on leaving, and refused at its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCalendarWidget, QComboBox, QWidget

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Choice, Field, Money, Reading
from crmdesk.i18n import REGIONAL, date_order, locale, set_language, set_region
from crmdesk.models.registry import ENTITIES
from crmdesk.queries.records import Part
from crmdesk.ui import background, theme
from crmdesk.ui.editors import EDITORS, Context, DateEditor, Editor, LinkEditor, Named, PartsEditor, TagsEditor, editor_for
from crmdesk.ui.form import Form
from crmdesk.ui.records import for_form, given
from crmdesk.ui.widgets.basics import Chip

pytestmark = pytest.mark.usefixtures("app")

BERLIN = Context(Reading("EUR", "DE", "dmy", ZoneInfo("Europe/Berlin")))
ERNST = Named(uuid4(), "Ernst Handel", "Graz")
SAMPLES: dict[str, Any] = {
    "text": "Alfreds Futterkiste", "long_text": "Two\nlines", "integer": 1200, "decimal": Decimal("12.5"), "rate": Decimal("1.075"),
    "money": Money(Decimal("1234.50"), "CHF"), "price": Money(Decimal("0.0125"), "EUR"), "date": date(2026, 12, 20),
    "moment": datetime(2026, 11, 21, 9, 12, 33, tzinfo=UTC), "flag": True, "choice": "b", "link": ERNST,
    "parts": [Part("+49 30 0074322", "work"), Part("+49 170 1", "mobile")],
}  # fmt: skip


def field(kind: str, **more: Any) -> Field:
    choices = (Choice("a", "First"), Choice("b", "Second")) if kind == "choice" else ()
    return Field("value", kind, "Value", choices=choices, target="contact" if kind == "link" else "phone", **more)


def test_no_kind_of_field_lacks_an_input() -> None:
    assert set(EDITORS) == set(KINDS)


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_every_field_of_every_entity_gets_an_input_with_its_name(entity: str) -> None:
    for one in ENTITIES[entity].fields.values():
        editor = editor_for(one, BERLIN)
        editor.set_value(None)
        assert editor.inner.accessibleName()
        assert not editor.is_changed(), one.name


@pytest.mark.parametrize(
    ("language", "region"), [("en", ""), ("de", ""), ("zh", ""), *((language, one) for language, them in REGIONAL.items() for one in sorted(them))]
)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_value_that_is_only_looked_at_stays_what_it_is(kind: str, language: str, region: str) -> None:
    set_language(language)
    set_region(region)
    try:
        editor = editor_for(field(kind), replace(BERLIN, reading=replace(BERLIN.reading, date_order=date_order(locale()))))
        editor.set_value(SAMPLES[kind])
        assert editor.value() == SAMPLES[kind]
        assert not editor.is_changed()
    finally:
        set_language("en")


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("integer", "1.200", 1200),
        ("decimal", "12,5", Decimal("12.5")),
        ("money", "1.234,50", Money(Decimal("1234.50"), "EUR")),
        ("money", "12 CHF", Money(Decimal(12), "CHF")),
        ("date", "3/4/2026", date(2026, 4, 3)),
        ("moment", "20.12.2026 14:30", datetime(2026, 12, 20, 13, 30, tzinfo=UTC)),
        ("text", "  trimmed ", "trimmed"),
        ("text", "   ", None),
    ],
)
def test_what_people_type_is_read(kind: str, typed: str, value: Any) -> None:
    set_language("de")
    try:
        editor = editor_for(field(kind), BERLIN)
        editor.set_value(None)
        QTest.keyClicks(editor.inner, typed)
        assert editor.value() == value
    finally:
        set_language("en")


def test_what_cannot_be_read_is_refused_in_words() -> None:
    editor = editor_for(field("date"), BERLIN)
    editor.set_value(None)
    QTest.keyClicks(editor.inner, "soon")
    with pytest.raises(UserError, match="“soon” is not a date"):
        editor.value()
    assert editor.is_changed()


def test_escape_gives_the_value_back() -> None:
    editor = editor_for(field("text"), BERLIN)
    editor.set_value("before")
    QTest.keyClicks(editor.inner, "x")
    QTest.keyClick(editor.inner, Qt.Key.Key_Escape)
    assert editor.value() == "before"


def shown(widget: QWidget) -> None:
    widget.resize(400, 300)
    widget.show()
    QTest.qWaitForWindowActive(widget)


def test_a_link_is_found_while_typing_and_chosen_by_keyboard() -> None:
    asked: list[tuple[str, str]] = []

    def find(entity: str, text: str) -> list[Named]:
        asked.append((entity, text))
        return [Named(uuid4(), "Ernst Apotheke"), ERNST]

    editor = editor_for(field("link"), Context(find=find))
    assert isinstance(editor, LinkEditor)
    editor.set_value(None)
    shown(editor)
    editor.setFocus()
    left: list[object] = []
    editor.left.connect(lambda: left.append(editor.value()))
    QTest.keyClicks(editor.inner, "ern")
    QTest.qWait(150)
    background.settle()
    assert asked == [("contact", "ern")]
    QTest.keyClick(editor.inner, Qt.Key.Key_Down)
    QTest.keyClick(editor.inner, Qt.Key.Key_Return)
    assert editor.value() == ERNST
    assert left == [ERNST]


def test_enter_takes_no_record_that_was_found_for_an_earlier_text() -> None:
    editor = editor_for(field("link"), Context(find=lambda entity, text: [Named(uuid4(), "Anna")] if text == "an" else [Named(uuid4(), "Anton")]))
    assert isinstance(editor, LinkEditor)
    editor.set_value(None)
    shown(editor)
    editor.setFocus()
    QTest.keyClicks(editor.inner, "an")
    QTest.qWait(150)
    background.settle()
    QTest.keyClicks(editor.inner, "ton")
    QTest.keyClick(editor.inner, Qt.Key.Key_Return)
    assert editor.inner.text() == "anton"
    background.settle()
    QTest.keyClick(editor.inner, Qt.Key.Key_Return)
    assert editor.value().title == "Anton"


def test_a_name_that_was_not_chosen_is_no_link() -> None:
    editor = editor_for(field("link"), BERLIN)
    editor.set_value(ERNST)
    editor.inner.setText("Ernst")
    with pytest.raises(UserError, match="Choose “Ernst” from the list"):
        editor.value()


def test_phones_can_be_added_and_removed() -> None:
    editor = editor_for(field("parts"), BERLIN)
    assert isinstance(editor, PartsEditor)
    editor.set_value(SAMPLES["parts"])
    editor.more.click()
    editor._lines[2].first.setText("030 1")
    editor.remove(editor._lines[0])
    assert editor.value() == [Part("+49 170 1", "mobile"), Part("030 1")]


def test_addresses_keep_what_the_form_does_not_show() -> None:
    one = Field("address", "parts", "Address", target="address")
    editor = editor_for(one, BERLIN)
    more = (("street", "Obere Str. 57"), ("postal_code", "12209"), ("city", "Berlin"), ("state", "BE"), ("country", "DE"))
    editor.set_value([Part("Obere Str. 57, 12209 Berlin, BE, DE", "office", more)])
    assert not editor.is_changed()
    editor._lines[0].inputs[2].setText("Potsdam")
    assert given(one, editor.value()) == [
        {"label": "office", "street": "Obere Str. 57", "postal_code": "12209", "city": "Potsdam", "state": "BE", "country": "DE"}
    ]


def test_tags_are_typed_with_enter_and_taken_away_with_backspace() -> None:
    one = Field("tags", "parts", "Tags", target="record_tag")
    editor = editor_for(one, BERLIN)
    assert isinstance(editor, TagsEditor)
    editor.set_value([Part("Key account")])
    for key in ("cold", "vip"):
        QTest.keyClicks(editor.input, key)
        QTest.keyClick(editor.input, Qt.Key.Key_Return)
    QTest.keyClick(editor.input, Qt.Key.Key_Backspace)
    assert given(one, editor.value()) == ["Key account", "cold"]


def saved_form(**fields: Field) -> tuple[Form, list[tuple[str, Any]]]:
    saved: list[tuple[str, Any]] = []

    def save(name: str, value: Any, done: Any, failed: Any) -> None:
        if value == "refuse":
            failed(UserError("Somebody else has this name.", name))
        else:
            saved.append((name, value))
            done()

    form = Form(list(fields.values()), BERLIN, save)
    form.set_values(dict.fromkeys(fields))
    shown(form)
    return form, saved


NAME, SIZE = Field("name", "text", "Name", required=True), Field("size", "integer", "Employees")


def test_leaving_a_field_saves_it_and_says_so() -> None:
    form, saved = saved_form(name=NAME, size=SIZE)
    form.editors["name"].setFocus()
    QTest.keyClicks(QApplication.focusWidget(), "Alfreds")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert saved == [("name", "Alfreds")]
    assert [chip.text() for chip in form.findChildren(Chip)] == ["Saved"]
    assert QApplication.focusWidget() is form.editors["size"].inner
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert len(saved) == 1


def test_an_error_is_shown_at_its_field_and_nothing_is_saved() -> None:
    form, saved = saved_form(name=NAME, size=SIZE)
    size = form.editors["size"]
    size.setFocus()
    QTest.keyClicks(size.inner, "many")
    QTest.keyClick(size.inner, Qt.Key.Key_Return)
    assert saved == []
    assert form._errors["size"].text() == "“many” is not a number."
    assert QAccessible.queryAccessibleInterface(size.inner).text(QAccessible.Text.Description) == "“many” is not a number."
    size.inner.setText("12")
    QTest.keyClick(size.inner, Qt.Key.Key_Return)
    assert saved == [("size", 12)]
    assert not form._errors["size"].isVisible()


def test_a_value_beyond_the_limits_of_its_field_is_named_there_before_anything_is_saved() -> None:
    form, saved = saved_form(csat=Field("csat", "integer", "Satisfaction", least=1, most=5), amount=Field("amount", "money", "Amount"))
    for name, typed, says in (
        ("csat", "7", "Satisfaction: 7 is not allowed; it lies between 1 and 5."),
        ("amount", "1.234", "1.234 has more decimals than the 2 of EUR."),
    ):
        editor = form.editors[name]
        editor.inner.setText(typed)
        QTest.keyClick(editor.inner, Qt.Key.Key_Return)
        assert form._errors[name].text() == says
    assert saved == []


def test_a_refused_value_stays_in_the_field_to_be_mended() -> None:
    form, _ = saved_form(name=NAME)
    name = form.editors["name"]
    name.inner.setText("refuse")
    QTest.keyClick(name.inner, Qt.Key.Key_Return)
    assert name.inner.text() == "refuse"
    assert name.is_changed()
    assert form._errors["name"].text() == "Somebody else has this name."


def test_a_form_that_collects_names_the_first_field_that_is_wrong() -> None:
    form = Form([SIZE, NAME], BERLIN)
    form.set_values({"size": 3, "name": None})
    with pytest.raises(UserError) as refused:
        form.values()
    assert refused.value.field == "name"
    form.editors["name"].inner.setText("Alfreds")
    assert form.values() == {"name": "Alfreds"}


def test_showing_a_record_anew_leaves_alone_what_is_being_typed() -> None:
    form, _ = saved_form(name=NAME, size=SIZE)
    form.editors["name"].setFocus()
    QTest.keyClicks(QApplication.focusWidget(), "half")
    form.set_values({"name": "from elsewhere", "size": 7})
    assert form.editors["name"].inner.text() == "half"
    assert form.editors["size"].inner.text() == "7"


def test_enter_ends_a_composition_and_not_the_field() -> None:
    form, saved = saved_form(name=NAME)
    name: Editor = form.editors["name"]
    name.setFocus()
    QApplication.sendEvent(name.inner, QInputMethodEvent("wang", []))
    commit = QInputMethodEvent()
    commit.setCommitString("王")
    QApplication.sendEvent(name.inner, commit)
    assert saved == []
    QTest.keyClick(name.inner, Qt.Key.Key_Return)
    assert saved == [("name", "王")]


def test_rows_of_the_store_become_inputs_and_back() -> None:
    from crmdesk.queries.records import Link

    link = Link(ERNST.id, "Ernst Handel")
    assert for_form({"company": link, "name": "x"})["company"] == Named(ERNST.id, "Ernst Handel")
    assert given(field("link"), ERNST) == ERNST.id
    assert given(field("link"), None) is None
    assert given(field("parts"), None) == []


def test_what_could_not_be_stored_stays_while_others_change_the_record_and_goes_with_the_next_one() -> None:
    day, name = Field("day", "date", "Day"), Field("name", "text", "Name")
    form = Form([day, name], BERLIN, lambda *_: None)
    form.show()
    form.activateWindow()
    QTest.qWaitForWindowActive(form)
    form.set_values({"day": date(2026, 11, 22), "name": "Cold store"}, of="first")
    field = form.editors["day"].inner
    field.setFocus()
    field.selectAll()  # type: ignore[attr-defined]  # a line
    QTest.keyClicks(field, "31.2.2026")
    form.editors["name"].setFocus()
    assert form.editors["day"].is_changed()
    form.set_values({"day": date(2026, 11, 23), "name": "Cold store, new"}, of="first")
    assert field.text() == "31.2.2026"  # type: ignore[attr-defined]  # a line
    assert form.editors["name"].value() == "Cold store, new"
    form.set_values({"day": None, "name": "Another deal"}, of="second")
    assert form.values() == {}
    form.close()


@pytest.mark.parametrize(("language", "month"), [("de", "Dezember"), ("zh", "十二月")])
def test_the_calendar_speaks_the_language_in_force_and_lies_on_the_ground_of_its_card(language: str, month: str) -> None:
    set_language(language)
    editor = editor_for(field("date"), BERLIN)
    assert isinstance(editor, DateEditor)
    editor.set_value(date(2026, 12, 20))
    editor.show()
    editor.open_calendar()
    calendar = QApplication.activePopupWidget().findChild(QCalendarWidget)
    assert calendar is not None
    QApplication.processEvents()
    assert calendar.locale().standaloneMonthName(calendar.monthShown()) == month
    days = calendar.findChild(QAbstractItemView)
    assert days is not None
    assert days.grab().toImage().pixelColor(2, days.height() - 2) == theme.colour("surface")
    editor.hide()


def test_a_chat_service_is_chosen_from_those_that_are_common() -> None:
    set_language("zh")
    editor = editor_for(Field("handle", "parts", "Chat handle", target="handle"), BERLIN)
    assert isinstance(editor, PartsEditor)
    editor.set_value(None)
    label = editor.findChild(QComboBox)
    assert label is not None
    assert {"QQ", "WhatsApp"} <= {label.itemText(at) for at in range(label.count())}
