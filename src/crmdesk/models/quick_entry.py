"""Quick entry: what “call Maria tomorrow 10:00” means, by a small grammar for each language. What is not certain is left in the text."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
KINDS = ("call", "mail", "meeting", "visit", "task")


@dataclass(frozen=True)
class Piece(Generic[T]):
    """A stretch of the text that was understood."""

    start: int
    end: int
    value: T


@dataclass(frozen=True)
class Entry:
    """What a line of quick entry says.

    Attributes:
        kind: one of `KINDS`, or None for a plain note.
        on, at: the day and the time of day, where they are certain; a time without a day means today.
        subject: the text without day and time.
        about: the subject without the word for the kind; a person's name often comes first in it.
        understood: (from, to) of the stretches of the text that were understood, in order.
    """

    text: str
    kind: str | None = None
    on: date | None = None
    at: time | None = None
    subject: str = ""
    about: str = ""
    understood: tuple[tuple[int, int], ...] = ()


def read(text: str, today: date, language: str = "en") -> Entry:
    """Read a line of quick entry; English words are understood in every language.

    Two different days, or two times, in one line are not understood.
    """
    grammars = _grammars(language)
    day = _only([piece for grammar in grammars for piece in _matches(grammar.days, text, today)])
    rest = _without(text, day)
    clock = _only([piece for grammar in grammars for piece in _matches(grammar.times, rest, today)])
    rest = _without(rest, clock)
    kind = next((piece for grammar in grammars if (piece := _kind(rest, grammar))), None)
    on = day.value if day else today if clock else None
    found = sorted((piece.start, piece.end) for piece in (day, clock, kind) if piece)
    return Entry(text, kind.value if kind else None, on, clock.value if clock else None, _tidy(rest), _about(_without(rest, kind), grammars), tuple(found))


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], T | None]]


@dataclass(frozen=True)
class _Grammar:
    """The words of one language.

    Attributes:
        kinds: words that name a kind; for languages with spaces the first or, where `kind_may_end`, the last word of the line.
        joining: words before a name that are not part of it.
    """

    days: tuple[Rule[date], ...]
    times: tuple[Rule[time], ...]
    kinds: dict[str, str]
    joining: tuple[str, ...]
    kind_may_end: bool = False
    has_spaces: bool = True


def _matches(rules: Sequence[Rule[T]], text: str, today: date) -> Iterator[Piece[T]]:
    """Yield what the rules find, earlier rules first; a stretch is read once."""
    taken: list[tuple[int, int]] = []
    for pattern, meaning in rules:
        for found in pattern.finditer(text):
            if any(found.start() < end and start < found.end() for start, end in taken):
                continue
            value = meaning(found, today)
            taken.append(found.span())
            if value is not None:
                yield Piece(found.start(), found.end(), value)


def _only(pieces: Sequence[Piece[T]]) -> Piece[T] | None:
    """Return what was found, the longest of those that mean the same; None where two differ."""
    if not pieces or any(piece.value != pieces[0].value for piece in pieces):
        return None
    return max(pieces, key=lambda piece: piece.end - piece.start)


def _without(text: str, piece: Piece[T] | None) -> str:
    return text if piece is None else text[: piece.start] + " " * (piece.end - piece.start) + text[piece.end :]


def _tidy(text: str) -> str:
    bare = " ".join(text.split()).strip(" ,;:–-，、。：")
    bare = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", bare)
    return bare[:1].upper() + bare[1:]


def _about(text: str, grammars: Sequence[_Grammar]) -> str:
    bare = " ".join(text.split()).strip(" ,;:–-，、。：")
    for grammar in grammars:
        for word in grammar.joining:
            gap = r"\s+" if grammar.has_spaces else ""
            bare = re.sub(rf"^{word}{gap}", "", bare, flags=re.IGNORECASE)
    return bare


def _kind(text: str, grammar: _Grammar) -> Piece[str] | None:
    if not grammar.has_spaces:
        found = [(text.index(word), word) for word in grammar.kinds if word in text]
        kinds = {grammar.kinds[word] for _, word in found}
        if len(kinds) != 1:
            return None
        start, word = min(found, key=lambda pair: (-len(pair[1]), pair[0]))
        return Piece(start, start + len(word), grammar.kinds[word])
    words = list(re.finditer(r"[\w-]+", text))
    for place in (0, -1) if grammar.kind_may_end else (0,):
        if words and (kind := grammar.kinds.get(words[place][0].casefold())):
            return Piece(words[place].start(), words[place].end(), kind)
    return None


# -- days ------------------------------------------------------------------------------------------------------------------------


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){pattern}(?![\w])", re.IGNORECASE)


def _after(days: int) -> Callable[[re.Match[str], date], date | None]:
    return lambda found, today: _day_after(today, days)


def _day_after(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def _months_after(today: date, months: int) -> date | None:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1])) if year < 9999 else None


def _coming(weekday: int, today: date) -> date:
    """Return the next such weekday; on a Monday “Monday” is the one in a week."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _of_next_week(weekday: int, today: date) -> date:
    return today + timedelta(days=7 - today.weekday() + weekday)


def _date(year: str | int | None, month: int, day: int, today: date) -> date | None:
    """Return a date; without a year the next one, None if there is no such day."""
    try:
        if year:
            return date(int(year) if int(year) > 99 else 2000 + int(year), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _slashed(found: re.Match[str], today: date) -> date | None:
    """Read 20/12 or 12/20; 3/4 could be either, so it is not read."""
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return _date(found[3], second, first, today)
    return _date(found[3], first, second, today) if second > 12 >= first else None


def _weekday_rule(pattern: str, names: Sequence[str], pick: Callable[[int, date], date]) -> Rule[date]:
    """Make a rule with `{day}` standing for any weekday; `names` are patterns, Monday first."""

    def meaning(found: re.Match[str], today: date) -> date | None:
        weekday = next(number for number in range(7) if found[f"d{number}"])
        return None if found.groupdict().get("unclear") else pick(weekday, today)

    listed = "|".join(f"(?P<d{number}>{name})" for number, name in enumerate(names))
    return _word(pattern.replace("{day}", f"(?:{listed})")) if names[0].isascii() else re.compile(pattern.replace("{day}", f"(?:{listed})")), meaning


def _month_rule(pattern: str, months: Sequence[str]) -> Rule[date]:
    """Make a rule with `{month}` standing for any month; the groups `day` and `year` are numbers."""

    def meaning(found: re.Match[str], today: date) -> date | None:
        month = next(number for number in range(12) if found[f"m{number}"]) + 1
        return _date(found["year"], month, int(found["day"]), today)

    listed = "|".join(f"(?P<m{number}>{name})" for number, name in enumerate(months))
    return _word(pattern.replace("{month}", f"(?:{listed})")), meaning


_ISO: Rule[date] = _word(r"(\d{4})-(\d{1,2})-(\d{1,2})"), lambda found, today: _date(found[1], int(found[2]), int(found[3]), today)
_DOTTED: Rule[date] = _word(r"(?:am |on |bis )?(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})"), lambda found, today: _date(found[3], int(found[2]), int(found[1]), today)
_SLASHED: Rule[date] = _word(r"(?:on )?(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?"), _slashed

_EN_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EN_SHORT = ("mon", "tues?", "wed", "thu(?:rs?)?", "fri", "sat", "sun")
_EN_MONTHS = (
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
)
_DE_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag")
_DE_SHORT = ("mo", "di", "mi", "do", "fr", "sa", "so")
_DE_MONTHS = (
    "jan(?:uar)?|jänner",
    "feb(?:ruar)?",
    "märz|mrz",
    "apr(?:il)?",
    "mai",
    "juni?",
    "juli?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "okt(?:ober)?",
    "nov(?:ember)?",
    "dez(?:ember)?",
)
_ZH_DAYS = ("一", "二", "三", "四", "五", "六", "[日天]")
_ZH_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_ZH_NUMBER = r"(?:十[一二]?|[一二两三四五六七八九]|\d{1,3})"


def _zh_number(text: str) -> int:
    return _ZH_NUMBERS[text] if text in _ZH_NUMBERS else int(text)


def _in(unit_of: Callable[[str], str], one: Sequence[str]) -> Callable[[re.Match[str], date], date | None]:
    def meaning(found: re.Match[str], today: date) -> date | None:
        count = 1 if found[1].casefold() in one else _zh_number(found[1])
        match unit_of(found[2].casefold()):
            case "day":
                return _day_after(today, count)
            case "week":
                return _day_after(today, 7 * count)
            case _:
                return _months_after(today, count)

    return meaning


def _en_unit(word: str) -> str:
    return word.rstrip("s")


def _de_unit(word: str) -> str:
    return {"t": "day", "w": "week", "m": "month"}[word[0]]


def _zh_unit(word: str) -> str:
    return "day" if word in {"天", "日"} else "month" if "月" in word else "week"


# -- times of day ----------------------------------------------------------------------------------------------------------------


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _half_day(found: re.Match[str], today: date) -> time | None:
    """Read 3 pm and 10:30 am."""
    hour, minute = int(found[1]), int(found[2] or 0)
    if not 1 <= hour <= 12:
        return None
    return _time(hour % 12 + (12 if found[3].casefold().startswith("p") else 0), minute)


def _whole_day(found: re.Match[str], today: date) -> time | None:
    """Read 14:30 and 09:00; 3:30 could be either half of the day, so it is not read."""
    hour = int(found[1])
    return None if 1 <= hour <= 6 and not found[1].startswith("0") else _time(hour, int(found[2] or 0))


_ZH_MORNING, _ZH_EVENING = {"上午", "早上", "凌晨", "早晨"}, {"下午", "晚上", "傍晚"}


def _zh_time(found: re.Match[str], today: date) -> time | None:
    half, hour = found[1] or "", _zh_number(found[2])
    minute = 30 if found[3] == "半" else {"一刻": 15, "三刻": 45}.get(found[3] or "") or int(found[4] or 0)
    if half in _ZH_EVENING and hour < 12:
        hour += 12
    elif half in _ZH_MORNING and hour == 12:
        hour = 0
    elif half == "中午" and hour < 3:
        hour += 12
    elif not half and 1 <= hour <= 6 and not found[2].startswith("0"):
        return None
    return _time(hour, minute)


_AM_PM: Rule[time] = _word(r"(?:at )?(\d{1,2})(?:[:.](\d{2}))?\s?([ap]\.?m\b\.?)"), _half_day
_COLON: Rule[time] = _word(r"(?:at |um |ab )?(\d{1,2}):(\d{2})(?!:)"), _whole_day


@lru_cache(maxsize=4)
def _grammars(language: str) -> tuple[_Grammar, ...]:
    own = {"de": _german, "zh": _chinese}.get(language)
    return (own(), _english()) if own else (_english(),)


def _english() -> _Grammar:
    unclear = r"(?P<unclear>(?:next|last|every|each) )?"
    days: tuple[Rule[date], ...] = (
        _ISO, _DOTTED, _SLASHED,
        (_word("(?:the )?day after tomorrow"), _after(2)), (_word("tomorrow"), _after(1)), (_word("today"), _after(0)), (_word("yesterday"), _after(-1)),
        (_word(r"in (an?|one|\d{1,3}) (days?|weeks?|months?)"), _in(_en_unit, ("a", "an", "one"))),
        _weekday_rule("(?:on )?{day},? next week", _EN_DAYS, _of_next_week),
        _weekday_rule("next week,? (?:on )?{day}", _EN_DAYS, _of_next_week),
        _weekday_rule(f"{unclear}(?:(?:on|by|this|coming) )?{{day}}", _EN_DAYS, _coming),
        _weekday_rule("(?:on|by) {day}", _EN_SHORT, _coming),
        _month_rule(r"(?:(?:on|by) )?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)? {month}\.?(?:,? (?P<year>\d{4}))?", _EN_MONTHS),
        _month_rule(r"(?:(?:on|by) )?{month}\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?(?!:)", _EN_MONTHS),
    )  # fmt: skip
    noon: Rule[time] = _word("(?:at )?noon"), lambda found, today: time(12)
    kinds = {
        "call": "call", "phone": "call", "ring": "call", "mail": "mail", "email": "mail", "e-mail": "mail", "meet": "meeting", "meeting": "meeting",
        "visit": "visit", "task": "task", "todo": "task",
    }  # fmt: skip
    return _Grammar(days, (_AM_PM, _COLON, noon), kinds, ("back", "with", "to", "at"))


def _german() -> _Grammar:
    unclear = r"(?P<unclear>(?:nächste[nr]?|letzte[nr]?|jede[nr]?) )?"
    days: tuple[Rule[date], ...] = (
        _ISO, _DOTTED,
        (_word(r"(?:am |bis )?(\d{1,2})\.(\d{1,2})\.(?!\d)"), lambda found, today: _date(None, int(found[2]), int(found[1]), today)),
        (_word("übermorgen"), _after(2)), (_word("vorgestern"), _after(-2)), (_word("morgen"), _after(1)), (_word("heute"), _after(0)), (_word("gestern"), _after(-1)),
        (_word(r"in (eine[mr]|\d{1,3}) (tag(?:en)?|wochen?|monat(?:en)?)"), _in(_de_unit, ("einem", "einer"))),
        _weekday_rule("(?:am )?{day} nächster woche", _DE_DAYS, _of_next_week), _weekday_rule("nächste woche(?: am)? {day}", _DE_DAYS, _of_next_week),
        _weekday_rule(f"{unclear}(?:(?:am|bis|diesen|kommenden|am kommenden) )?{{day}}", _DE_DAYS, _coming),
        _weekday_rule("(?:am|bis) {day}", _DE_SHORT, _coming),
        _month_rule(r"(?:(?:am|bis) )?(?P<day>\d{1,2})\. {month}\.?(?: (?P<year>\d{4}))?", _DE_MONTHS),
    )  # fmt: skip
    times: tuple[Rule[time], ...] = (
        (_word(r"(?:um |ab )?(\d{1,2})(?:[:.](\d{2}))? ?uhr"), _whole_day), (_word(r"um (\d{1,2})(?:[:.](\d{2}))?"), _whole_day), _COLON,
    )  # fmt: skip
    kinds = {
        "anrufen": "call", "anruf": "call", "telefonat": "call", "telefonieren": "call", "mail": "mail", "e-mail": "mail", "email": "mail", "mailen": "mail",
        "termin": "meeting", "treffen": "meeting", "besprechung": "meeting", "meeting": "meeting", "besuch": "visit", "besuchen": "visit", "aufgabe": "task", "todo": "task",
    }  # fmt: skip
    return _Grammar(days, times, kinds, ("mit", "bei", "an"), kind_may_end=True)


def _chinese() -> _Grammar:
    days: tuple[Rule[date], ...] = (
        _ISO,
        (re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]"), lambda found, today: _date(found[1], int(found[2]), int(found[3]), today)),
        (re.compile("大后天"), _after(3)), (re.compile("后天"), _after(2)), (re.compile("明天|明日"), _after(1)), (re.compile("今天|今日"), _after(0)),
        (re.compile("前天"), _after(-2)), (re.compile("昨天|昨日"), _after(-1)),
        (re.compile(rf"({_ZH_NUMBER})(天|日|周|个?星期|个月)[以之]?后"), _in(_zh_unit, ())),
        _weekday_rule("下(?:周|个?星期|个?礼拜){day}", _ZH_DAYS, _of_next_week),
        _weekday_rule("[本这](?:周|个?星期|个?礼拜){day}", _ZH_DAYS, lambda weekday, today: today + timedelta(days=weekday - today.weekday())),
        _weekday_rule("(?P<unclear>[上每])?(?:周|星期|礼拜){day}", _ZH_DAYS, _coming),
    )  # fmt: skip
    times: tuple[Rule[time], ...] = (
        (re.compile(rf"(上午|早上|早晨|凌晨|中午|下午|晚上|傍晚)?\s*({_ZH_NUMBER})[点时](半|一刻|三刻|(\d{{1,2}})分?)?"), _zh_time),
        (re.compile(r"(上午|早上|早晨|凌晨|中午|下午|晚上|傍晚)?\s*(?<!\d)(\d{1,2})[:：]((\d{2}))(?!\d)"), _zh_time),
    )  # fmt: skip
    kinds = {
        "打电话": "call", "致电": "call", "电话": "call", "通话": "call", "发邮件": "mail", "写邮件": "mail", "邮件": "mail", "开会": "meeting", "会议": "meeting", "见面": "meeting",
        "拜访": "visit", "走访": "visit", "任务": "task", "待办": "task",
    }  # fmt: skip
    return _Grammar(days, times, kinds, ("给", "跟", "和", "与", "向"), has_spaces=False)
