"""Words of other programs for the values that our choice fields take."""

from __future__ import annotations

import re
from functools import lru_cache

from crmdesk.i18n import LANGUAGES, speaking, tr
from crmdesk.models.registry import entity_class

_TO_DO = "task tasks todo todos deadline aufgabe aufgaben frist wiedervorlage 任务 待办 待办事项"
_MEANINGS: dict[tuple[str, str], dict[str, str]] = {
    ("ticket", "status"): {
        "new": "new neu 新建", "open": "open offen inprogress inbearbeitung working assigned reopened 处理中 打开",
        "waiting": "waiting pending onhold pendingcustomerresponse waitingforcustomer waitingoncustomer waitingoncontact hold wartend wartetaufkunde wartetaufkunden 等待客户",
        "resolved": "resolved solved gelost fixed done erledigt 已解决", "closed": "closed geschlossen completed cancelled canceled 已关闭",
    },
    ("ticket", "priority"): {
        "urgent": "urgent critical kritisch dringend highest blocker p1 1 紧急", "high": "high hoch major p2 2 高", "normal": "normal medium mittel moderate p3 3 中",
        "low": "low niedrig minor lowest trivial p4 p5 4 5 低",
    },
    ("ticket", "channel"): {
        "phone": "phone telephone telefon call voice 电话", "mail": "mail email 邮件", "chat": "chat livechat messenger whatsapp wechat 微信 聊天",
        "web": "web webform form website portal online 网站", "social": "social socialmedia facebook twitter x instagram 社交媒体",
        "in_person": "inperson personal visit counter personlich 当面",
    },
    ("company", "lifecycle"): {
        "potential": "potential prospect lead subscriber opportunity marketingqualifiedlead salesqualifiedlead mql sql interessent 潜在 other",
        "active": "active customer evangelist client kunde 活跃 客户", "dormant": "dormant inactive sleeping ruhend 休眠", "lost": "lost former churned verloren 流失",
    },
    ("company", "tier"): {"a": "hot heiß 热", "b": "warm 温", "c": "cold kalt 冷"},
    ("lead", "status"): {
        "new": "new open notcontacted opennotcontacted attemptedtocontact uncontacted unread neu 新建",
        "working": "working contacted inprogress opendeal connected contactinfuture workingcontacted attempted kontaktiert inbearbeitung 跟进中",
        "qualified": "qualified prequalified qualifiziert 已确认 hot warm", "converted": "converted closedconverted konvertiert 已转化",
        "disqualified": "disqualified unqualified notqualified junklead lostlead badtiming closednotconverted dead 无效",
    },
    ("quote", "status"): {
        "draft": "draft entwurf open offen quotation 草稿", "issued": "issued sent delivered ausgestellt gesendet pending quotationsent "
        "angebotgesendet offertegesendet versendet verschickt versandt 已发出 已发送 报价单已发送",
        "accepted": "accepted won confirmed ordered shipped complete completed salesorder closed angenommen delivered "
        "verkaufsauftrag auftrag auftragsbestätigung beauftragt bestellt bestätigt erteilt gewonnen 已接受 销售订单 已确认",
        "declined": "declined lost rejected cancelled canceled abgelehnt storniert abgebrochen abgesagt verloren 已拒绝 已取消",
        "expired": "expired abgelaufen 已过期", "superseded": "superseded replaced ersetzt",
    },
    ("activity", "kind"): {
        "call": "call phone phonecall telephone anruf telefonat telefonanruf telefon tel calls 电话 来电 去电 电话沟通 通话",
        "mail": "mail email e-mail emails letter brief postalmail 邮件 电子邮件 信函",
        "meeting": "meeting event appointment termin besprechung demo lunch meetings events 会议 面谈 洽谈",
        "visit": "visit besuch onsite vorort vororttermin kundenbesuch 拜访 上门 上门拜访 客户拜访 现场拜访",
        "chat": "chat sms whatsapp wechat message nachricht linkedinmessage livechat 聊天 微信 企业微信 短信 qq 钉钉", "note": f"note comment notiz other 备注 {_TO_DO}",
    },
    ("activity", "direction"): {"in": "in inbound incoming received eingehend", "out": "out outbound outgoing sent ausgehend"},
    ("company", "language"): {"en": "en english englisch 英语 eng enus engb", "de": "de german deutsch 德语 ger deu dede deat", "zh": "zh chinese chinesisch 中文 汉语 chi zho zhcn"},
    ("product", "tax_category"): {"S": "s standard", "Z": "z zero zerorated", "E": "e exempt", "AE": "ae reversecharge", "O": "o none outofscope"},
    ("deal_contact", "role"): {"decides": "decides decisionmaker entscheider", "influences": "influencer influences", "uses": "enduser user uses", "pays": "budgetholder pays economicbuyer"},
}  # fmt: skip
for _same in ("contact",):
    _MEANINGS[(_same, "lifecycle")] = _MEANINGS[("company", "lifecycle")]
for _same in ("contact", "quote", "article", "saved_answer"):
    _MEANINGS[(_same, "language")] = _MEANINGS[("company", "language")]

WON = frozenset(
    "won closedwon gewonnen abgeschlossengewonnen abgeschlossenundgewonnen geschlossengewonnen geschlossenundgewonnen closewon win success successful signed "
    "gagne gagnee ganado ganada vinto vinta gewonnen wonclosed dealwon "
    "赢单 已赢单 赢单关闭 关闭赢单 成交 已成交 成功 成单 已赢 赢 贏單 成交关闭 签约 已签约".split()
)
LOST = frozenset(
    "lost closedlost verloren abgeschlossenverloren abgeschlossenundverloren geschlossenverloren geschlossenundverloren closelost lose failed abandoned dead "
    "perdu perdue perdido perdida perso persa lostclosed deallost closedlosttocompetition "
    "输单 已输单 输单关闭 关闭输单 丢单 已丢单 流失 已流失 失败 已失败 输 輸單 无效 已无效".split()
)


def bare(text: str) -> str:
    """Return a text as these tables compare it: lower case, letters and digits only, no diacritics."""
    from crmdesk.models.names import folded

    return re.sub(r"[\W_]+", "", folded(text))


@lru_cache(maxsize=64)
def _table(entity: str, field: str) -> dict[str, str]:
    found = {bare(word): value for value, words in _MEANINGS.get((entity, field), {}).items() for word in reversed(words.split())}
    item = entity_class(entity).fields.get(field)
    for language in LANGUAGES:
        with speaking(language):
            found |= {bare(tr(choice.label)): choice.value for choice in (item.choices if item else ())}
    return found


def meaning(entity: str, field: str, text: str) -> str | None:
    """Return the stored value that another program's word stands for, or our own word in any of our languages."""
    return _table(entity, field).get(bare(text))


_AROUND = re.compile(
    r"^(?:\d+\s*[-.):%]?\s*|phase\s*\d+\s*[-:]?\s*)|\s*[(\[（]\s*\d+(?:[.,]\d+)?\s*%?\s*[)\]）]\s*$|\s*[-–]?\s*\d+(?:[.,]\d+)?\s*%\s*$", re.IGNORECASE
)


_STILL_OPEN = frozenset("open offen laufend ongoing inprogress ouvert ouverte abierto aperto 进行中".split())


def is_only_open(stage: str) -> bool:
    """Say whether the name of a stage says no more of its deals than that they are neither won nor lost."""
    return bare(stage) in _STILL_OPEN


def outcome_of(stage: str) -> str:
    """Return what the name of a stage says about its deals: `won`, `lost` or `open`; numbers and chances around the word don't count: `6 - Won (100 %)`."""
    word = bare(_AROUND.sub("", stage.strip()))
    return "won" if word in WON else "lost" if word in LOST else "open"


_DONE = frozenset(
    "done completed complete closed finished yes true x 1 erledigt abgeschlossen beendet ja wahr fertig termine terminee oui 完成 已完成 已结束 已关闭 是 100".split()
)


_TO_DO_BARE = frozenset(map(bare, _TO_DO.split()))


def says_to_do(text: str) -> bool:
    """Say whether a sort of activity such as “Deadline” or 待办 is something to do, and nothing that happened."""
    return bare(text) in _TO_DO_BARE


def says_done(text: str) -> bool:
    """Say whether a status such as “Completed” or 已完成 says that a task is done."""
    return bare(text) in _DONE
