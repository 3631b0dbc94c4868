"""The style sheet, made from the tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.ui.theme.tokens import RADIUS_CARD, RADIUS_CONTROL, TEXT_SIZES

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.theme.tokens import Tokens


def pictures(t: Tokens) -> dict[str, str]:
    """Return the pictures that a style sheet can only take from files, as SVG by name."""

    def svg(inside: str) -> str:
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none" '
            f'stroke-linecap="round" stroke-linejoin="round">{inside}</svg>'
        )

    def box(fill: str, line: str, mark: str = "") -> str:
        frame = f'<rect x="2" y="2" width="12" height="12" rx="2.5" fill="{fill}" stroke="{line}" stroke-width="1.3"/>'
        return svg(frame + mark)

    def ring(line: str, mark: str = "") -> str:
        return svg(f'<circle cx="8" cy="8" r="6.3" fill="{t.surface}" stroke="{line}" stroke-width="1.3"/>{mark}')

    def check(line: str) -> str:
        return f'<path d="M4.9 8.3l2.1 2.1 4.1-4.6" stroke="{line}" stroke-width="1.7"/>'

    def chevron(points: str, line: str) -> str:
        return svg(f'<path d="{points}" stroke="{line}" stroke-width="1.5"/>')

    def focused(picture: str, around: str) -> str:
        inside = picture[picture.index(">") + 1 : -len("</svg>")]
        ring = around.format(line=f'stroke="{t.accent}" stroke-width="1.5"')
        return svg(f'{ring}<g transform="translate(1.8 1.8) scale(0.775)">{inside}</g>')

    shown = {
        "box": box(t.surface, t.outline),
        "box-checked": box(t.accent, t.accent, check(t.on_accent)),
        "box-some": box(t.accent, t.accent, f'<path d="M5 8h6" stroke="{t.on_accent}" stroke-width="1.7"/>'),
        "box-off": box(t.sunken, t.disabled),
        "box-checked-off": box(t.sunken, t.disabled, check(t.disabled)),
        "ring": ring(t.outline),
        "ring-checked": ring(t.accent, f'<circle cx="8" cy="8" r="3.3" fill="{t.accent}"/>'),
        "ring-off": ring(t.disabled),
        "down": chevron("M4 6.2l4 4 4-4", t.muted),
        "up": chevron("M4 9.8l4-4 4 4", t.muted),
        "right": chevron("M6 4l4 4-4 4", t.muted),
        "left": chevron("M10 4l-4 4 4 4", t.muted),
        "nothing": svg('<rect width="16" height="16" fill="none"/>'),
        "tick": svg(f'<path d="M3 8.4l3.2 3.2L13 4.8" stroke="{t.text}" stroke-width="1.5"/>'),
    }
    square, circle = '<rect x="0.75" y="0.75" width="14.5" height="14.5" rx="4" {line}/>', '<circle cx="8" cy="8" r="7.25" {line}/>'
    boxes = {f"{name}-focus": focused(shown[name], square) for name in ("box", "box-checked", "box-some")}
    return shown | boxes | {f"{name}-focus": focused(shown[name], circle) for name in ("ring", "ring-checked")}


def style_sheet(t: Tokens, folder: str, points: Callable[[float], float], strong: int) -> str:
    """Return the program's style sheet.

    Args:
        folder: where the pictures lie, with the beginning of their names.
        points: turns pixels into points, since a style sheet rounds pixels of type.
        strong: the weight of what stands out.
    """
    fonts = {name: f"{points(px)}pt" for name, px in TEXT_SIZES.items()} | {"strong": str(strong)}
    return "".join(
        (_text(t, fonts), _buttons(t), _inputs(t, folder), _boxes(folder), _calendar(t, folder), _tables(t), _containers(t, folder, fonts), _bars(t))
    )


def _text(t: Tokens, fonts: dict[str, str]) -> str:
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {fonts["title"]}; font-weight: 700; }}
QLabel[role="dialog"] {{ font-size: {fonts["dialog"]}; font-weight: {fonts["strong"]}; }}
QLabel[role="figure"] {{ font-size: {fonts["figure"]}; font-weight: {fonts["strong"]}; }}
QLabel[role="strong"] {{ font-weight: {fonts["strong"]}; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="caption"] {{ color: {t.muted}; font-size: {fonts["caption"]}; }}
QLabel[role="danger"] {{ color: {t.danger}; }}
QLabel[role="success"] {{ color: {t.success}; }}
QLabel[role="warning"] {{ color: {t.on_warning_soft}; }}
QLabel[role="caption"][tone="danger"] {{ color: {t.danger}; }}
QLabel[role="caption"][tone="success"] {{ color: {t.success}; }}
QLabel[role="caption"][tone="warning"] {{ color: {t.on_warning_soft}; }}
QToolTip {{ background: {t.tip}; color: {t.on_tip}; border: none; padding: 4px 8px; }}
"""


def _buttons(t: Tokens) -> str:
    return f"""
QPushButton, QToolButton[kind] {{
    background: {t.surface}; color: {t.text}; border: 1px solid {t.border}; border-radius: {RADIUS_CONTROL}px;
    padding: 0px 12px; min-height: 28px; font-weight: 500;
}}
QPushButton:hover, QToolButton[kind]:hover {{ background: {t.hover}; }}
QPushButton:pressed, QToolButton[kind]:pressed {{ background: {t.sunken}; }}
QPushButton:focus, QToolButton[kind]:focus {{
    border: 2px solid {t.accent}; padding: 0px 11px; min-height: 26px; outline: none;
}}
QPushButton:disabled, QToolButton[kind]:disabled {{ color: {t.disabled}; }}
QPushButton::menu-indicator, QToolButton::menu-indicator {{ image: none; width: 0px; }}
QPushButton[kind="primary"], QToolButton[kind="primary"] {{
    background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
}}
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover {{
    background: {t.accent_hover}; border-color: {t.accent_hover};
}}
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus {{ border-color: {t.text}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.sunken}; border-color: {t.border}; color: {t.disabled}; }}
QPushButton[kind="danger"] {{ color: {t.danger}; }}
QPushButton[kind="flat"], QToolButton[kind="flat"] {{
    background: transparent; border-color: transparent; padding: 0px 8px;
}}
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover {{ background: {t.sunken}; }}
QPushButton[kind="flat"]:focus, QToolButton[kind="flat"]:focus {{ border-color: {t.accent}; padding: 0px 7px; }}
QPushButton[kind="flat"]:checked, QToolButton[kind="flat"]:checked {{
    background: {t.surface}; border-color: {t.border};
}}
QToolButton[kind="icon"] {{ background: transparent; border-color: transparent; padding: 0px; min-width: 24px; min-height: 24px; }}
QToolButton[kind="icon"]:hover {{ background: {t.sunken}; }}
QToolButton[kind="icon"]:focus {{ border-color: {t.accent}; padding: 0px; min-width: 22px; min-height: 22px; }}
QPushButton[kind="link"] {{
    background: transparent; border: none; color: {t.accent}; padding: 0px; min-height: 20px; text-align: left;
}}
QPushButton[kind="link"]:hover, QPushButton[kind="link"]:focus {{ text-decoration: underline; }}
"""


def _inputs(t: Tokens, folder: str) -> str:
    fields = "QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit"
    return f"""
{fields} {{
    background: {t.surface}; color: {t.text}; border: 1px solid {t.border}; border-radius: {RADIUS_CONTROL}px;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; placeholder-text-color: {t.muted};
}}
QLineEdit, QComboBox, QAbstractSpinBox {{ padding: 0px 9px; min-height: 28px; }}
QComboBox:!editable {{ padding-left: 11px; }}
QPlainTextEdit, QTextEdit {{ padding: 5px 7px; }}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover {{ border-color: {t.outline}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{
    border: 2px solid {t.accent}; padding: 0px 8px; min-height: 26px;
}}
QComboBox:!editable:focus {{ padding-left: 10px; }}
QPlainTextEdit:focus, QTextEdit:focus {{ border: 2px solid {t.accent}; padding: 4px 6px; }}
QLineEdit[invalid="true"], QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"],
QPlainTextEdit[invalid="true"], QTextEdit[invalid="true"] {{ border-color: {t.danger}; }}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled,
QPlainTextEdit:disabled, QTextEdit:disabled {{ background: {t.canvas}; color: {t.muted}; }}
QLineEdit:read-only {{ background: {t.canvas}; }}
QLineEdit[kind="search"] {{ background: {t.canvas}; padding-left: 2px; }}
QLineEdit[kind="bare"] {{ background: transparent; border: none; padding: 0px; }}
QPlainTextEdit[kind="bare"], QTextEdit[kind="bare"] {{ background: transparent; border: none; padding: 0px; }}
QLineEdit[kind="quiet"], QComboBox[kind="quiet"], QPlainTextEdit[kind="quiet"] {{
    background: transparent; border-color: transparent; min-height: 24px;
}}
QLineEdit[kind="quiet"]:hover, QComboBox[kind="quiet"]:hover, QPlainTextEdit[kind="quiet"]:hover {{
    border-color: {t.border};
}}
QLineEdit[kind="quiet"]:focus, QComboBox[kind="quiet"]:focus, QPlainTextEdit[kind="quiet"]:focus {{
    background: {t.surface}; border-color: {t.accent}; min-height: 22px;
}}
QLineEdit[kind="quiet"][invalid="true"], QComboBox[kind="quiet"][invalid="true"],
QPlainTextEdit[kind="quiet"][invalid="true"] {{ border-color: {t.danger}; }}
QComboBox::drop-down {{ border: none; width: 24px; subcontrol-position: center right; }}
QComboBox::down-arrow {{ image: url("{folder}-down.svg"); width: 14px; height: 14px; }}
QComboBox[kind="quiet"]::drop-down {{ width: 8px; }}
QComboBox[kind="quiet"]::down-arrow {{ image: url("{folder}-nothing.svg"); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{
    background: {t.surface}; border: 1px solid {t.border}; padding: 4px; outline: none;
    selection-background-color: {t.accent_soft}; selection-color: {t.text};
}}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; background: transparent; width: 20px; }}
QAbstractSpinBox::up-arrow {{ image: url("{folder}-up.svg"); width: 12px; height: 12px; }}
QAbstractSpinBox::down-arrow, QDateEdit::down-arrow {{ image: url("{folder}-down.svg"); width: 12px; height: 12px; }}
QDateEdit::drop-down, QDateTimeEdit::drop-down {{ border: none; width: 24px; }}
"""


def _boxes(folder: str) -> str:
    return f"""
QCheckBox, QRadioButton {{ spacing: 8px; background: transparent; min-height: 24px; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{ width: 16px; height: 16px; }}
QCheckBox::indicator:unchecked, QAbstractItemView::indicator:unchecked {{ image: url("{folder}-box.svg"); }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ image: url("{folder}-box-checked.svg"); }}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {{
    image: url("{folder}-box-some.svg");
}}
QCheckBox::indicator:unchecked:disabled {{ image: url("{folder}-box-off.svg"); }}
QCheckBox::indicator:checked:disabled {{ image: url("{folder}-box-checked-off.svg"); }}
QRadioButton::indicator:unchecked {{ image: url("{folder}-ring.svg"); }}
QRadioButton::indicator:checked {{ image: url("{folder}-ring-checked.svg"); }}
QRadioButton::indicator:disabled {{ image: url("{folder}-ring-off.svg"); }}
QCheckBox::indicator:unchecked:focus {{ image: url("{folder}-box-focus.svg"); }}
QCheckBox::indicator:checked:focus {{ image: url("{folder}-box-checked-focus.svg"); }}
QCheckBox::indicator:indeterminate:focus {{ image: url("{folder}-box-some-focus.svg"); }}
QRadioButton::indicator:unchecked:focus {{ image: url("{folder}-ring-focus.svg"); }}
QRadioButton::indicator:checked:focus {{ image: url("{folder}-ring-checked-focus.svg"); }}
"""


def _calendar(t: Tokens, folder: str) -> str:
    return f"""
QCalendarWidget QToolButton {{ color: {t.text}; background: transparent; border: none; padding: 4px 8px; }}
QCalendarWidget QToolButton:hover {{ background: {t.hover}; border-radius: 4px; }}
QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {t.surface}; }}
QCalendarWidget QToolButton#qt_calendar_prevmonth {{ qproperty-icon: url("{folder}-left.svg"); }}
QCalendarWidget QToolButton#qt_calendar_nextmonth {{ qproperty-icon: url("{folder}-right.svg"); }}
"""


def _tables(t: Tokens) -> str:
    return f"""
QAbstractItemView {{
    background: {t.surface}; border: none; outline: none;
    selection-background-color: {t.accent_soft}; selection-color: {t.text};
}}
QFrame[card="true"] QAbstractItemView, PopupCard QAbstractItemView {{ background: transparent; }}
QFrame[card="true"] QCalendarWidget QAbstractItemView {{ background: {t.surface}; }}
QTableView {{ gridline-color: transparent; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{
    background: {t.surface}; color: {t.muted}; border: none; border-bottom: 1px solid {t.border};
    padding: 0px 10px; font-weight: 500;
}}
QHeaderView::section:hover {{ color: {t.text}; }}
QHeaderView::up-arrow, QHeaderView::down-arrow {{ width: 0px; height: 0px; }}
QTableCornerButton::section {{ background: {t.surface}; border: none; }}
QListView::item {{ padding: 4px 8px; border-radius: 4px; }}
QListView::item:selected, QTreeView::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QListView::item:selected:focus {{ border: 2px solid {t.accent}; padding: 2px 6px; }}
QListView::item:hover:!selected {{ background: {t.hover}; }}
QTreeView::item {{ min-height: 28px; }}
"""


def _containers(t: Tokens, folder: str, fonts: dict[str, str]) -> str:
    return f"""
QFrame[card="true"] {{
    background: {t.surface}; border: 1px solid {t.border}; border-radius: {RADIUS_CARD}px;
}}
QFrame[card="sunken"] {{ background: {t.sunken}; border: none; border-radius: {RADIUS_CARD}px; }}
QFrame[line="true"] {{ background: {t.border}; border: none; }}
QFrame#navigation {{ background: {t.sunken}; border: none; }}
QFrame#navigation QLabel[role="muted"], QFrame#navigation QLabel[role="caption"] {{ color: {t.muted_on_tint}; }}
QFrame#topbar {{ background: {t.surface}; border: none; border-bottom: 1px solid {t.border}; }}
QFrame#notice {{ background: {t.tip}; border-radius: {RADIUS_CONTROL}px; }}
QFrame#notice QLabel {{ color: {t.on_tip}; }}
QScrollArea, QStackedWidget {{ background: transparent; border: none; }}
QWidget#scrolled {{ background: transparent; }}
QDialog {{ background: {t.surface}; }}
QDialogButtonBox, QMessageBox {{ button-layout: 3; }}
QMessageBox QLabel#qt_msgbox_label {{ font-size: {fonts["dialog"]}; font-weight: {fonts["strong"]}; }}
QMenu {{ background: {t.surface}; border: 1px solid {t.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 8px; border-radius: 4px; margin: 0px; }}
QMenu::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.disabled}; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 0px; }}
QMenu::indicator {{ width: 16px; height: 16px; padding-left: 6px; }}
QMenu::indicator:non-exclusive:checked, QMenu::indicator:exclusive:checked {{ image: url("{folder}-tick.svg"); }}
QMenu::right-arrow {{ image: url("{folder}-right.svg"); width: 14px; height: 14px; }}
QMenuBar {{ background: {t.surface}; border-bottom: 1px solid {t.border}; padding: 2px 8px; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QTabWidget::pane {{ border: none; }}
QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
QTabBar::tab {{
    background: transparent; color: {t.muted}; border: none; border-bottom: 2px solid transparent;
    padding: 8px 2px; margin-right: 12px;
}}
QTabBar::tab:selected {{ color: {t.text}; font-weight: {fonts["strong"]}; border-bottom-color: {t.accent}; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:focus {{ border-bottom: 3px solid {t.accent}; }}
QGroupBox {{ border: none; margin-top: 20px; font-weight: {fonts["strong"]}; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0px; }}
"""


def _bars(t: Tokens) -> str:
    return f"""
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0px; }}
QScrollBar::handle {{ background: {t.border}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {t.outline}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0px; height: 0px; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {t.border}; }}
QProgressBar {{
    background: {t.sunken}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; text-align: center;
    color: transparent;
}}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
"""
