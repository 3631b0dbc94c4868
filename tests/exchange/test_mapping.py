"""What columns mean: by product, by name in many languages, by content, and by the user's own word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.clock import moment
from crmdesk.errors import UserError
from crmdesk.exchange.columns.by_name import by_name
from crmdesk.exchange.columns.chosen import parse_target, with_choices
from crmdesk.exchange.columns.looks import own_field
from crmdesk.exchange.columns.mapping import guess, suggest_entity
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.preview import preview
from crmdesk.exchange.values.layouts import Target

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Store


def table_of(folder: Path, header: str, *rows: str) -> Table:
    path = folder / "file.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return open_table(path)


def targets(layout: Layout) -> dict[str, str]:
    return {column.header: str(column.target) for column in layout.columns if column.target}


@pytest.mark.parametrize(
    ("entity", "header", "target"),
    [
        ("contact", "First Name", "given_name"), ("contact", "vorname", "given_name"), ("contact", "FIRST_NAME", "given_name"), ("contact", "名", "given_name"),
        ("contact", "Business Phone", "phone.work"), ("contact", "Telefon geschäftlich 2", "phone.work"), ("contact", "Mobiltelefon", "phone.mobile"),
        ("contact", "Business Fax", "phone.work fax"), ("contact", "Рабочий телефон", "phone.work"), ("contact", "商务电话", "phone.work"),
        ("contact", "Télécopie (bureau)", "phone.work fax"), ("contact", "E-mail 2 Address", "email"), ("contact", "E-Mail 2: Adresse", "email"),
        ("contact", "Адрес эл. почты", "email"), ("contact", "电子邮件地址", "email"), ("contact", "Business Street 2", "address.work.street2"),
        ("contact", "Code postal (domicile)", "address.home.postal_code"), ("contact", "商务地址 市/县", "address.work.city"),
        ("contact", "Business Address PO Box", "address.work.po_box"), ("contact", "Job Title", "role"), ("contact", "Company Main Phone", "phone.main"),
        ("contact", "WeChat", "handle.wechat"), ("contact", "E-mail Type", ""), ("contact", "Last Activity Date", ""), ("contact", "Phone call notes", ""),
        ("company", "BILLINGPOSTALCODE", "address.billing.postal_code"), ("company", "contact_name", "contact.name"), ("company", "subsidiary_of", "parent"),
        ("company", "Umsatz", "revenue"), ("company", "customer_id", "external_id"), ("deal", "customer_id", "company"), ("deal", "deal_stage", "stage"),
        ("deal", "close_date", "close_on"), ("deal", "opportunity_id", "external_id"), ("quote", "order_id", "number"), ("quote_line", "order_id", "quote"),
        ("quote_line", "product_id", "product"), ("member", "reports_to", "manager"), ("ticket", "Ticket ID", "number"), ("lead", "Mobile", "phone.mobile"),
        ("company", "客户名称", "name"), ("contact", "客户名称", "company"), ("deal", "客户名称", "company"), ("company", "省份", "address.state"), ("contact", "省份", "address.state"),
        ("company", "Contact", "contact.name"), ("company", "Ansprechpartner", "contact.name"), ("company", "联系人", "contact.name"), ("activity", "负责人", "owner"),
        ("activity", "备注", "body"), ("activity", "Typ", "kind"), ("activity", "Mitarbeiter", "owner"), ("activity", "Bearbeiter", "owner"), ("deal", "Deal", "name"),
        ("deal", "Deal ID", "external_id"), ("activity", "Deal", "deal"), ("contact", "Ansprechpartner", "name"), ("deal", "联系人", "contact"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_its_name(tmp_path: Path, entity: str, header: str, target: str) -> None:
    table = table_of(tmp_path, f'"{header}","Zzz"', ",x")
    assert targets(guess(entity, table)).get(header, "") == target


def test_outlooks_title_is_an_address_and_salesforces_a_role(tmp_path: Path) -> None:
    assert targets(guess("contact", table_of(tmp_path, "Title,Last Name", "Mr.,Smith", "Dr.,Jones")))["Title"] == "salutation"
    assert targets(guess("contact", table_of(tmp_path, "Title,Last Name", "Buyer,Smith", "VP Sales,Jones")))["Title"] == "role"


def test_columns_whose_cells_contradict_the_name_are_left_out(tmp_path: Path) -> None:
    layout = guess("company", table_of(tmp_path, "Name,Rating,Email", "Acme,Good,yes", "Bolt,Poor,no"))
    assert targets(layout) == {"Name": "name"}
    assert layout.unused == ("Rating", "Email")


def test_a_companys_contact_is_a_person_unless_its_cells_are_mails_or_numbers(tmp_path: Path) -> None:
    assert targets(guess("company", table_of(tmp_path, "Firma,Contact", "Acme,Anna Berg", "Bolt,Bob Li")))["Contact"] == "contact.name"
    assert targets(guess("company", table_of(tmp_path, "Firma,Contact", "Acme,anna@acme.example", "Bolt,bob@bolt.example")))["Contact"] == "email"


def test_a_mail_beside_a_tickets_customer_is_the_customers(tmp_path: Path) -> None:
    layout = guess("ticket", table_of(tmp_path, "Betreff,Kunde,E-Mail", "Drucker,Anna Berg,anna@example.com"))
    assert targets(layout) == {"Betreff": "subject", "Kunde": "contact", "E-Mail": "contact.email"}
    layout = guess("ticket", table_of(tmp_path, "Betreff,E-Mail", "Drucker,anna@example.com"))
    assert targets(layout) == {"Betreff": "subject", "E-Mail": "contact.email"}


def test_a_table_without_names_is_understood_by_its_cells(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Anna Berg,anna@example.com,+49 30 1234567,Germany", "Bob Li,bob@example.com,+49 30 7654321,France")
    assert not table.has_header
    assert list(targets(guess("contact", table)).values()) == ["name", "email", "phone", "address.country"]


@pytest.mark.parametrize(
    ("entity", "header", "cells", "target", "reason"),
    [
        ("contact", "Erreichbar", ["anna@example.com", "bob@example.com"], "email", "looks like mail addresses: 2 of 2"),
        ("contact", "Nr", ["+49 30 1234567", "030/7654321", "0151 23456789", "030 99887766", "k.A."], "phone", "looks like phone numbers: 4 of 5"),
        ("contact", "Wo", ["Germany", "Frankreich", "中国"], "address.country", "looks like countries: 3 of 3"),
        ("contact", "Arbeitet bei", ["Acme GmbH", "Bolt AG", "Cog Ltd", "Selbst"], "company", "looks like companies: 3 of 4"),
        ("contact", "Wer", ["Anna Berg", "Dr. Bob von Li", "Cleo O'Neil"], "name", "looks like names of people: 3 of 3"),
        ("contact", "Wer", ["王小明", "李雷"], "name", "looks like names of people: 2 of 2"),
        ("contact", "Netz", ["https://acme.example", "www.bolt.example/team"], "website", "looks like web addresses: 2 of 2"),
        ("deal", "Wann", ["2026-01-02", "3.4.2026", "5 May 2026"], "close_on", "looks like dates: 3 of 3"),
        ("deal", "Wieviel", ["1.200,00 €", "€ 350"], "amount", "looks like amounts: 2 of 2"),
        ("deal", "Wer", ["Acme GmbH", "Bolt Ltd."], "company", "looks like companies: 2 of 2"),
        ("company", "Wer", ["Acme GmbH", "上海明德贸易有限公司"], "name", "looks like companies: 2 of 2"),
    ],
)  # fmt: skip
def test_a_column_with_a_strange_name_is_told_by_its_cells(tmp_path: Path, entity: str, header: str, cells: list[str], target: str, reason: str) -> None:
    table = table_of(tmp_path, f"Zzz,{header}", *(f'q{i},"{cell}"' for i, cell in enumerate(cells)))
    column = guess(entity, table).columns[1]
    assert (str(column.target), column.why, column.reason) == (target, "content", reason)
    assert 0.5 < column.confidence <= 0.85


def test_a_postal_code_needs_an_address_around_it(tmp_path: Path) -> None:
    assert targets(guess("contact", table_of(tmp_path, "Name,City,Xyz", "Anna Berg,Berlin,10115", "Bob Li,Hamburg,20095")))["Xyz"] == "address.postal_code"
    assert "Xyz" not in targets(guess("contact", table_of(tmp_path, "Name,Xyz", "Anna Berg,10115", "Bob Li,20095")))


def test_pictures_dates_and_codes_are_not_taken_for_something_else(tmp_path: Path) -> None:
    table = table_of(
        tmp_path, "Name,Photo,Seen,Code", "Anna Berg,https://a.example/a.png,2026-01-02,AB-1234", "Bob Li,https://a.example/b.png,2026-01-03,AB-1235"
    )
    layout = guess("contact", table)
    assert targets(layout) == {"Name": "name"}
    assert layout.unused == ("Photo", "Seen", "Code")
    assert {column.reason for column in layout.columns if not column.target} == {"Neither the name nor the cells tell what it is."}


@pytest.mark.parametrize(
    ("header", "target"),
    [("Compnay", "company"), ("Adress", "address.street"), ("Telephon Number", "phone"), ("Geburstag", "birthday"), ("Bussiness Phone", "phone.work")],
)
def test_a_misspelt_name_is_understood(tmp_path: Path, header: str, target: str) -> None:
    column = guess("contact", table_of(tmp_path, f"Last Name,{header}", "Berg,")).columns[1]
    assert (str(column.target), column.why, column.confidence) == (target, "spelling", 0.7)
    assert column.reason.startswith("The name is nearly “")


@pytest.mark.parametrize("header", ["Customer Age", "Contract", "Kontrakt", "contract_s"])
def test_another_word_is_no_misspelt_one(tmp_path: Path, header: str) -> None:
    column = guess("contact", table_of(tmp_path, f"Last Name,{header}", "Berg,Month-to-month")).columns[1]
    assert (column.target, column.why) == (None, "")


def test_each_guess_says_how_sure_it_is_and_why(tmp_path: Path) -> None:
    layout = guess("contact", table_of(tmp_path, "Name,Email,Phone", "Anna Berg,anna@example.com,030 1234567", "Bob Li,,call me"))
    assert [(column.confidence, column.reason) for column in layout.columns] == [
        (0.95, "The name says so."), (0.95, "The name says so, and 1 of 1 look like mail addresses."), (0.71, "The name says so, and 1 of 2 look like phone numbers.")
    ]  # fmt: skip


def test_a_column_that_fits_nothing_can_become_a_field_of_its_own() -> None:
    cells = {"integer": ["42", "-3"], "decimal": ["1.5", "2"], "date": ["2026-01-02"], "flag": ["yes", "no"], "text": ["red", "blue"], "long_text": ["a\nb"]}
    assert {kind: getattr(own_field("Size", values), "kind", "") for kind, values in cells.items()} == {kind: kind for kind in cells}
    assert getattr(own_field("Code", ["007", "12"]), "kind", "") == "text"
    assert own_field("Empty", []) is None


def test_labels_of_googles_columns_go_with_their_values(tmp_path: Path) -> None:
    layout = guess(
        "contact", table_of(tmp_path, "First Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value", "A,x,Work,a@example.com,Mobile,1")
    )
    assert layout.product == "Google Contacts"
    assert [(column.header, column.label_index) for column in layout.columns if column.label_index is not None] == [
        ("E-mail 1 - Value", 2),
        ("Phone 1 - Value", 4),
    ]


def test_the_user_has_the_last_word(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Name,Info,Extra,City", "Anna Berg,CEO,030 123,Berlin")
    layout = with_choices(guess("contact", table), table, {"role": "info", "phone.work": "3", "address.billing.city": "City"})
    assert targets(layout) == {"Name": "name", "Info": "role", "Extra": "phone.work", "City": "address.billing.city"}
    assert targets(with_choices(layout, table, {"role": ""})) == {"Name": "name", "Extra": "phone.work", "City": "address.billing.city"}
    with pytest.raises(UserError, match="no column “Nope”"):
        with_choices(layout, table, {"role": "Nope"})
    with pytest.raises(UserError, match="no field “shoe_size”"):
        with_choices(layout, table, {"shoe_size": "Info"})


def test_targets_are_written_as_they_are_read() -> None:
    for text in ("email", "phone.work", "address.city", "address.billing.city", "company", "contact.role"):
        assert str(parse_target("contact" if text != "contact.role" else "company", text)) == text
    assert parse_target("contact", "city") == Target("address", part="city")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("entity", "name", "product", "unused"),
    [
        ("contact", "06_contact_csv/google_contacts_2024_format.csv", "Google Contacts", 5), ("contact", "06_contact_csv/google_contacts_old_format.csv", "Google Contacts", 1),
        ("company", "06_contact_csv/hubspot_companies.csv", "HubSpot", 1), ("contact", "06_contact_csv/hubspot_contacts.csv", "HubSpot", 6),
        ("contact", "06_contact_csv/linkedin_connections.csv", "LinkedIn", 1), ("contact", "06_contact_csv/odoo_res.partner.csv", "Odoo", 3),
        ("contact", "06_contact_csv/outlook_desktop_de.csv", "Outlook", 0), ("contact", "06_contact_csv/outlook_desktop_en.csv", "Outlook", 7),
        ("contact", "06_contact_csv/pipedrive_people.csv", "Pipedrive", 2), ("contact", "06_contact_csv/pipedrive_sample_import.csv", "Pipedrive", 4),
        ("contact", "06_contact_csv/salesforce_report_contacts.csv", "Salesforce", 1), ("lead", "06_contact_csv/zoho_leads.csv", "Zoho", 4),
        ("contact", "06_contact_csv/roundcube_fixtures/tb_plain.csv", "Thunderbird", 2), ("contact", "06_contact_csv/roundcube_fixtures/gmail.csv", "Google Contacts", 3),
        ("company", "01_pipeline/maven_crm/accounts.csv", None, 0), ("product", "01_pipeline/maven_crm/products.csv", None, 0),
        ("deal", "01_pipeline/maven_crm/sales_pipeline.csv", None, 0), ("member", "01_pipeline/maven_crm/sales_teams.csv", None, 0),
        ("company", "02_orders/northwind_csv/customers.csv", None, 0), ("quote_line", "02_orders/northwind_csv/order_details.csv", None, 0),
    ],
)  # fmt: skip
def test_real_files_are_recognised_and_hardly_a_column_is_left(shared_data: Path, entity: str, name: str, product: str | None, unused: int) -> None:
    layout = guess(entity, open_table(shared_data / name))
    assert (layout.product, len(layout.unused)) == (product, unused), layout.unused


@pytest.mark.parametrize(
    ("entity", "header", "cells", "target"),
    [
        ("deal", "Amount", ["abc", "def", "100"], "amount"), ("deal", "Betrag", ["auf Anfrage", "100 €", "später"], "amount"), ("deal", "Amount", ["$5k", "1.2M"], "amount"),
        ("deal", "Expected close", ["soon", "later"], "expected_close_on"), ("deal", "Value", ["high", "low"], ""), ("deal", "Closed", ["yes", "no"], ""),
        ("company", "Employees", ["51-200", "11-50", "10000+"], "employees"), ("company", "Annual revenue", ["$1M - $10M", "< $1M"], ""), ("product", "Price", ["on request", "ask"], "price"),
        ("ticket", "First response time", ["2 hours", "45 min"], ""), ("ticket", "Time to resolution", ["00:45:00", "12:10:00"], ""), ("ticket", "Rating", ["good", "bad"], ""),
    ],
)  # fmt: skip
def test_amounts_and_dates_are_not_lost_where_most_cells_do_not_fit(tmp_path: Path, entity: str, header: str, cells: list[str], target: str) -> None:
    assert targets(guess(entity, table_of(tmp_path, f'"{header}","Zzz"', *(f'"{cell}",x' for cell in cells)))).get(header, "") == target


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Anna,Berg,anna.berg@example.com", "Bob,Li,bob.li@example.com"], ["given_name", "family_name", "email"]),
        (["Berg,Anna,anna.berg@example.com", "Li,Bob,bli@example.com"], ["family_name", "given_name", "email"]),
        (["1,Herr,Jens,von Berg,+49 30 1234567", "2,Frau,Ute,Maier-Lü,+49 30 7654321"], ["", "salutation", "given_name", "family_name", "phone"]),
        (["Acme,Rob,Zzyzx,rob@acme.example", "Bolt,Liz,Qwert,liz@bolt.example"], ["", "given_name", "family_name", "email"]),
        (["王,小明,13800138000", "李,雷,13900139000"], ["family_name", "given_name", "phone"]),
        (["Xaver;Ypsi;Berlin;2020-01-02", "Zora;Quast;Bonn;2021-01-02"], ["given_name", "family_name", "", ""]),
        (["Anna Berg,anna@example.com,Paris", "Bob Li,bob@example.com,Oslo"], ["name", "email", ""]),
    ],
)  # fmt: skip
def test_names_in_a_table_without_a_header_come_whole(tmp_path: Path, rows: list[str], expected: list[str]) -> None:
    table = table_of(tmp_path, *rows)
    assert not table.has_header
    assert [str(column.target or "") for column in guess("contact", table).columns] == expected


def test_columns_that_are_only_numbered_are_told_as_if_they_had_no_names(tmp_path: Path) -> None:
    layout = guess("contact", table_of(tmp_path, "Column1,Column2,Column3", "Anna,Berg,anna.berg@example.com", "Bob,Li,bob.li@example.com"))
    assert list(targets(layout).values()) == ["given_name", "family_name", "email"]


CHINESE_COLUMNS = {
    "contact": """
姓名 = name | 联系人 = name | 联系人姓名 = name | 公司名称 = company | 客户名称 = company | 所属客户 = company | 单位名称 = company | 手机 = phone.mobile |
手机号 = phone.mobile | 手机号码 = phone.mobile | 电话 = phone | 联系电话 = phone | 固话 = phone | 座机 = phone | 办公电话 = phone.work | 邮箱 = email |
电子邮箱 = email | 职务 = role | 职位 = role | 部门 = department | 生日 = birthday | 出生日期 = birthday | 微信 = handle.wechat | 微信号 = handle.wechat |
QQ = handle.qq | 性别 = salutation | 地址 = address.street | 详细地址 = address.street | 联系地址 = address.street | 省 = address.state | 省份 = address.state | 市 = address.city |
城市 = address.city | 邮编 = address.postal_code | 国家 = address.country | 备注 = note | 负责人 = owner | 标签 = tags | 直属上级 = reports_to | 客户编号 |
联系人编号 = external_id
""",
    "company": """
公司名称 = name | 客户名称 = name | 企业名称 = name | 单位名称 = name | 客户编号 = customer_number | 客户编码 = customer_number | 行业 = industry | 所属行业 = industry |
电话 = phone | 联系电话 = phone | 公司电话 = phone | 传真 = phone.fax | 网址 = website | 官网 = website | 公司网址 = website | 员工人数 = employees |
人员规模 = employees | 公司规模 = employees | 员工数 = employees | 年营业额 = revenue | 年销售额 = revenue | 客户状态 = lifecycle | 客户级别 = tier | 客户等级 = tier |
负责人 = owner | 客户负责人 = owner | 备注 = note | 统一社会信用代码 = credit_code | 税号 = credit_code | 纳税人识别号 = credit_code | 上级客户 = parent | 母公司 = parent |
标签 = tags | 联系人 = contact.name | 地址 = address.street | 详细地址 = address.street | 公司地址 = address.street | 省份 = address.state | 城市 = address.city | 成立年份 = founded
""",
    "lead": """
姓名 = name | 线索名称 = name | 公司 = company_name | 公司名称 = company_name | 手机 = phone.mobile | 电话 = phone | 邮箱 = email | 线索来源 = origin |
来源 = origin | 线索状态 = status | 状态 = status | 跟进状态 = status | 负责人 = owner | 创建时间 = arrived_at | 备注 = note | 职务 = role |
地址 = address.street
""",
    "deal": """
商机名称 = name | 机会名称 = name | 销售机会名称 = name | 客户名称 = company | 所属客户 = company | 公司名称 = company | 商机金额 = amount | 预计金额 = amount |
预计成交金额 = amount | 预计销售金额 = amount | 金额 = amount | 销售阶段 = stage | 商机阶段 = stage | 阶段 = stage | 预计成交日期 = expected_close_on | 预计成交时间 = expected_close_on |
预计结单日期 = expected_close_on | 预计关闭日期 = expected_close_on | 实际成交日期 = closed_on | 成交日期 = closed_on | 结单日期 = closed_on | 负责人 = owner | 商机负责人 = owner | 商机来源 = origin |
来源 = origin | 输单原因 = lost_reason | 丢单原因 = lost_reason | 创建时间 = opened_on | 创建日期 = opened_on | 备注 = note | 联系人 = contact | 产品 = product |
产品名称 = product | 赢率 | 币种 = currency | 标签 = tags | 商机编号 = external_id | 下一步 = note
""",
    "activity": """
客户名称 = company | 所属客户 = company | 客户 = company | 公司名称 = company | 联系人 = contact | 商机 = deal | 商机名称 = deal | 跟进方式 = kind |
跟进类型 = kind | 活动类型 = kind | 类型 = kind | 跟进时间 = at | 跟进日期 = at | 时间 = at | 日期 = at | 创建时间 = at |
跟进内容 = body | 跟进记录 = body | 内容 = body | 备注 = body | 沟通内容 = body | 跟进人 = owner | 跟进人员 = owner | 负责人 = owner |
创建人 = owner | 主题 = subject | 标题 = subject | 时长 = minutes
""",
    "task": """
任务名称 = subject | 主题 = subject | 标题 = subject | 任务主题 = subject | 截止日期 = due_on | 截止时间 = due_on | 到期日 = due_on | 到期日期 = due_on |
计划完成时间 = due_on | 备注 = body | 描述 = body | 任务描述 = body | 说明 = body | 负责人 = owner | 执行人 = owner | 客户名称 = company |
客户 = company | 联系人 = contact | 商机名称 = deal | 完成时间 = done_at | 提醒时间 = remind_at | 状态 = is_done | 任务状态 = is_done | 是否完成 = is_done
""",
    "ticket": """
工单编号 = number | 工单号 = number | 主题 = subject | 标题 = subject | 工单标题 = subject | 工单主题 = subject | 问题描述 = description | 描述 = description |
内容 = description | 客户名称 = company | 公司名称 = company | 联系人 = contact | 创建时间 = opened_at | 提交时间 = opened_at | 关闭时间 = closed_at | 解决时间 = resolved_at |
首次响应时间 = first_replied_at | 优先级 = priority | 状态 = status | 工单状态 = status | 负责人 = owner | 处理人 = owner | 受理人 = owner | 来源 = channel |
渠道 = channel | 分类 = queue | 问题类型 = queue | 工单类型 = queue | 解决方案 = resolution | 处理结果 = resolution | 满意度 = csat | 产品 = product |
标签 = tags
""",
    "product": """
产品名称 = name | 产品编号 = code | 产品编码 = code | 分类 = category | 产品分类 = category | 产品类别 = category | 单位 = unit | 单价 = price |
价格 = price | 标准价格 = price | 成本 = cost | 成本价 = cost | 税率 = tax_rate | 描述 = note | 备注 = note | 产品描述 = note |
是否上架 = is_active | 状态
""",
    "quote": """
报价单编号 = number | 报价单号 = number | 报价编号 = number | 报价日期 = date | 有效期至 = valid_until | 有效期 = valid_until | 客户名称 = company | 联系人 = contact |
负责人 = owner | 商机名称 = deal | 状态 = status | 主题 = subject
""",
}
"""What 纷享销客, 销售易 and tables made by hand call their columns; those without a field are offered as fields of the user's own."""


@pytest.mark.parametrize("entity", CHINESE_COLUMNS)
def test_the_columns_of_chinese_programs_are_known(entity: str) -> None:
    pairs = (piece.strip().partition(" = ") for piece in CHINESE_COLUMNS[entity].replace("\n", " ").split(" | "))
    wanted = {header: target for header, _, target in pairs}
    assert {header: str(by_name(entity, header, ())[0] or "") for header in wanted} == wanted


def test_the_day_and_the_time_of_it_may_stand_apart(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("Subject,Start Date,Start Time,Type\nTalk,2026-03-04,10:30,Call\nTea,2026-03-05,2:15 PM,Meeting\n", encoding="utf-8")
    import_file(store, "activity", path)
    with store.read() as reader:
        assert [moment(at).astimezone(reader.settings.tz).strftime("%m-%d %H:%M") for (at,) in reader.rows("SELECT at FROM activity ORDER BY at")] == [
            "03-04 10:30",
            "03-05 14:15",
        ]


def test_a_status_says_that_a_task_is_done(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text("Subject,Due Date,Due Time,Status\nA,2026-03-04,2:30 PM,Completed\nB,2027-03-04,,Not Started\nC,2026-01-01,,已完成\n", encoding="utf-8")
    import_file(store, "task", path)
    with store.read() as reader:
        assert reader.rows("SELECT subject, due_on, due_at IS NOT NULL, done_at IS NOT NULL FROM task ORDER BY subject") == [
            ("A", "2026-03-04", 1, 1), ("B", "2027-03-04", 0, 0), ("C", "2026-01-01", 0, 1),
        ]  # fmt: skip


def test_what_a_row_says_of_its_company_and_its_person_comes_in_with_them(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "First name,Last name,Company,Company website,Industry,Company phone,Employees,VAT ID\nAnna,Berg,Acme GmbH,acme.example,Steel,030 1234567,51-200,DE136695976\n"
        "Bob,Li,Acme GmbH,,,,,\n,,Bolt AG,bolt.example,Wood,,7,\n", encoding="utf-8",
    )  # fmt: skip
    result = import_file(store, "contact", path)
    assert not result.unused
    with store.read() as reader:
        assert reader.rows("SELECT name, website, industry, employees, vat_id FROM company ORDER BY name") == [
            ("Acme GmbH", "acme.example", "Steel", 51, "DE136695976"), ("Bolt AG", "bolt.example", "Wood", 7, None),
        ]  # fmt: skip
        assert reader.value("SELECT number FROM phone WHERE company_id IS NOT NULL") == "030 1234567"
    deals = tmp_path / "deals.csv"
    deals.write_text("Deal name,Company,Company website,Contact,Email,Mobile\nBig,Nut AG,nut.example,Cleo Wu,c@nut.example,0151 1234567\n", encoding="utf-8")
    import_file(store, "deal", deals)
    with store.read() as reader:
        assert reader.value("SELECT website FROM company WHERE name = 'Nut AG'") == "nut.example"
        sql = "SELECT address FROM email WHERE contact_id = (SELECT id FROM contact WHERE family_name = 'Wu')"
        assert reader.value(sql) == "c@nut.example"


def test_what_is_told_of_a_company_that_no_row_names_is_offered_as_a_field(tmp_path: Path) -> None:
    layout = guess("deal", table_of(tmp_path, "Deal name,Company website,Contact first name", "Big,x.example,Anna"))
    assert layout.unused == ("Company website", "Contact first name")


def test_a_language_that_no_letter_is_written_in_costs_nobody_the_row(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Language\nAnne Roux,fr_FR\nAnna Berg,de_DE\n", encoding="utf-8")
    result = import_file(store, "contact", path)
    assert (result.added, result.notes) == (2, ("1 language that letters can't be written in was left out.",))


def test_of_two_columns_for_one_field_the_second_is_not_lost_in_silence(tmp_path: Path) -> None:
    layout = guess("company", table_of(tmp_path, "Name,GICS Sector,GICS Sub-Industry", "3M,Industrials,Conglomerates"))
    assert (targets(layout)["GICS Sector"], layout.unused) == ("industry", ("GICS Sub-Industry",))
    assert layout.columns[2].reason == "“GICS Sector” fills the same field."
    same = guess("company", table_of(tmp_path, "Name,Website,Company domain name", "3M,3m.example,", "Acme,,acme.example"))
    assert not same.unused


def test_nicknames_name_those_who_have_no_other_name(tmp_path: Path) -> None:
    named = guess("contact", table_of(tmp_path, "First name,Nickname", "Anna,Anni", "Bob,"))
    assert named.unused == ("Nickname",)
    nicked = guess("contact", table_of(tmp_path, "First name,Nickname", "Anna,Anni", ",Bobby"))
    assert targets(nicked)["Nickname"] == "nickname"


def test_a_list_of_people_with_phones_is_about_people(tmp_path: Path) -> None:
    assert suggest_entity(table_of(tmp_path, "Name,Company,Email,Phone,Notes", "Anna Berg,Acme,a@x.example,030 1,n")) == "contact"


_TWO_PEOPLE = (
    "Kern AG;Uwe Seel;uwe@kern.de;030 1234569;Ida Amt;ida@kern.de;030 1234570",
    "Müller;Eva Braun;eva@m.de;030 1234567;Karl Otto;karl@m.de;030 1234568",
)


@pytest.mark.parametrize(
    ("entity", "header", "told"),
    [
        ("contact", "Firma;Ansprechpartner;E-Mail;Telefon;Ansprechpartner 2;E-Mail 2;Telefon 2", "company name email phone"),
        ("contact", "Firma;Ansprechpartner 1;E-Mail 1;Telefon 1;Ansprechpartner 2;E-Mail 2;Telefon 2", "company name email phone"),
        ("contact", "Company;Contact 1 Name;Contact 1 Email;Contact 1 Phone;Contact 2 Name;Contact 2 Email;Contact 2 Phone", "company name email phone"),
        ("contact", "Company;Last Name;Email;Phone;Last Name 2;Email 2;Phone 2", "company family_name email phone"),
        ("contact", "公司;联系人;邮箱;电话;联系人2;邮箱2;电话2", "company name email phone"),
        ("lead", "Company;Contact Name;Email;Phone;Contact 2 Name;Contact 2 Email;Contact 2 Phone", "company_name name email phone"),
        ("company", "Firma;Ansprechpartner 1;E-Mail 1;Telefon 1;2. Ansprechpartner;E-Mail 2;Telefon 2", "name contact.name contact.email contact.phone"),
        ("company", "Firma;Ansprechpartner;E-Mail;Telefon;Ansprechpartner 2;E-Mail 2;Telefon 2", "name contact.name email phone"),
        ("deal", "Deal;Contact;Email;Phone;Contact 2;Email 2;Phone 2", "name contact contact.email contact.phone"),
    ],
)
def test_what_columns_say_of_a_second_person_is_not_given_to_the_first(tmp_path: Path, entity: str, header: str, told: str) -> None:
    layout = guess(entity, table_of(tmp_path, header, *_TWO_PEOPLE))
    assert list(targets(layout).values()) == told.split()
    assert layout.unused == tuple(header.split(";")[4:])
    assert {column.reason for column in layout.columns[4:]} == {"It is about another person, and of each row one comes in."}


@pytest.mark.parametrize("second", ["Name 2", "Adresszusatz", "Vorname 2", "Kundennummer 2"])
def test_a_second_mail_address_is_the_same_persons_where_no_column_names_a_second_person(tmp_path: Path, second: str) -> None:
    layout = guess("contact", table_of(tmp_path, f"Firma;Name;E-Mail;Telefon;{second};E-Mail 2;Telefon 2", *_TWO_PEOPLE))
    assert (targets(layout)["E-Mail 2"], targets(layout)["Telefon 2"]) == ("email", "phone")


def test_a_name_beside_a_persons_own_names_is_the_companys_or_goes_nowhere_aloud(tmp_path: Path) -> None:
    header = "first name,last name,name,email"
    companies = table_of(tmp_path, header, "Anna,Berg,Berg & Söhne KG,a@berg.example", "Eva,Klein,Klein GmbH,e@klein.example")
    assert targets(guess("contact", companies))["name"] == "company"
    assert targets(guess("lead", companies))["name"] == "company_name"
    teams = guess("contact", table_of(tmp_path, header, "Anna,Berg,North,a@berg.example", "Eva,Klein,South,e@klein.example"))
    assert teams.unused == ("name",)
    whole = table_of(tmp_path, header, "Anna,Berg,Anna Berg,a@berg.example", ",,Eva Klein,e@klein.example")
    assert targets(guess("contact", whole))["name"] == "name"
    written_otherwise = table_of(tmp_path, header, "Xiaoming,Wang,王小明,a@berg.example", ",,李伟,e@klein.example")
    assert targets(guess("contact", written_otherwise))["name"] == "name"


@pytest.mark.parametrize(
    ("entity", "header", "target"),
    [
        ("product", "MwSt.", "tax_rate"), ("product", "USt %", "tax_rate"), ("product", "Nettopreis", "price"), ("product", "Produktgruppe", "category"),
        ("product", "Mengeneinheit", "unit"), ("product", "VK brutto", ""), ("quote", "Angebotsdatum", "date"), ("contact", "Geburtsdatum", "birthday"), ("contact", "akad. Titel", "title"),
        ("contact", "Hausnr.", "address.house_number"), ("contact", "Tel. gesch.", "phone.work"), ("contact", "Fax gesch.", "phone.work fax"), ("lead", "Ansprechpartner", "name"),
        ("lead", "Budget", "amount"), ("deal", "Auftragswert", "amount"), ("deal", "Voraussichtlicher Abschluss", "expected_close_on"), ("deal", "Ansprechpartner", "contact"),
        ("activity", "Autor", "owner"), ("activity", "Erstellt von", "owner"), ("activity", "Inhalt", "body"), ("activity", "Dauer (Min.)", "minutes"), ("activity", "Thema", "subject"),
        ("activity", "Ansprechpartner", "contact"), ("task", "Ansprechpartner", "contact"), ("ticket", "Ansprechpartner", "contact"), ("ticket", "Kategorie", "queue"),
    ],
)  # fmt: skip
def test_the_words_of_german_lists_are_known(entity: str, header: str, target: str) -> None:
    found, _ = by_name(entity, header, ())
    assert str(found or "") == target


def test_of_two_columns_for_one_field_the_one_that_does_not_come_in_is_named(tmp_path: Path) -> None:
    layout = guess("contact", table_of(tmp_path, "Vorname,Nachname,Position,Funktion,E-Mail", "Anna,Berg,Leiterin,Einkauf,a@berg.example"))
    assert layout.unused == ("Funktion",)
    layout = guess("contact", table_of(tmp_path, "Name,Name,E-Mail", "Anna Berg,Berg GmbH,a@berg.example"))
    assert [str(column.target or "") for column in layout.columns] == ["name", "company", "email"]


@pytest.mark.parametrize(("country", "street"), [("Deutschland", "Rue Weg 3a"), ("", "Rue Weg 3a"), ("Frankreich", "3a Rue Weg"), ("USA", "3a Rue Weg")])
def test_the_house_number_stands_where_it_does_in_the_country(store: Store, tmp_path: Path, country: str, street: str) -> None:
    table_of(tmp_path, "Vorname,Nachname,Straße,Hausnr.,PLZ,Ort,Land", f"Anna,Berg,Rue Weg,3a,50667,Köln,{country}")
    import_file(store, "contact", tmp_path / "file.csv")
    with store.read() as reader:
        assert reader.value("SELECT street FROM address") == street


def test_the_sorts_of_activities_of_other_programs_are_known(store: Store, tmp_path: Path) -> None:
    kinds = {
        "微信": "chat",
        "上门拜访": "visit",
        "去电": "call",
        "Vor-Ort-Termin": "visit",
        "LinkedIn message": "chat",
        "Postal mail": "mail",
        "面谈": "meeting",
    }
    table_of(tmp_path, "Datum,Art,Betreff", *(f"2026-03-0{day},{said},{said}" for day, said in enumerate(kinds, 1)))
    assert import_file(store, "activity", tmp_path / "file.csv").rejected == 0
    with store.read() as reader:
        assert dict(reader.rows("SELECT subject, kind FROM activity")) == kinds


def test_how_many_of_a_product_is_said_beside_the_product_of_a_deal(store: Store, tmp_path: Path) -> None:
    table_of(tmp_path, "Deal;Kunde;Ansprechpartner;Wert;Produkt;Menge", "A;Acme;Anna Berg;1.000,00;Box;3")
    result = import_file(store, "deal", tmp_path / "file.csv")
    assert (result.added, result.unused) == (1, ())
    with store.read() as reader:
        sql = "SELECT c.name, p.name, d.amount, x.quantity FROM deal d JOIN company c ON c.id = d.company_id JOIN contact p ON p.id = d.contact_id JOIN deal_product x ON x.deal_id = d.id"
        assert reader.rows(sql) == [("Acme", "Anna Berg", 100000, 3000000)]
    assert guess("deal", table_of(tmp_path, "Deal;Wert;Menge", "A;1.000,00;3")).unused == ("Menge",)


@pytest.mark.parametrize(
    ("entity", "header", "rows", "target"),
    [
        ("ticket", "Ticket,Subject,Status", ["TK-77,Printer,open", "TK-78,Screen,closed"], "number"),
        ("ticket", "Case,Subject,Status", ["1,Printer,open", "2,Screen,closed"], "number"),
        ("ticket", "Ticket,Status,Owner", ["Printer on floor 3,open,Tom", "Screen,open,Tom"], ""),
        ("ticket", "Issue,Status,Number", ["VPN2,open,77", "VPN3,open,78"], "subject"),
        ("ticket", "Request,Subject,Status", ["1,Printer,open", "1,Screen,closed"], ""),
        ("deal", "Deal,Name,Amount", ["D-7,Rollers,100 EUR", "D-8,Belts,200 EUR"], "external_id"),
        ("deal", "Deal,Amount", ["D-7,100 EUR", "D-8,200 EUR"], "name"),
        ("deal", "Deal,Name,Amount", ["Big one,Rollers,100 EUR", "Second,Belts,200 EUR"], "name"),
        ("quote", "Angebot,Firma,Menge,Einzelpreis,Produkt", ["A-1,Acme,1,5,Box", "A-1,Acme,2,6,Belt"], "number"),
        ("quote", "Angebot,Firma,Menge,Einzelpreis,Produkt", ["17,Acme,1,5,Box", "17,Acme,2,6,Belt"], "number"),
        ("quote", "Quote,Customer,Total", ["1001,Acme,500", "1002,Beta,70"], "number"),
        ("quote", "Angebot,Kunde,Summe (EUR)", ["1001,Acme,500", "1002,Beta,70"], "number"),
        ("quote", "Quote,Customer,Date", ["2026-0117,Acme,2026-01-05", "2026-0118,Beta,2026-01-06"], "number"),
        ("quote", "Quote,Customer,Date", ["0117,Acme,2026-01-05", "0118,Beta,2026-01-06"], "number"),
        ("quote", "Quote,Customer,Date", ["1500,Acme,2026-01-05", "2300,Beta,2026-01-06"], ""),
        ("quote", "Quote,Customer,Date", ["1500EUR,Acme,2026-01-05", "2300EUR,Beta,2026-01-06"], ""),
        ("quote", "Quote,Customer,Status", ["1001,Acme,issued", "1002,Beta,draft"], "number"),
        ("quote", "Quote,Customer,Status", ["1017,Acme,issued", "1003,Beta,draft", "1009,Acme,draft"], "number"),
        ("quote", "Quote,Customer,Status", [f"{number * 7919 % 9000 + 1000},Acme,issued" for number in range(40)], "number"),
        ("quote", "Quote,Customer,Status", [f"{(number * 7919 % 900 + 100) * 10},Acme,issued" for number in range(40)], ""),
        ("quote", "Quote,Customer,Status", [f"{number * 7919 % 9999 + 1},Acme,issued" for number in range(40)], ""),
        ("quote", "Quote,Customer,Currency", ["1001,Acme,EUR", "1002,Beta,EUR"], ""),
        ("quote", "Quote,Customer,Status", ["1001,Acme,issued", "1001,Beta,draft", "1002,Beta,draft"], ""),
        ("quote", "Quote,Customer,Status", ["1500,Acme,issued", "1510,Beta,draft", "1520,Beta,draft"], ""),
        ("quote", "Quote,Customer,Status", ["1001,Acme,issued"], ""),
        ("quote", "Quote,Customer,Status", ["49,Acme,issued", "59,Beta,draft"], ""),
        ("quote", "Quote,Customer,Status", ["3,Acme,issued", "1,Beta,draft", "2,Beta,draft"], "number"),
        ("quote", "Quote,Customer,Status", ["1001.50,Acme,issued", "1002.50,Beta,draft"], ""),
        ("deal", "Deal,Name,Company", ["1001,Rollers,Acme", "1002,Belts,Beta"], "external_id"),
        ("deal", "Deal,Name,Company", ["10000,Rollers,Acme", "25000,Belts,Beta"], ""),
        ("deal", "Deal,Name,Amount", ["10000,Rollers,100 EUR", "25000,Belts,200 EUR"], "external_id"),
        ("ticket", "Ticket,Subject,Status", ["77,Printer,open", "78,Screen,closed"], "number"),
        ("product", "Product,Name,Unit", ["4711,Box,pc", "4712,Belt,pc"], "code"),
    ],
)
def test_a_column_called_as_the_rows_is_their_number_where_it_holds_numbers(tmp_path: Path, entity: str, header: str, rows: list[str], target: str) -> None:
    assert targets(guess(entity, table_of(tmp_path, header, *rows))).get(header.split(",", 1)[0], "") == target


@pytest.mark.parametrize(
    ("entity", "header", "row", "told"),
    [
        ("deal", "Name,Company,City,Country", "Rollers,Acme,Berlin,Germany", {"City": "company.address.city", "Country": "company.address.country"}),
        ("ticket", "Subject,Firma,Straße,PLZ,Ort", "Printer,Acme,Ring 5,10115,Berlin",
         {"Straße": "company.address.street", "PLZ": "company.address.postal_code", "Ort": "company.address.city"}),
        ("deal", "Name,City", "Rollers,Berlin", {}),
        ("deal", "Name,Company,Region", "Rollers,Acme,South", {}),
        ("deal", "Name,Company,City,Company city", "Rollers,Acme,Berlin,Wien", {"Company city": "company.address.city"}),
        ("contact", "Name,Company,City", "Anna Berg,Acme,Berlin", {"City": "address.city"}),
    ],
)  # fmt: skip
def test_an_address_beside_the_company_of_what_has_none_is_the_companys(tmp_path: Path, entity: str, header: str, row: str, told: dict[str, str]) -> None:
    found = targets(guess(entity, table_of(tmp_path, header, row)))
    assert {column: target for column, target in found.items() if "address" in target} == told


@pytest.mark.parametrize(
    ("entity", "column", "target"),
    [
        ("quote", "Angebots-Nr.", "number"), ("quote", "Auftragsnr", "number"), ("quote", "Bestell-Nr.", "number"), ("quote", "Order Nr.", "number"),
        ("ticket", "Ticket-Nr.", "number"), ("quote_line", "Angebotsnr.", "quote"), ("company", "Debitorennr.", "customer_number"), ("product", "Artikelnr.", "code"),
    ],
)  # fmt: skip
def test_numbers_are_known_by_their_german_short_form(tmp_path: Path, entity: str, column: str, target: str) -> None:
    assert targets(guess(entity, table_of(tmp_path, f"{column},Name", "A-1,Acme")))[column] == target


@pytest.mark.parametrize("entity", ["deal", "ticket", "activity"])
@pytest.mark.parametrize("column", ["Contact company", "Customer company"])
def test_where_the_contact_works_is_the_company_of_the_row(store: Store, tmp_path: Path, entity: str, column: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        f"Subject,Date,Contact,{column}\nRollers,2026-01-02,Anna Berg,Acme\n".replace("Subject", "Deal name" if entity == "deal" else "Subject"),
        encoding="utf-8",
    )
    import_file(store, entity, path)
    with store.read() as reader:
        assert reader.rows(f"SELECT c.name FROM {entity} r JOIN company c ON c.id = r.company_id") == [("Acme",)]


def test_bare_numbers_that_may_be_amounts_are_left_out_with_a_word(tmp_path: Path) -> None:
    layout = guess("quote", table_of(tmp_path, "Quote,Customer,Date", "1500,Acme,2026-01-05", "2300,Beta,2026-01-06"))
    assert layout.unused == ("Quote",)
    assert layout.columns[0].reason == "Its cells may be numbers of the records or amounts; say which."


def test_the_columns_of_japanese_lists_are_known(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(
        "名前,会社名,部署,役職,電話番号,携帯,メールアドレス,住所,郵便番号,都道府県,市区町村,国,備考,ウェブサイト\r\n"
        "山田 太郎,株式会社山田,営業部,部長,03-1234-5678,090-1234-5678,t@yamada.example,銀座1-2-3,100-0001,東京都,千代田区,日本,得意先,https://yamada.example\r\n".encode(
            "cp932"
        )
    )
    table = open_table(path)
    assert (table.encoding, targets(guess("contact", table))) == ("cp932", {
        "名前": "name", "会社名": "company", "部署": "department", "役職": "role", "電話番号": "phone", "携帯": "phone.mobile", "メールアドレス": "email",
        "住所": "address.street", "郵便番号": "address.postal_code", "都道府県": "address.state", "市区町村": "address.city", "国": "address.country", "備考": "note",
        "ウェブサイト": "website",
    })  # fmt: skip
    assert targets(guess("contact", table_of(tmp_path, "姓,名,会社,電話,メール", "山田,太郎,ソニー,03-1234-5678,a@b.example"))) == {
        "姓": "family_name", "名": "given_name", "会社": "company", "電話": "phone", "メール": "email",
    }  # fmt: skip
    import_file(store, "contact", path)
    with store.read() as reader:
        assert reader.rows("SELECT family_name, given_name FROM contact") == [("山田", "太郎")]


@pytest.mark.parametrize(
    ("header", "rows", "left_out"),
    [
        ("Nimi,Puhelin", ["Anna,+358 40 1234567", "Bo,+358 40 1234568"], "Nimi"),
        ("Tila,Puhelin,Nimi", ["open,+358 40 1234567,Anna", "open,+358 40 1234568,Bo", "open,+358 40 1234569,Cem"], "Nimi"),
        ("Tila,E-mail", ["open,anna@example.com", "open,bo@example.com"], ""),
        ("Nimi,Name,E-mail", ["Anna,Anna Berg,anna@example.com", "Bo,Bo Li,bo@example.com"], ""),
    ],
)
def test_people_who_get_no_name_though_a_column_may_hold_it_are_told(store: Store, tmp_path: Path, header: str, rows: list[str], left_out: str) -> None:
    table_of(tmp_path, header, *rows)
    path = tmp_path / "file.csv"
    for notes in (preview(store, "contact", path).notes, import_file(store, "contact", path).notes):
        said = [note for note in notes if note.startswith("No column was taken for the name")]
        assert [f"“{left_out}” was left out" in note for note in said] == ([True] if left_out else [])
