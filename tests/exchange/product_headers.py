"""Columns as other programs write them, own-written from their documented exports, and where each one goes; what has no `=` is left out."""

from __future__ import annotations

HEADERS: dict[tuple[str, str, str], str] = {
    ("Outlook", "contact", "fr"): """
Titre = salutation | Prénom = given_name | Deuxième prénom = middle_name | Nom = family_name | Suffixe = suffix | Société = company |
Service = department | Fonction = role | Rue (bureau) = address.work.street | Rue (bureau) 2 = address.work.street2 |
Rue (bureau) 3 = address.work.street3 | Ville (bureau) = address.work.city | Dép/Région (bureau) = address.work.state |
Code postal (bureau) = address.work.postal_code | Pays/Région (bureau) = address.work.country | Rue (domicile) = address.home.street |
Rue (domicile) 2 = address.home.street2 | Ville (domicile) = address.home.city | Dép/Région (domicile) = address.home.state |
Code postal (domicile) = address.home.postal_code | Pays/Région (domicile) = address.home.country | Rue (autre) = address.other.street |
Ville (autre) = address.other.city | Code postal (autre) = address.other.postal_code | Pays/Région (autre) = address.other.country |
Téléphone de l'assistant(e) = phone.assistant | Télécopie (bureau) = phone.work fax | Téléphone (bureau) = phone.work |
Téléphone 2 (bureau) = phone.work | Rappel = phone.callback | Téléphone (voiture) = phone.car | Téléphone société = company.phone.main |
Télécopie (domicile) = phone.home fax | Téléphone (domicile) = phone.home | Téléphone 2 (domicile) = phone.home | RNIS = phone.isdn |
Tél. mobile = phone.mobile | Télécopie (autre) = phone.other fax | Téléphone (autre) = phone.other | Récepteur de radiomessagerie = phone.pager |
Téléphone principal = phone.main | Radiotéléphone = phone.radio | Téléphone TDD/TTY = phone.tty | Télex = phone.telex |
Adresse de messagerie = email | Type de messagerie | Nom complet de l'adresse de messagerie | Adresse de messagerie 2 = email |
Type de messagerie 2 | Adresse de messagerie 3 = email | Anniversaire = birthday | Anniversaire de mariage ou fête |
Autre boîte postale = address.other.po_box | B.P. professionnelle = address.work.po_box | Bureau | Catégories = tags | Centres d'intérêt |
Code gouvernement | Compte | Conjoint(e) | Critère de diffusion | Enfants | Informations facturation | Initiales | Kilométrage | Langue | Lieu |
Mots clés | Nom de l'assistant(e) | Notes = note | Page Web = website | Passe-temps | Priorité | Privé | Profession = role | Recommandé par |
Responsable = reports_to | Sexe = salutation | Utilisateur 1
""",
    ("Outlook", "contact", "ru"): """
Обращение = salutation | Имя = given_name | Отчество = middle_name | Фамилия = family_name | Суффикс = suffix | Организация = company |
Отдел = department | Должность = role | Улица (раб. адрес) = address.work.street | Улица 2 (раб. адрес) = address.work.street2 |
Улица 3 (раб. адрес) = address.work.street3 | Город (раб. адрес) = address.work.city | Область (раб. адрес) = address.work.state |
Индекс (раб. адрес) = address.work.postal_code | Страна или регион (раб. адрес) = address.work.country | Улица (дом. адрес) = address.home.street |
Улица 2 (дом. адрес) = address.home.street2 | Город (дом. адрес) = address.home.city | Область (дом. адрес) = address.home.state |
Почтовый код (дом.) = address.home.postal_code | Страна или регион (дом. адрес) = address.home.country |
Улица (другой адрес) = address.other.street | Город (другой адрес) = address.other.city | Индекс (другой адрес) = address.other.postal_code |
Страна или регион (другой адрес) = address.other.country | Телефон помощника = phone.assistant | Рабочий факс = phone.work fax |
Рабочий телефон = phone.work | Телефон раб. 2 = phone.work | Обратный вызов = phone.callback | Телефон в машине = phone.car |
Основной телефон организации = company.phone.main | Домашний факс = phone.home fax | Домашний телефон = phone.home | Телефон дом. 2 = phone.home |
ISDN = phone.isdn | Телефон переносной = phone.mobile | Другой факс = phone.other fax | Другой телефон = phone.other | Пейджер = phone.pager |
Основной телефон = phone.main | Радиотелефон = phone.radio | Телетайп/телефон с титрами = phone.tty | Телекс = phone.telex | Важность |
Веб-страница = website | Годовщина | День рождения = birthday | Дети | Заметки = note | Имя помощника | Инициалы | Категории = tags |
Ключевые слова | Код организации | Личный код | Отложено | Пол = salutation | Пользователь 1 | Почтовый ящик (дом. адрес) = address.home.po_box |
Почтовый ящик (раб. адрес) = address.work.po_box | Профессия = role | Расположение | Расположение комнаты | Расстояние | Руководитель = reports_to |
Сведения о доступности в Интернете | Сервер каталогов | Супруг(а) | Счет | Счета | Хобби | Частное | Адрес эл. почты = email | Тип эл. почты |
Краткое имя эл. почты | Адрес 2 эл. почты = email | Тип 2 эл. почты | Краткое 2 имя эл. почты | Адрес 3 эл. почты = email | Язык
""",
    ("Outlook", "contact", "zh"): """
称谓 = salutation | 名 = given_name | 中间名 = middle_name | 姓 = family_name | 后缀 = suffix | 单位 = company | 部门 = department | 职务 = role |
商务地址 街道 = address.work.street | 商务地址 街道 2 = address.work.street2 | 商务地址 街道 3 = address.work.street3 | 商务地址 市/县 = address.work.city |
商务地址 省/市/自治区 = address.work.state | 商务地址 邮政编码 = address.work.postal_code | 商务地址 国家/地区 = address.work.country | 住宅地址 街道 = address.home.street |
住宅地址 街道 2 = address.home.street2 | 住宅地址 市/县 = address.home.city | 住宅地址 省/市/自治区 = address.home.state | 住宅地址 邮政编码 = address.home.postal_code |
住宅地址 国家/地区 = address.home.country | 其他地址 街道 = address.other.street | 其他地址 市/县 = address.other.city | 其他地址 邮政编码 = address.other.postal_code |
其他地址 国家/地区 = address.other.country | 助理的电话 = phone.assistant | 商务传真 = phone.work fax | 商务电话 = phone.work | 商务电话 2 = phone.work |
回电话 = phone.callback | 车载电话 = phone.car | 单位主要电话 = company.phone.main | 住宅传真 = phone.home fax | 住宅电话 = phone.home | 住宅电话 2 = phone.home |
ISDN = phone.isdn | 移动电话 = phone.mobile | 其他传真 = phone.other fax | 其他电话 = phone.other | 寻呼机 = phone.pager | 主要电话 = phone.main | 无线电话 = phone.radio |
TTY/TDD 电话 = phone.tty | 电报 = phone.telex | 帐户 | 纪念日 | 助理的姓名 | 帐单寄送地址 | 生日 = birthday | 商务地址 邮政信箱 = address.work.po_box | 类别 = tags | 子女 | 目录服务器 |
电子邮件地址 = email | 电子邮件类型 | 电子邮件显示名称 | 电子邮件 2 地址 = email | 电子邮件 2 类型 | 电子邮件 2 显示名称 | 电子邮件 3 地址 = email | 性别 = salutation | 政府 ID 号码 | 业余爱好 | 缩写 |
Internet 忙闲 | 关键词 | 语言 | 位置 | 经理姓名 = reports_to | 里程 | 附注 = note | 办公地点 | 组织 ID 号 | 优先级 | 私有 | 职业 = role | 引用者 | 敏感度 | 配偶 | 用户 1 | 网页 = website
""",
    ("Outlook", "contact", "de"): """
Anrede = salutation | Vorname = given_name | Weitere Vornamen = middle_name | Nachname = family_name | Suffix = suffix | Firma = company |
Abteilung = department | Position = role | Straße geschäftlich = address.work.street | Straße geschäftlich 2 = address.work.street2 |
Straße geschäftlich 3 = address.work.street3 | Ort geschäftlich = address.work.city | Region geschäftlich = address.work.state |
Postleitzahl geschäftlich = address.work.postal_code | Land/Region geschäftlich = address.work.country | Straße privat = address.home.street |
Ort privat = address.home.city | Region privat = address.home.state | Postleitzahl privat = address.home.postal_code |
Land/Region privat = address.home.country | Weitere Straße = address.other.street | Weiterer Ort = address.other.city |
Weitere Region = address.other.state | Weitere Postleitzahl = address.other.postal_code | Weiteres/e Land/Region = address.other.country |
Telefon Assistent = phone.assistant | Fax geschäftlich = phone.work fax | Telefon geschäftlich = phone.work | Telefon geschäftlich 2 = phone.work |
Rückmeldung = phone.callback | Autotelefon = phone.car | Telefon Firma = company.phone.main | Fax privat = phone.home fax |
Telefon privat = phone.home | Telefon privat 2 = phone.home | ISDN = phone.isdn | Mobiltelefon = phone.mobile | Weiteres Fax = phone.other fax |
Weiteres Telefon = phone.other | Pager = phone.pager | Haupttelefon = phone.main | Mobiltelefon 2 = phone.mobile |
Telefon für Hörbehinderte = phone.tty | Telex = phone.telex | Abrechnungsinformation | Benutzer 1 | Beruf = role | Büro | E-Mail-Adresse = email |
E-Mail-Typ | E-Mail: Angezeigter Name | E-Mail 2: Adresse = email | E-Mail 2: Typ | E-Mail 2: Angezeigter Name | E-Mail 3: Adresse = email |
Empfohlen von | Geburtstag = birthday | Geschlecht = salutation | Hobby | Initialen | Internet Frei/Gebucht | Jahrestag | Kategorien = tags |
Kinder | Konto | Name Assistent | Name des/der Vorgesetzten = reports_to | Notizen = note | Organisations-Nr. | Ort | Partner/in |
Postfach geschäftlich = address.work.po_box | Postfach privat = address.home.po_box | Priorität | Privat | Regierungs-Nr. | Reisekilometer |
Sprache | Stichwörter | Vertraulichkeit | Verzeichnisserver | Webseite = website | Weiteres Postfach = address.other.po_box
""",
    ("HubSpot", "deal", ""): """
Record ID = external_id | Deal Name = name | Deal Stage = stage | Close Date = close_on | Deal owner = owner | Amount = amount |
Pipeline = pipeline | Deal Type | Create Date = opened_on | Last Activity Date | Closed Lost Reason = lost_reason | Currency = currency |
Original Traffic Source = origin | Associated Contact IDs | Associated Contact = contact | Associated Company IDs | Associated Company = company |
Next step = note | Deal Description = note | Priority
""",
    ("HubSpot", "company", ""): """
Record ID = external_id | Company name = name | Company Domain Name = website | Company owner = owner | Phone Number = phone |
Street Address = address.street | Street Address 2 = address.street2 | City = address.city | State/Region = address.state |
Postal Code = address.postal_code | Country/Region = address.country | Industry = industry | Number of Employees = employees |
Annual Revenue = revenue | Description = note | LinkedIn Company Page = handle.linkedin | Time Zone | Lifecycle Stage = lifecycle | Create Date |
Last Activity Date | Website URL = website | Year Founded = founded | Type | Parent Company = parent | Associated Contact IDs
""",
    ("HubSpot", "contact", ""): """
Record ID = external_id | First Name = given_name | Last Name = family_name | Email = email | Phone Number = phone |
Mobile Phone Number = phone.mobile | Job Title = role | Company Name = company | Website URL = website | Street Address = address.street |
City = address.city | State/Region = address.state | Postal Code = address.postal_code | Country/Region = address.country | Contact owner = owner |
Lead Status | Lifecycle Stage = lifecycle | Marketing contact status | Create Date | Last Activity Date | Date of birth = birthday |
Salutation = salutation | Preferred language = language | Associated Company IDs | Associated Company | Associated Deal IDs
""",
    ("HubSpot", "ticket", ""): """
Ticket ID = number | Ticket name = subject | Pipeline | Ticket status = status | Create date = opened_at | Priority = priority |
Ticket owner = owner | Source = channel | Ticket description = description | Close date = closed_at | Category = queue |
Associated Company = company | Associated Contact = contact | Resolution = resolution | First agent email response date = first_replied_at
""",
    ("Salesforce", "contact", "report"): """
Salutation = salutation | First Name = given_name | Last Name = family_name | Title = role | Account Name = company |
Mailing Street = address.street | Mailing City = address.city | Mailing State/Province = address.state |
Mailing Zip/Postal Code = address.postal_code | Mailing Country = address.country | Phone = phone | Fax = phone.fax | Mobile = phone.mobile |
Email = email | Account Owner | Last Activity | Birthdate = birthday | Department = department | Reports To = reports_to | Contact Owner = owner |
Lead Source | Contact ID = external_id | Account ID
""",
    ("Salesforce", "company", "report"): """
Account Name = name | Account Owner = owner | Type | Rating = tier | Industry = industry | Annual Revenue = revenue | Employees = employees |
Phone = phone | Fax = phone.fax | Website = website | Billing Street = address.billing.street | Billing City = address.billing.city |
Billing State/Province = address.billing.state | Billing Zip/Postal Code = address.billing.postal_code | Billing Country = address.billing.country |
Shipping Street = address.shipping.street | Shipping City = address.shipping.city | Shipping Zip/Postal Code = address.shipping.postal_code |
Shipping Country = address.shipping.country | Account Number = customer_number | Parent Account = parent | Last Activity | Last Modified Date |
Created Date | Description = note | Account ID = external_id | Account Site
""",
    ("Salesforce", "deal", "report"): """
Opportunity Name = name | Account Name = company | Type | Amount Currency = currency | Amount = amount | Expected Revenue | Stage = stage |
Probability (%) | Close Date = close_on | Created Date = opened_on | Opportunity Owner = owner | Owner Role | Lead Source = origin |
Next Step = note | Fiscal Period | Age | Opportunity ID = external_id | Primary Campaign Source | Loss Reason = lost_reason
""",
    ("Salesforce", "lead", "report"): """
Lead Owner = owner | First Name = given_name | Last Name = family_name | Title = role | Company / Account = company_name | Lead Source = origin |
Rating | Street = address.street | City = address.city | State/Province = address.state | Zip/Postal Code = address.postal_code |
Country = address.country | Email = email | Phone = phone | Mobile = phone.mobile | Lead Status = status | Industry | Annual Revenue |
Website = website | Create Date = arrived_at | Description = note | Lead ID = external_id | Unread By Owner | Converted
""",
    ("Salesforce", "ticket", "report"): """
Case Owner = owner | Account Name = company | Contact Name = contact | Subject = subject | Date/Time Opened = opened_at | Age | Open | Closed |
Case Number = number | Status = status | Priority = priority | Case Origin = channel | Description = description | Date/Time Closed = closed_at |
Type = queue | Case Reason
""",
    ("Salesforce", "contact", "loader"): """
ID = external_id | ISDELETED | ACCOUNTID = company# | LASTNAME = family_name | FIRSTNAME = given_name | SALUTATION = salutation | NAME |
OTHERSTREET = address.other.street | OTHERCITY = address.other.city | OTHERPOSTALCODE = address.other.postal_code |
OTHERCOUNTRY = address.other.country | MAILINGSTREET = address.street | MAILINGCITY = address.city | MAILINGSTATE = address.state |
MAILINGPOSTALCODE = address.postal_code | MAILINGCOUNTRY = address.country | PHONE = phone | FAX = phone.fax | MOBILEPHONE = phone.mobile |
HOMEPHONE = phone.home | OTHERPHONE = phone.other | ASSISTANTPHONE = phone.assistant | REPORTSTOID = reports_to# | EMAIL = email | TITLE = role |
DEPARTMENT = department | ASSISTANTNAME | LEADSOURCE | BIRTHDATE = birthday | DESCRIPTION = note | OWNERID = owner# | CREATEDDATE | SYSTEMMODSTAMP
""",
    ("Salesforce", "company", "loader"): """
ID = external_id | ISDELETED | MASTERRECORDID | NAME = name | TYPE | PARENTID = parent# | BILLINGSTREET = address.billing.street |
BILLINGCITY = address.billing.city | BILLINGSTATE = address.billing.state | BILLINGPOSTALCODE = address.billing.postal_code |
BILLINGCOUNTRY = address.billing.country | SHIPPINGSTREET = address.shipping.street | SHIPPINGCITY = address.shipping.city |
SHIPPINGPOSTALCODE = address.shipping.postal_code | SHIPPINGCOUNTRY = address.shipping.country | PHONE = phone | FAX = phone.fax |
ACCOUNTNUMBER = customer_number | WEBSITE = website | INDUSTRY = industry | ANNUALREVENUE = revenue | NUMBEROFEMPLOYEES = employees |
DESCRIPTION = note | RATING = tier | OWNERID = owner# | CREATEDDATE | SYSTEMMODSTAMP | YEARSTARTED = founded
""",
    ("Salesforce", "deal", "loader"): """
ID = external_id | ISDELETED | ACCOUNTID = company# | NAME = name | DESCRIPTION = note | STAGENAME = stage | AMOUNT = amount | PROBABILITY |
EXPECTEDREVENUE | CLOSEDATE = close_on | TYPE | NEXTSTEP = note | LEADSOURCE = origin | ISCLOSED | ISWON | OWNERID = owner# |
CREATEDDATE = opened_on | SYSTEMMODSTAMP | CURRENCYISOCODE = currency | CONTACTID = contact#
""",
    ("Salesforce", "lead", "loader"): """
ID = external_id | ISDELETED | LASTNAME = family_name | FIRSTNAME = given_name | SALUTATION = salutation | TITLE = role | COMPANY = company_name |
STREET = address.street | CITY = address.city | STATE = address.state | POSTALCODE = address.postal_code | COUNTRY = address.country |
PHONE = phone | MOBILEPHONE = phone.mobile | FAX = phone.fax | EMAIL = email | WEBSITE = website | DESCRIPTION = note | LEADSOURCE = origin |
STATUS = status | INDUSTRY | RATING | ANNUALREVENUE | NUMBEROFEMPLOYEES | OWNERID = owner# | ISCONVERTED | CREATEDDATE = arrived_at |
SYSTEMMODSTAMP
""",
    ("Pipedrive", "contact", ""): """
Person - ID = external_id | Person - Name = name | Person - First name = given_name | Person - Last name = family_name | Person - Label = tags |
Person - Phone = phone | Person - Email = email | Person - Phone - Work = phone.work | Person - Phone - Mobile = phone.mobile |
Person - Email - Work = email.work | Person - Email - Home = email.home | Organization - Name = company | Person - Organization |
Person - Owner = owner | Person - Birthday = birthday | Person - Job title = role | Person - Notes = note |
Person - Postal address = address.formatted | Person - Creation date | Person - Last activity date | Person - Won deals
""",
    ("Pipedrive", "company", ""): """
Organization - ID = external_id | Organization - Name = name | Organization - Label = tags | Organization - Address = address.formatted |
Organization - City/town/village/locality of Address = address.city | Organization - ZIP/Postal code of Address = address.postal_code |
Organization - Country of Address = address.country | Organization - State/county of Address = address.state | Organization - Owner = owner |
Organization - People | Organization - Open deals | Organization - Website = website | Organization - Industry = industry |
Organization - Annual revenue = revenue | Organization - Number of employees = employees | Organization - Creation date
""",
    ("Pipedrive", "deal", ""): """
Deal - ID = external_id | Deal - Title = name | Deal - Value = amount | Deal - Currency of Value = currency | Deal - Organization = company |
Deal - Contact person = contact | Deal - Pipeline = pipeline | Deal - Stage = stage | Deal - Status = outcome |
Deal - Expected close date = expected_close_on | Deal - Owner = owner | Deal - Label = tags | Deal - Deal created = opened_on |
Deal - Won time = closed_on | Deal - Lost time = closed_on | Deal - Deal closed on = closed_on | Deal - Lost reason = lost_reason |
Deal - Probability | Deal - Source channel = origin
""",
    ("Pipedrive", "activity", ""): """
Activity - ID = external_id | Activity - Subject = subject | Activity - Type = kind | Activity - Due date = at | Activity - Due time = at_time |
Activity - Done = is_done | Activity - Contact person = contact | Activity - Organization = company | Activity - Deal = deal | Activity - Note = body |
Activity - Assigned to user = owner | Activity - Duration = minutes
""",
    ("Pipedrive", "product", ""): """
Product - ID = external_id | Product - Name = name | Product - Product code = code | Product - Unit = unit | Product - Tax = tax_rate |
Product - Price = price | Product - Unit prices | Product - Category = category | Product - Description = note | Product - Owner |
Product - Active = is_active
""",
    ("Zoho", "contact", ""): """
Record Id = external_id | Contact Owner.id | Contact Owner = owner | Lead Source | First Name = given_name | Last Name = family_name |
Account Name.id | Account Name = company | Email = email | Title = role | Phone = phone | Department = department | Other Phone = phone.other |
Home Phone = phone.home | Mobile = phone.mobile | Fax = phone.fax | Assistant | Date of Birth = birthday | Asst Phone = phone.assistant |
Salutation = salutation | Email Opt Out | Skype ID = handle.skype | Secondary Email = email.second | Last Activity Time | Twitter = handle.twitter |
Reporting To = reports_to | Mailing Street = address.street | Other Street = address.other.street | Mailing City = address.city |
Other City = address.other.city | Mailing State = address.state | Mailing Zip = address.postal_code | Other Zip = address.other.postal_code |
Mailing Country = address.country | Other Country = address.other.country | Description = note | Created Time | Modified Time | Tag = tags
""",
    ("Zoho", "company", ""): """
Record Id = external_id | Account Owner.id | Account Owner = owner | Rating = tier | Account Name = name | Phone = phone | Fax = phone.fax |
Website = website | Parent Account.id | Parent Account = parent | Account Site | Account Number = customer_number | Ticker Symbol | Account Type |
Ownership | Industry = industry | Employees = employees | Annual Revenue = revenue | SIC Code | Billing Street = address.billing.street |
Billing City = address.billing.city | Billing State = address.billing.state | Billing Code = address.billing.postal_code |
Billing Country = address.billing.country | Shipping Street = address.shipping.street | Shipping City = address.shipping.city |
Shipping State = address.shipping.state | Shipping Code = address.shipping.postal_code | Shipping Country = address.shipping.country |
Description = note | Tag = tags | Created Time | Modified Time
""",
    ("Zoho", "deal", ""): """
Record Id = external_id | Deal Owner.id | Deal Owner = owner | Amount = amount | Deal Name = name | Closing Date = close_on | Account Name.id |
Account Name = company | Stage = stage | Type | Probability (%) | Expected Revenue | Next Step = note | Lead Source = origin | Campaign Source |
Contact Name.id | Contact Name = contact | Created Time = opened_on | Modified Time | Description = note | Currency = currency | Tag = tags |
Reason For Loss = lost_reason
""",
    ("Zoho", "lead", ""): """
Record Id = external_id | Lead Owner.id | Lead Owner = owner | Company = company_name | First Name = given_name | Last Name = family_name |
Title = role | Email = email | Phone = phone | Fax = phone.fax | Mobile = phone.mobile | Website = website | Lead Source = origin |
Lead Status = status | Industry | No. of Employees | Annual Revenue | Rating | Street = address.street | City = address.city |
State = address.state | Zip Code = address.postal_code | Country = address.country | Created Time = arrived_at | Modified Time | Description = note |
Skype ID = handle.skype | Secondary Email = email.second | Tag = tags
""",
    ("LinkedIn", "contact", ""): """
First Name = given_name | Last Name = family_name | URL = handle.linkedin | Email Address = email | Company = company | Position = role |
Connected On
""",
    ("Odoo", "contact", ""): """
External ID = external_id | Name = name | Is a Company = record_kind | Related Company = company | Job Position = role | Title = title |
Street = address.street | Street2 = address.street2 | City = address.city | State = address.state | Zip = address.postal_code |
Country = address.country | Phone = phone | Mobile = phone.mobile | Email = email | Website = website | Tags = tags | Salesperson = owner | Tax ID = company.vat_id |
Notes = note | Reference | Language = language | Company Name
""",
    ("Odoo", "contact", "technical"): """
id = external_id | name = name | is_company = record_kind | parent_id = company | function = role | title = title | street = address.street |
street2 = address.street2 | city = address.city | state_id = address.state | zip = address.postal_code | country_id = address.country |
phone = phone | mobile = phone.mobile | email = email | website = website | category_id = tags | user_id = owner | vat = company.vat_id | comment = note | ref |
lang = language
""",
    ("Odoo", "deal", ""): """
External ID = external_id | Opportunity = name | Customer = company | Contact Name = contact | Email = contact.email | Phone = contact.phone | Expected Revenue = amount |
Stage = stage | Salesperson = owner | Sales Team | Expected Closing = expected_close_on | Probability | Created on = opened_on |
Closed Date = closed_on | Lost Reason = lost_reason | Tags = tags | Priority | Notes = note
""",
    ("Odoo", "product", ""): """
External ID = external_id | Name = name | Internal Reference = code | Barcode | Sales Price = price | Cost = cost | Product Category = category |
Unit of Measure = unit | Sales Description = note | Active = is_active
""",
    ("Mailchimp", "contact", ""): """
Email Address = email | First Name = given_name | Last Name = family_name | Address = address.formatted | Phone Number = phone | Birthday |
Company = company | MEMBER_RATING | OPTIN_TIME | OPTIN_IP | CONFIRM_TIME | CONFIRM_IP | LATITUDE | LONGITUDE | GMTOFF | DSTOFF | TIMEZONE |
CC = address.country | REGION = address.state | LAST_CHANGED | LEID | EUID | NOTES = note | TAGS = tags
""",
    ("Google Contacts", "contact", "new"): """
First Name = given_name | Middle Name = middle_name | Last Name = family_name | Phonetic First Name | Phonetic Middle Name | Phonetic Last Name |
Name Prefix = title | Name Suffix = suffix | Nickname = nickname | File As = nickname | Organization Name = company | Organization Title = role |
Organization Department = department | Birthday = birthday | Notes = note | Photo | Labels = tags | E-mail 1 - Label | E-mail 1 - Value = email |
E-mail 2 - Label | E-mail 2 - Value = email | Phone 1 - Label | Phone 1 - Value = phone | Phone 2 - Label | Phone 2 - Value = phone |
Address 1 - Label | Address 1 - Formatted = address.#1.formatted | Address 1 - Street = address.#1.street | Address 1 - City = address.#1.city |
Address 1 - PO Box = address.#1.po_box | Address 1 - Region = address.#1.state | Address 1 - Postal Code = address.#1.postal_code |
Address 1 - Country = address.#1.country | Address 1 - Extended Address = address.#1.extended | Website 1 - Label | Website 1 - Value = website |
Event 1 - Label | Event 1 - Value | Relation 1 - Label | Relation 1 - Value | Custom Field 1 - Label | Custom Field 1 - Value = handle
""",
    ("Google Contacts", "contact", "old"): """
Name = name | Given Name = given_name | Additional Name = middle_name | Family Name = family_name | Yomi Name | Given Name Yomi |
Additional Name Yomi | Family Name Yomi | Name Prefix = title | Name Suffix = suffix | Initials | Nickname = nickname | Short Name = nickname |
Maiden Name | Birthday = birthday | Gender = salutation | Location | Billing Information | Directory Server | Mileage | Occupation = role | Hobby |
Sensitivity | Priority | Subject | Notes = note | Language = language | Photo | Group Membership = tags | E-mail 1 - Type |
E-mail 1 - Value = email | Phone 1 - Type | Phone 1 - Value = phone | Address 1 - Type | Address 1 - Formatted = address.#1.formatted |
Address 1 - Street = address.#1.street | Address 1 - City = address.#1.city | Address 1 - PO Box = address.#1.po_box |
Address 1 - Region = address.#1.state | Address 1 - Postal Code = address.#1.postal_code | Address 1 - Country = address.#1.country |
Organization 1 - Type | Organization 1 - Name = company | Organization 1 - Yomi Name | Organization 1 - Title = role |
Organization 1 - Department = department | Website 1 - Type | Website 1 - Value = website
""",
    ("Odoo", "contact", "German"): """
Externe ID = external_id | Name = name | Ist ein Unternehmen = record_kind | Zugehöriges Unternehmen = company | Stelle = role | Titel = title |
Straße = address.street | Straße2 = address.street2 | Stadt = address.city | Bundesland = address.state | PLZ = address.postal_code |
Land = address.country | Telefon = phone | Mobil = phone.mobile | E-Mail = email | Website = website | Stichwörter = tags |
Vertriebsmitarbeiter = owner | USt-ID = company.vat_id | Notizen = note | Referenz | Sprache = language
""",
    ("Odoo", "contact", "French"): """
ID externe = external_id | Nom = name | Est une société = record_kind | Société liée = company | Poste occupé = role | Titre = title |
Rue = address.street | Rue2 = address.street2 | Ville = address.city | État = address.state | Code postal = address.postal_code |
Pays = address.country | Téléphone = phone | Mobile = phone.mobile | E-mail = email | Site Web = website | Étiquettes = tags | Vendeur = owner |
N° TVA = company.vat_id | Notes = note | Référence | Langue = language
""",
    ("Odoo", "deal", "German"): """
Externe ID = external_id | Chance = name | Kunde = company | Kontaktname = contact | E-Mail = contact.email | Telefon = contact.phone |
Erwarteter Umsatz = amount | Phase = stage | Vertriebsmitarbeiter = owner | Vertriebsteam | Erwarteter Abschluss = expected_close_on |
Wahrscheinlichkeit | Angelegt am = opened_on | Stichwörter = tags | Priorität
""",
    ("Odoo", "deal", "French"): """
ID externe = external_id | Opportunité = name | Client = company | Nom du contact = contact | E-mail = contact.email | Téléphone = contact.phone |
Revenu espéré = amount | Étape = stage | Vendeur = owner | Équipe commerciale | Clôture prévue = expected_close_on | Probabilité |
Créé le = opened_on | Étiquettes = tags | Priorité
""",
    ("Pipedrive", "lead", ""): """
Lead - Title = note | Lead - Labels = tags | Contact person = name | Organization = company_name | Lead - Owner = owner |
Lead - Source channel = origin | Lead - Source channel ID | Lead - Pipedrive System ID = external_id | Lead - Value = amount
""",
    ("Pipedrive", "activity", "note"): """
Note - Content = body | Note - Deal = deal | Note - Contact person = contact | Note - Organization = company | Note - User = owner |
Note - Creation date = at | Note - Pipedrive system ID = external_id
""",
    ("Salesforce", "task", "report"): """
Assigned = owner | Subject = subject | Date = due_on | Priority | Status = is_done | Task | Contact = contact | Lead | Opportunity = deal |
Company / Account = company | Activity ID = external_id | Full Comments = body
""",
}
