"""What belongs to the store as a whole: pictures, own fields, series, holidays, service levels."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.errors import LaterWork, UserError
from crmdesk.operations import records, tickets, workspace
from crmdesk.queries import letters
from crmdesk.queries import records as found

if TYPE_CHECKING:
    from crmdesk.store import Store

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_a_logo_is_kept_replaced_and_taken_away(store: Store) -> None:
    first = store.run(workspace.set_picture, "logo", "logo.png", PNG)
    assert store.settings.logo_id == str(first)
    with store.read() as reader:
        assert letters.picture(reader, store.settings.logo_id) == PNG
    store.run(workspace.set_picture, "logo", "new.png", PNG + b"\0")
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM attachment WHERE deleted_at IS NULL") == 1
    store.run(workspace.set_picture, "logo")
    assert store.settings.logo_id == ""
    store.undo()
    with store.read() as reader:
        assert letters.picture(reader, store.settings.logo_id) == PNG + b"\0"


def test_only_pictures_get_onto_the_letterhead(store: Store) -> None:
    with pytest.raises(UserError, match="no picture"):
        store.run(workspace.set_picture, "seal", "seal.svg", b"<svg onload='x'/>")
    with pytest.raises(UserError, match="too large"):
        store.run(workspace.set_picture, "seal", "seal.png", PNG + bytes(5 << 20))
    with pytest.raises(UserError, match="damaged"):
        store.run(workspace.set_picture, "seal", "seal.png", PNG[:40])


def test_an_own_field_is_named_after_its_label(store: Store) -> None:
    store.run(workspace.add_field, "contact", "Shoe size", "integer")
    store.run(workspace.add_field, "contact", "生日礼物", "choice", ["茶", "酒"])
    with store.read() as reader:
        assert reader.rows("SELECT name, options FROM custom_field ORDER BY position") == [("shoe_size", None), ("shengriliwu", "茶, 酒")]
    contact = store.run(records.add, "contact", {"family_name": "Mendel", "shoe_size": "43"})
    with store.read() as reader:
        assert found.rows(reader, "contact", [contact], ["shoe_size"])[0].values == {"shoe_size": 43}


@pytest.mark.parametrize(("label", "kind", "options", "complaint"), [
    ("", "text", [], "missing"), ("Role", "text", [], "already"), ("Gift", "choice", [" "], "at least one"), ("Gift", "picture", [], "not one of the choices"),
])  # fmt: skip
def test_an_own_field_that_could_not_work_is_refused(store: Store, label: str, kind: str, options: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        store.run(workspace.add_field, "contact", label, kind, options)


@pytest.mark.parametrize(("given", "complaint"), [
    ({"about": "nonsense", "label": "Gift"}, "no entity"), ({"label": "Gift"}, "Entity is missing"), ({"about": "contact", "label": "Role"}, "already"),
    ({"about": "contact", "name": "birthday", "label": "Gift"}, "already"), ({"about": "contact", "label": "Gift", "kind": "choice"}, "at least one"),
    ({"about": "phone", "label": "Gift"}, "takes no fields"), ({"about": "contact", "name": "Shoe size", "label": "Size"}, "“Shoe size” can't be the name of a field"),
])  # fmt: skip
def test_an_own_field_that_could_not_work_is_refused_from_the_command_line_too(store: Store, given: dict[str, str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        store.run(records.add, "custom_field", {"kind": "text", **given})


def test_an_own_field_keeps_its_kind_and_name_but_not_its_label(store: Store) -> None:
    field = store.run(records.add, "custom_field", {"about": "contact", "name": "schuhgröße", "label": "Size", "kind": "integer"})
    with store.read() as reader:
        assert reader.value("SELECT name FROM custom_field") == "schuhgröße"
    for given in ({"kind": "text"}, {"about": "deal"}, {"name": "size"}):
        with pytest.raises(UserError, match="can't be changed"):
            store.run(records.edit, "custom_field", [field], given)
    store.run(records.edit, "custom_field", [field], {"label": "Shoes"})
    with store.read() as reader:
        assert reader.value("SELECT label FROM custom_field") == "Shoes"


def test_a_pipeline_or_a_stage_with_deals_is_neither_deleted_nor_turned(store: Store) -> None:
    store.run(records.add, "deal", {"name": "Boxes"})
    with store.read() as reader:
        pipeline, stage = (UUID(bytes=part) for part in reader.one("SELECT pipeline_id, stage_id FROM deal") or ())
    for entity, record in (("pipeline", pipeline), ("stage", stage)):
        with pytest.raises(UserError, match="(?i)deals? "):
            store.run(records.delete, entity, [record])
    with pytest.raises(UserError, match="deal is still there"):
        store.run(records.edit, "stage", [stage], {"outcome": "won"})


def test_the_last_stage_for_won_deals_stays(store: Store) -> None:
    with store.read() as reader:
        won = UUID(bytes=reader.value("SELECT id FROM stage WHERE outcome = 'won'"))
    with pytest.raises(UserError, match="needs a stage for won deals"):
        store.run(records.delete, "stage", [won])


@pytest.mark.parametrize("given", [{"role": "sales"}, {"is_active": "no"}])
def test_nobody_takes_the_own_rights_away(store: Store, given: dict[str, str]) -> None:
    me = store.viewer.member_id
    assert me
    with pytest.raises(UserError, match="store belongs to this member"):
        store.run(records.edit, "member", [me], given)
    store.run(records.edit, "member", [me], {"name": "Anna", "role": "owner"})


def test_a_phone_needs_somebody_whose_it_is(store: Store) -> None:
    with pytest.raises(UserError, match="Phone can't stand alone"):
        store.run(records.add, "phone", {"number": "030 1234"})
    with pytest.raises(UserError, match="can't be added by hand"):
        store.run(records.add, "attachment", {"name": "offer.pdf"})


def test_the_book_of_given_numbers_is_kept_by_the_program_alone(store: Store) -> None:
    ticket = store.run(tickets.open_ticket, "Printer")
    with store.read() as reader:
        series = UUID(bytes=reader.value("SELECT id FROM number_series WHERE about = 'ticket'"))
        spent = UUID(bytes=reader.value("SELECT id FROM spent_number WHERE record = ?", (str(ticket),)))
    for entity, record, given in (
        ("number_series", series, {"about": "deal"}),
        ("number_series", series, {"year": "2020"}),
        ("spent_number", spent, {"number": "T-9"}),
    ):
        with pytest.raises(UserError, match="filled in by the program"):
            store.run(records.edit, entity, [record], given)
    for entity, record in (("number_series", series), ("spent_number", spent)):
        with pytest.raises(UserError, match="can't be deleted"):
            store.run(records.delete, entity, [record])
    store.run(records.edit, "number_series", [series], {"pattern": "H-{seq}", "next_value": "7"})


def test_a_series_is_changed_and_goes_on_from_the_wanted_number(store: Store) -> None:
    store.run(workspace.set_series, "ticket", "HELP-{seq:03}", 41)
    ticket = store.run(tickets.open_ticket, "Printer")
    with store.read() as reader:
        assert reader.value("SELECT number FROM ticket WHERE id = ?", (ticket.bytes,)) == "HELP-041"
    with pytest.raises(UserError, match="no pattern"):
        store.run(workspace.set_series, "ticket", "HELP-{number}", 1)


def test_a_changed_number_series_is_put_back_and_numbers_that_were_given_stay_given(store: Store) -> None:
    def pattern() -> str:
        with store.read() as reader:
            return str(reader.value("SELECT pattern FROM number_series WHERE about = 'ticket' AND deleted_at IS NULL"))

    def number(subject: str) -> str:
        ticket = store.run(records.add, "ticket", {"subject": subject})
        with store.read() as reader:
            return str(reader.value("SELECT number FROM ticket WHERE id = ?", (ticket.bytes,)))

    assert number("One") == "T-0001"
    usual = pattern()
    store.run(workspace.set_series, "ticket", "HELP-{seq:03}", 41)
    store.undo()
    assert pattern() == usual
    assert number("Two") == "T-0002"
    store.run(workspace.set_series, "ticket", "HELP-{seq:03}", 41)
    assert store.last_changes is not None
    changed = store.last_changes.tx
    assert number("Three") == "HELP-041"
    store.undo(changed)
    assert pattern() == usual
    assert number("Four") == "T-0003", "what was given is skipped, so the series goes on as it would have"


def test_undo_goes_on_behind_a_changed_number_series_that_has_moved_on(store: Store) -> None:
    store.run(records.add, "company", {"name": "Acme"})
    store.run(records.add, "ticket", {"subject": "One"})
    store.run(workspace.set_series, "ticket", "T-{seq:04}", 500)
    store.run(records.add, "ticket", {"subject": "Two"})
    for _ in range(4):
        store.undo()
    assert store.can_undo() is None
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM company WHERE deleted_at IS NULL") == 0
    for _ in range(4):
        store.redo()
    assert store.can_redo() is None
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM ticket WHERE deleted_at IS NULL") == 2


def test_the_first_of_two_changes_of_a_number_series_waits_for_the_second(store: Store) -> None:
    store.run(records.add, "ticket", {"subject": "One"})
    store.run(workspace.set_series, "ticket", "X-{seq:04}", 2)
    assert store.last_changes is not None
    first = store.last_changes.tx
    store.run(workspace.set_series, "ticket", "Y-{seq:04}", 2)
    with pytest.raises(LaterWork):
        store.undo(first)


def test_a_number_series_that_was_changed_before_its_first_number_is_the_usual_one_again_after_undo(store: Store) -> None:
    store.run(workspace.set_series, "ticket", "HELP-{seq:03}", 41)
    store.undo()
    ticket = store.run(records.add, "ticket", {"subject": "One"})
    with store.read() as reader:
        assert str(reader.value("SELECT number FROM ticket WHERE id = ?", (ticket.bytes,))).startswith("T-")
    store.undo()
    store.run(workspace.set_series, "ticket", "HELP-{seq:03}", 41)
    store.undo()
    store.redo()
    ticket = store.run(records.add, "ticket", {"subject": "Two"})
    with store.read() as reader:
        assert reader.value("SELECT number FROM ticket WHERE id = ?", (ticket.bytes,)) == "HELP-041"


@pytest.mark.parametrize(
    "given",
    [{"pattern": "{number}"}, {"pattern": "T-2026"}, {"pattern": "T-{seq:999999}"}, {"pattern": "{seq.__class__}"}, {"next_value": "0"}, {"next_value": "-3"}],
)
def test_a_series_that_could_give_no_numbers_is_refused_whatever_way_it_comes(store: Store, given: dict[str, str]) -> None:
    store.run(tickets.open_ticket, "Printer")
    with store.read() as reader:
        (series,) = reader.rows("SELECT id FROM number_series WHERE about = 'ticket'")[0]
    with pytest.raises(UserError) as refused:
        store.run(records.edit, "number_series", [UUID(bytes=series)], given)
    assert refused.value.field in given
    with store.read() as reader:
        assert reader.value("SELECT pattern FROM number_series WHERE about = 'ticket'") == "T-{seq:04}"


@pytest.mark.parametrize("definition", ["garbage", "[]", "5", "[" * 100_000])
def test_a_view_that_the_program_could_not_read_is_refused(store: Store, definition: str) -> None:
    with pytest.raises(UserError, match="no definition that the program wrote"):
        store.run(records.add, "saved_view", {"name": "Mine", "about": "deal", "definition": definition})


def test_a_holiday_is_written_down_once(store: Store) -> None:
    first = store.run(workspace.add_holiday, date(2026, 12, 24))
    assert store.run(workspace.add_holiday, date(2026, 12, 24), "Christmas Eve") == first
    store.run(workspace.delete_holiday, first)
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM holiday WHERE deleted_at IS NULL") == 0


def test_a_service_level_promises_nothing_below_zero(store: Store) -> None:
    level = store.run(workspace.set_level, None, "Gold", {"urgent_first_reply_minutes": 15})
    store.run(workspace.set_queue, None, "Repairs", level)
    with pytest.raises(UserError, match="negative"):
        store.run(workspace.set_level, level, "Gold", {"urgent_first_reply_minutes": -1})
    with store.read() as reader:
        assert reader.one("SELECT q.name, l.name FROM queue q JOIN service_level l ON l.id = q.service_level_id WHERE q.name = 'Repairs'") == (
            "Repairs",
            "Gold",
        )


def test_a_pipeline_gets_its_stages_whoever_adds_it(store: Store) -> None:
    pipeline = store.run(records.add, "pipeline", {"name": "P2"})
    with store.read() as reader:
        outcomes = reader.rows("SELECT outcome, count(*) FROM stage WHERE pipeline_id = ? GROUP BY 1 ORDER BY 1", (pipeline.bytes,))
        assert reader.one("SELECT name, position FROM pipeline WHERE id = ?", (pipeline.bytes,)) == ("P2", 1)
    assert outcomes == [("lost", 1), ("open", 4), ("won", 1)]
    store.undo()
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM pipeline p JOIN stage s ON s.pipeline_id = p.id AND s.deleted_at IS NULL WHERE p.deleted_at IS NOT NULL") == 0
    with pytest.raises(UserError, match="missing"):
        store.run(records.add, "pipeline", {"position": "3"})


def test_a_tag_and_a_holiday_are_there_once_however_often_they_are_added(store: Store) -> None:
    tag = store.run(records.add, "tag", {"name": "Key account", "group": "Class"})
    assert store.run(records.add, "tag", {"name": "key account", "group": "Class", "tone": "info"}) == tag
    assert store.run(records.add, "tag", {"name": "Key account"}) != tag
    company = store.run(records.add, "company", {"name": "Acme", "tags": "Class:Key account"})
    with store.read() as reader:
        assert reader.rows("SELECT name, tone FROM tag WHERE deleted_at IS NULL ORDER BY tone") == [("Key account", None), ("Key account", "info")]
        assert reader.value("SELECT tag_id FROM record_tag WHERE company_id = ?", (company.bytes,)) == tag.bytes
    with pytest.raises(UserError, match="missing"):
        store.run(records.add, "tag", {"group": "Class"})
    day = store.run(records.add, "holiday", {"on": "2026-12-24", "name": "Christmas"})
    assert store.run(records.add, "holiday", {"on": "2026-12-24", "name": "Christmas Eve"}) == day
    assert store.run(workspace.add_holiday, date(2026, 12, 24), "Heiligabend") == day
    with pytest.raises(UserError) as caught:
        store.run(records.add, "holiday", {"on": "Christmas"})
    assert caught.value.field == "on"
    with store.read() as reader:
        assert reader.rows("SELECT name FROM holiday WHERE deleted_at IS NULL") == [("Heiligabend",)]


def test_a_queue_with_open_tickets_stays(store: Store) -> None:
    first, second = (store.run(workspace.set_queue, None, name) for name in ("Repairs", "Sales"))
    ticket = store.run(records.add, "ticket", {"subject": "Broken", "queue": "Repairs"})
    with pytest.raises(UserError, match="Repairs.+1 open ticket") as caught:
        store.run(records.delete, "queue", [first])
    assert "another queue" in (caught.value.hint or "")
    store.run(records.edit, "ticket", [ticket], {"queue": second})
    assert store.run(records.delete, "queue", [first]) == 1
