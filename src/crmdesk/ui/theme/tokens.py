"""The colours and measures of the window; the only place that knows a colour."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Token = Literal[
    "canvas",
    "surface",
    "sunken",
    "border",
    "text",
    "muted",
    "muted_on_tint",
    "disabled",
    "accent",
    "accent_soft",
    "accent_hover",
    "on_accent",
    "danger",
    "danger_soft",
    "warning",
    "warning_soft",
    "on_warning_soft",
    "success",
    "success_soft",
    "info",
    "info_soft",
    "hover",
    "outline",
    "tip",
    "on_tip",
    "paper",
    "ink",
    "shade",
    "shadow",
]
Tone = Literal["danger", "warning", "success", "info", "accent", "muted"]


@dataclass(frozen=True)
class Tokens:
    """The colours of one scheme, as `#RRGGBB`, the two shades as `#AARRGGBB`.

    `muted_on_tint` and `on_warning_soft` are the darker shades of `muted` and `warning` that keep text readable
    (4.5 : 1) on a sunken, selected or tinted ground.
    """

    is_dark: bool
    canvas: str
    surface: str
    sunken: str
    border: str
    text: str
    muted: str
    muted_on_tint: str
    disabled: str
    accent: str
    accent_soft: str
    accent_hover: str
    on_accent: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    on_warning_soft: str
    success: str
    success_soft: str
    info: str
    info_soft: str
    hover: str
    outline: str
    tip: str
    on_tip: str
    paper: str
    ink: str
    shade: str
    shadow: str

    def colours(self) -> dict[str, str]:
        """Return every colour by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "is_dark"}


LIGHT = Tokens(
    is_dark=False,
    canvas="#F7F7F5",
    surface="#FFFFFF",
    sunken="#F0F0EC",
    border="#E3E2DC",
    text="#1F2328",
    muted="#6B7078",
    muted_on_tint="#5E636B",
    disabled="#A4A8AD",
    accent="#0F766E",
    accent_soft="#DFF1EE",
    accent_hover="#0B5F59",
    on_accent="#FFFFFF",
    danger="#B93A2E",
    danger_soft="#FBE6E3",
    warning="#9A6A10",
    warning_soft="#FBF0D6",
    on_warning_soft="#8A5D0B",
    success="#2C7A4B",
    success_soft="#E0F2E6",
    info="#3563C4",
    info_soft="#E4ECFB",
    hover="#F4F4F1",
    outline="#83888F",
    tip="#1F2328",
    on_tip="#FFFFFF",
    paper="#FFFFFF",
    ink="#1F2328",
    shade="#54000000",
    shadow="#5A000000",
)

DARK = Tokens(
    is_dark=True,
    canvas="#16181B",
    surface="#1F2226",
    sunken="#121417",
    border="#30343A",
    text="#E8EAED",
    muted="#9AA1AB",
    muted_on_tint="#A6ADB7",
    disabled="#5C636C",
    accent="#2DB5A5",
    accent_soft="#16393A",
    accent_hover="#4CC7B8",
    on_accent="#0C1D1B",
    danger="#F08A7E",
    danger_soft="#45211E",
    warning="#E2B557",
    warning_soft="#3D3115",
    on_warning_soft="#E2B557",
    success="#6CC88F",
    success_soft="#1B3827",
    info="#8AB0F8",
    info_soft="#1D2D4C",
    hover="#262A2F",
    outline="#7C838D",
    tip="#E8EAED",
    on_tip="#16181B",
    paper="#FFFFFF",
    ink="#1F2328",
    shade="#82000000",
    shadow="#B4000000",
)

# What a chip, a tile or a bar of each tone is drawn with: ground, text.
TONES: dict[Tone, tuple[Token, Token]] = {
    "danger": ("danger_soft", "danger"),
    "warning": ("warning_soft", "on_warning_soft"),
    "success": ("success_soft", "success"),
    "info": ("info_soft", "info"),
    "accent": ("accent_soft", "accent"),
    "muted": ("sunken", "muted_on_tint"),
}

SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24, SPACE_32 = 4, 8, 12, 16, 24, 32
RADIUS_CONTROL, RADIUS_CARD = 6, 10
ROW, ROW_COMPACT = 36, 28
CONTROL = 30
ICON = 16
NAVIGATION, NAVIGATION_NARROW, TOP_BAR = 208, 56, 48
NARROW_WINDOW = 1100

# Sizes in pixels at 96 dots per inch.
TEXT_SIZES: dict[str, float] = {"body": 13, "caption": 11.5, "dialog": 15, "title": 20, "figure": 19}
