"""Programs whose export files are recognised by their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.exchange.words import bare

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Product:
    """A program and the columns that give its files away.

    Attributes:
        needs: groups of columns, one of which must be there whole.
        order: how it writes dates that could be read in two ways, where an empty date shows it.
    """

    name: str
    needs: tuple[str, ...]


_PRODUCTS = (
    Product("Google Contacts", ("first name|last name|labels|e-mail 1 - value", "given name|family name|e-mail 1 - value",
    "given name|family name|phone 1 - value", "first name|labels|phone 1 - value")),
    Product("Outlook", (
        "first name|last name|business street|e-mail address", "first name|last name|e-mail address|business phone",
        "vorname|nachname|straße geschäftlich|e-mail-adresse", "vorname|nachname|telefon geschäftlich",
        "prénom|nom|rue (bureau)", "имя|фамилия|улица (раб. адрес)", "имя|фамилия|рабочий телефон", "名|姓|商务地址 街道", "名|姓|商务电话",
        "first name|last name|e-mail 1 address|business phone")),
    Product("HubSpot", ("record id|first name|last name|lifecycle stage", "record id|company name|company owner", "record id|deal name|deal stage",
    "record id|ticket name", "record id|company name|create date", "record id|first name|email|contact owner")),
    Product("Pipedrive", ("person - name", "person - name*", "organization - name", "organization - name*", "deal - title", "deal - title*")),
    Product("Zoho", ("record id|lead owner.id|lead owner", "record id|lead owner", "record id|account owner.id", "record id|contact owner.id",
    "record id|deal owner.id", "record id|created time|modified time")),
    Product("LinkedIn", ("first name|last name|connected on", "first name|last name|position|connected on")),
    Product("Odoo", ("name|company type|related company", "name|is a company|related company", "name|company type|street2|zip")),
    Product("Mailchimp", ("email address|first name|last name|member_rating", "email address|optin_time|leid", "email address|member_rating|optin_time", "email address|leid|euid")),
    Product("Thunderbird", ("first name|last name|display name|primary email|screen name",)),
    Product("Salesforce", (
        "first name|last name|account name|mailing street", "first name|last name|account name|account owner", "account name|billing street",
        "opportunity name|stage|account name|close date", "id|isdeleted|systemmodstamp",
        "account owner|last activity|first name", "accountid|stagename|closedate|name", "lead owner|lead status|company / account")),
)  # fmt: skip


def recognise(columns: Sequence[str]) -> Product | None:
    """Return the program that writes files with these columns."""
    present = {bare(column) for column in columns}
    for product in _PRODUCTS:
        for need in product.needs:
            if all(bare(column) in present for column in need.split("|")):
                return product
    return None
