"""What Japanese address books and lists call their columns, beyond phones, mails and addresses, which `words.headers` knows."""

from __future__ import annotations

_COMPANY = "会社|会社名|企業名|法人名|取引先|取引先名|顧客名|勤務先"
_NOTE = "備考|メモ|コメント"

JAPANESE: dict[str, dict[str, str]] = {
    "contact": {
        "name": "名前|氏名|お名前|担当者|担当者名", "given_name": "名", "family_name": "姓|苗字|名字", "company": _COMPANY, "department": "部署|部署名|所属", "role": "役職|職種|肩書",
        "birthday": "生年月日|誕生日", "note": _NOTE,
    },
    "company": {"name": f"{_COMPANY}|名称|社名", "industry": "業種|業界", "employees": "従業員数|社員数", "revenue": "売上高|年商", "note": _NOTE},
    "lead": {
        "name": "名前|氏名|お名前|担当者|担当者名", "given_name": "名", "family_name": "姓|苗字|名字", "company_name": _COMPANY, "role": "役職|職種|肩書", "note": _NOTE,
    },
    "deal": {"name": "案件名|商談名|件名", "company": _COMPANY, "amount": "金額", "note": _NOTE},
    "product": {"name": "商品名|製品名|品名", "code": "商品コード|製品コード|品番", "price": "単価|価格", "note": _NOTE},
    "ticket": {"subject": "件名", "company": _COMPANY, "description": "内容"},
}  # fmt: skip
