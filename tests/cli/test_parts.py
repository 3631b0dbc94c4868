"""Products and people of deals and the messages of tickets, entered on the command line by the deeds of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def test_products_and_people_are_put_on_a_deal(crm: Program) -> None:
    crm("add", "product", "name=Box", "code=CCB-40", "price=89 EUR")
    crm("add", "contact", "name=Anna Berg")
    crm("add", "deal", "name=Rollout")
    made = crm("add", "deal_product", "deal=Rollout", "product=CCB-40", "quantity=1.5")
    assert (made["deal"]["title"], made["product"]["title"], made["quantity"], made["unit_price"]) == ("Rollout", "Box", "1.5", "89")
    assert crm("add", "deal_product", "deal=Rollout", "product=Box", "unit_price=80")["unit_price"] == "80"
    person = crm("add", "deal_contact", "deal=Rollout", "contact=Anna Berg", "role=decides")
    again = crm("add", "deal_contact", "deal=Rollout", "contact=Anna Berg", "role=pays")
    assert (again["id"], again["role"]) == (person["id"], "pays")
    deal = crm("show", "deal", "Rollout")
    assert (deal["product"]["title"], deal["contact"]["title"]) == ("Box", "Anna Berg")
    assert ([line["quantity"] for line in deal["products"]], [one["role"] for one in deal["people"]]) == (["1.5", "1"], ["pays"])
    assert crm("set", "deal_product", made["id"], "quantity=3")["quantity"] == "3"
    crm("delete", "deal_contact", person["id"])
    assert crm("list", "deal_product", "--where", "deal = Rollout", "--columns", "product,quantity")["total"] == 2
    assert crm("show", "deal", "Rollout")["people"] == []
    crm("undo")
    assert crm("audit")[1]["label"] == "Delete"
    assert crm("list", "deal_contact")["total"] == 1


def test_a_message_from_the_customer_opens_a_ticket_again(crm: Program) -> None:
    crm("add", "contact", "name=Anna Berg")
    crm("add", "ticket", "subject=Alarm", "contact=Anna Berg")
    said = crm("add", "message", "ticket=T-0001", "body=It rings")
    assert (said["kind"], said["body"], said["contact"]["title"], said["member"]) == ("in", "It rings", "Anna Berg", None)
    assert crm("add", "message", "ticket=Alarm", "kind=out", "body=We come", "channel=phone")["member"]["title"] == "Maria Becker"
    crm("ticket", "close", "T-0001", "Done")
    crm("add", "message", "ticket=T-0001", "body=It rings again")
    ticket = crm("show", "ticket", "T-0001")
    assert (ticket["status"], [message["kind"] for message in ticket["messages"]]) == ("open", ["in", "out", "in"])
    assert crm("add", "message", "ticket=T-0001", "kind=note", "body=Loose cable")["channel"] is None
    assert crm("audit")[0]["label"] == "Add"


def test_parts_that_can_not_be_are_refused_by_the_name_of_the_field(crm: Program) -> None:
    crm("add", "deal", "name=Rollout")
    crm("add", "ticket", "subject=Alarm")
    for words, says in (
        (("deal_product", "deal=Rollout"), "product: Product is missing."), (("deal_product", "deal=Nothing", "product=Box"), "deal: There is no Deal"),
        (("deal_product", "deal=Rollout", "position=3"), "filled in by the program"), (("deal_contact", "deal=Rollout", "contact="), "contact: Contact is missing."),
        (("message", "ticket=Alarm"), "body: Text is missing."), (("message", "ticket=Alarm", "body=x", "kind=shout"), "kind: "),
        (("message", "ticket=Alarm", "body=x", "kind=note", "channel=mail"), "channel: "), (("message", "ticket=Alarm", "body=x", "at=2026-01-01"), "at: "),
    ):  # fmt: skip
        assert says in crm("add", *words, code=4), words
    assert (crm("list", "message")["total"], crm("list", "deal_product")["total"]) == (0, 0)
    crm("add", "message", "ticket=Alarm", "body=x", "--as", "sales", code=5)


def test_what_can_be_added_is_what_fields_lists(crm: Program) -> None:
    listed = {(field["entity"], field["name"]) for field in crm("fields")}
    assert {("deal_product", "quantity"), ("deal_contact", "role"), ("message", "body")} <= listed


def test_several_values_of_a_field_stand_in_one_and_none_is_lost_where_it_is_given_twice(crm: Program) -> None:
    made = crm("add", "contact", "name=Anna Berg", "phone=030 1234567; 0151 23456789", "tags=fair,vip", "phone.work=030 7654321")
    assert [phone["value"] for phone in made["phone"]] == ["030 1234567", "0151 23456789", "030 7654321"]
    assert {tag["value"] for tag in made["tags"]} == {"fair", "vip"}
    crm("add", "contact", "name=Ben Tal", "phone=030 1", "phone=030 2", code=2)
    crm("set", "contact", "Anna Berg", "role=Buyer", "role=Owner", code=2)
    assert crm("list", "contact")["total"] == 1
