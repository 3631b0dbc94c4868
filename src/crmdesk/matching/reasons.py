"""Why two records may be the same, in words: what agrees, what differs, and how much each says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.matching.corpus import (
    BIRTH,
    CITY,
    CODE,
    COMPANY,
    CROSSED,
    EMPLOYER,
    EXTRA,
    FAMILY,
    GIVEN,
    MAIL,
    NUMBER,
    PHONE,
    POSTAL,
    RARE,
    STATE,
    STREET,
    SWAPPED,
    WEBSITE,
)  # fmt: skip
from crmdesk.matching.levels import CONTAINED, FAR, NEAR, OTHER, SAME, TYPO, VARIANT

if TYPE_CHECKING:
    from crmdesk.matching.corpus import Codes
    from crmdesk.matching.model import Model

_TEXTS: dict[int, dict[int, str]] = {
    GIVEN: {
        SAME: mark("same given name"), VARIANT: mark("short form of the given name"), TYPO: mark("given name mistyped"), NEAR: mark("given name sounds alike"),
        FAR: mark("given name somewhat alike"), OTHER: mark("different given name"),
    },
    FAMILY: {
        SAME: mark("same family name"), VARIANT: mark("family name spelled differently"), TYPO: mark("family name mistyped"), NEAR: mark("family name sounds alike"),
        FAR: mark("family name somewhat alike"), OTHER: mark("different family name"),
    },
    COMPANY: {
        SAME: mark("same name"), VARIANT: mark("name spelled differently"), TYPO: mark("name mistyped"), NEAR: mark("name alike"), FAR: mark("name somewhat alike"),
        OTHER: mark("different name"), CONTAINED: mark("one name is part of the other"),
    },
    EMPLOYER: {
        SAME: mark("same company"), VARIANT: mark("company spelled differently"), TYPO: mark("company mistyped"), NEAR: mark("company alike"), FAR: mark("company somewhat alike"),
        OTHER: mark("different company"), CONTAINED: mark("one company is part of the other"),
    },
    BIRTH: {
        SAME: mark("same birthday"), VARIANT: mark("day and month of birth swapped"), TYPO: mark("birthday mistyped"), NEAR: mark("birthday nearly the same"),
        FAR: mark("birthday somewhat alike"), OTHER: mark("different birthday"),
    },
    MAIL: {
        SAME: mark("same mail address"), VARIANT: mark("same mail name at another provider"), TYPO: mark("mail address mistyped"), NEAR: mark("mail address alike"),
        OTHER: mark("different mail address"),
    },
    PHONE: {SAME: mark("same phone number"), TYPO: mark("phone number mistyped"), OTHER: mark("different phone number")},
    STREET: {
        SAME: mark("same street"), VARIANT: mark("street written differently"), TYPO: mark("street mistyped"), NEAR: mark("street alike"), FAR: mark("street somewhat alike"),
        OTHER: mark("different street"),
    },
    NUMBER: {SAME: mark("same house number"), VARIANT: mark("house number nearly the same"), TYPO: mark("house number mistyped"), OTHER: mark("different house number")},
    EXTRA: {
        SAME: mark("same second address line"), VARIANT: mark("second address line written differently"), TYPO: mark("second address line mistyped"),
        NEAR: mark("second address line alike"), FAR: mark("second address line somewhat alike"), OTHER: mark("different second address line"),
    },
    POSTAL: {
        SAME: mark("same postal code"), VARIANT: mark("postal code nearly the same"), TYPO: mark("postal code mistyped"), FAR: mark("same postal area"),
        OTHER: mark("different postal code"),
    },
    CITY: {
        SAME: mark("same city"), VARIANT: mark("city written differently"), TYPO: mark("city mistyped"), NEAR: mark("city alike"), FAR: mark("city somewhat alike"),
        OTHER: mark("different city"),
    },
    STATE: {SAME: mark("same state"), OTHER: mark("different state")},
    WEBSITE: {SAME: mark("same website"), OTHER: mark("different website")},
    CODE: {SAME: mark("same official number"), OTHER: mark("different official number")},
    CROSSED: {SWAPPED: mark("given and family name swapped")},
}  # fmt: skip
# What people call these fields on their records.
NAMES = {
    GIVEN: "given_name", FAMILY: "family_name", COMPANY: "name", EMPLOYER: "company", BIRTH: "birthday", MAIL: "email", PHONE: "phone", STREET: "address", NUMBER: "address",
    EXTRA: "address", POSTAL: "address", CITY: "address", STATE: "address", WEBSITE: "website", CODE: "vat_id", CROSSED: "name",
}  # fmt: skip
LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against two records being the same.

    Attributes:
        field: the field's name on the record.
        weight: positive for, negative against; in natural logarithms, so that 2.3 makes it ten times likelier.
    """

    field: str
    text: str
    weight: float


def reasons(model: Model, codes: Codes) -> list[Reason]:
    """Return what speaks for two records being the same and what against, the heaviest first; what hardly matters is left out."""
    found = []
    for field, (code, weight) in enumerate(zip(codes, model.weights(codes), strict=True)):
        text = _TEXTS[field].get(SAME if code >= RARE else code)
        if text and abs(weight) >= LEAST:
            found.append(Reason(NAMES[field], tr(text), round(weight, 1)))
    return sorted(found, key=lambda reason: -abs(reason.weight))
