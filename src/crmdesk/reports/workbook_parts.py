"""What holds the sheets of a workbook together, as XML: their list, the links between parts, styles, tables, names and properties.

Source: ECMA-376, part 1, chapter 18 (SpreadsheetML); the parts that Excel, LibreOffice and calamine need and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.clock import now
from crmdesk.reports.cells import DATE_FORMAT, MOMENT_FORMAT, column_letters, number_format, quoted_name, xml_attribute, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

MOST_ROWS = 1_048_576
HEAD_STYLE, BOLD_STYLE, NUMBER_HEAD_STYLE, BOLD_NUMBER_STYLE = 1, 2, 3, 4
OWN_STYLES = 5
# Texts, and what may be anything, stand where each program puts them.
_AS_USUAL = frozenset({number_format("text"), number_format("number")})
_TABLE_STYLE = "TableStyleLight1"


@dataclass
class Sheet:
    """What must be known of a written sheet when the workbook is closed."""

    name: str
    reference: str = ""
    labels: tuple[str, ...] = ()
    beside: int = 0


def parts_of(sheets: Sequence[Sheet], formats: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the parts that make a workbook of its sheets, each with its name.

    Args:
        formats: of numbers, in the order of their styles.
    """
    yield "xl/workbook.xml", _workbook(sheets)
    yield "xl/_rels/workbook.xml.rels", _links([*(("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)), ("styles", "styles.xml")])
    yield "xl/styles.xml", _styles(formats)
    yield (
        "_rels/.rels",
        f'{XML}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
    )
    yield "docProps/core.xml", _properties()
    yield "[Content_Types].xml", _types(sheets)


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(f'<sheet name="{xml_attribute(sheet.name)}" sheetId="{i}" r:id="rId{i}"/>' for i, sheet in enumerate(sheets, 1))
    names = "".join(_names_of(place, sheet) for place, sheet in enumerate(sheets))
    names = f"<definedNames>{names}</definedNames>" if names else ""
    return f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews><sheets>{listed}</sheets>{names}</workbook>'


def _links(targets: Iterable[tuple[str, str]]) -> str:
    """Return the part that says by number where other parts stand: of what type each is, and its name."""
    links = "".join(f'<Relationship Id="rId{i}" Type="{RELATIONS}/{kind}" Target="{name}"/>' for i, (kind, name) in enumerate(targets, 1))
    return f'{XML}<Relationships xmlns="{_PACKAGE}">{links}</Relationships>'


def _properties() -> str:
    made = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'{XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>CRMDesk</dc:creator>'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>'
    )


def _types(sheets: Sequence[Sheet]) -> str:
    """Return the part that says of which type each other part is."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i in range(1, len(sheets) + 1))
    parts += "".join(f'<Override PartName="/xl/tables/table{i}.xml" ContentType="{kind}.table+xml"/>' for i, sheet in enumerate(sheets, 1) if sheet.labels)
    return (
        f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}'
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _names_of(place: int, sheet: Sheet) -> str:
    """Return the names that programs look for: what is filtered, and the head that stands on each printed page."""
    if not sheet.reference:
        return ""
    name = xml_text(quoted_name(sheet.name))
    filtered = (
        "" if sheet.labels else f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">{name}!{_fixed(sheet.reference)}</definedName>'
    )
    beside = f"{name}!$A:${column_letters(sheet.beside)}," if sheet.beside else ""
    # Columns down to their ends, so that a long text takes no further page and rows that are added are printed too.
    printed = f"{name}!$A$1:${re.sub('.*:|[0-9]', '', sheet.reference)}${MOST_ROWS}"
    return (
        f'{filtered}<definedName name="_xlnm.Print_Area" localSheetId="{place}">{printed}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{beside}{name}!$1:$1</definedName>'
    )


def _fixed(reference: str) -> str:
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", reference)


def _styles(formats: Sequence[str]) -> str:
    numbered = "".join(f'<numFmt numFmtId="{164 + i}" formatCode="{xml_attribute(code)}"/>' for i, code in enumerate(formats))
    declared = f'<numFmts count="{len(formats)}">{numbered}</numFmts>' if formats else ""
    cells = "".join(_cell_style(164 + i, code) for i, code in enumerate(formats))
    return (
        f'{XML}<styleSheet xmlns="{MAIN}">{declared}'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFF0F0EC"/><bgColor indexed="64"/></patternFill></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats) + OWN_STYLES}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
        '<alignment horizontal="right" indent="1" vertical="center" wrapText="1"/></xf>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf>'
        f"{cells}</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _cell_style(number: int, code: str) -> str:
    """Return the style of a number format; days stand at the left, and numbers keep away from what follows them."""
    begin = f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
    if code in _AS_USUAL:
        return f"{begin}/>"
    aligned = 'horizontal="left"' if code in (DATE_FORMAT, MOMENT_FORMAT) else 'horizontal="right" indent="1"'
    return f'{begin} applyAlignment="1"><alignment {aligned}/></xf>'


def table_parts(number: int, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield the parts that make a sheet's rows a table, each with its name: stripes, filters, and a name for formulas."""
    columns = "".join(f'<tableColumn id="{i}" name="{xml_attribute(label)}"/>' for i, label in enumerate(sheet.labels, 1))
    yield (
        f"xl/tables/table{number}.xml",
        f'{XML}<table xmlns="{MAIN}" id="{number}" name="Table{number}" displayName="Table{number}" ref="{sheet.reference}" totalsRowShown="0">'
        f'<autoFilter ref="{sheet.reference}"/><tableColumns count="{len(sheet.labels)}">{columns}</tableColumns>'
        f'<tableStyleInfo name="{_TABLE_STYLE}" showFirstColumn="0" showLastColumn="0" showRowStripes="1" showColumnStripes="0"/></table>',
    )
    yield f"xl/worksheets/_rels/sheet{number}.xml.rels", _links([("table", f"../tables/table{number}.xml")])
