"""The fixed words of documents, in Kazakh, Russian and English.

The headings of the supplement are those of the template of Europass and the EHEA (Paris, 2018) and of the national
form. The two that are easily confused: бейресми / неформальное is non-formal, информалды / информальное is informal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from domain.errors import InvalidValue
from domain.values import best
from wallet.documents.printed import Said

LANGUAGES: Final = ("kk", "ru", "en")

_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    # what the documents are
    "transcript": ("Транскрипт", "Транскрипт (академическая справка)", "Transcript of Records"),
    "supplement": ("Дипломға қосымша", "Приложение к диплому", "Diploma Supplement"),
    "ecvet": ("ECVET жеке транскрипті", "Персональный транскрипт ECVET", "ECVET Personal Transcript"),
    "certificate": ("Куәлік", "Сертификат", "Certificate"),
    "minutes": (
        "Оқу нәтижелерін тану жөніндегі комиссия отырысының хаттамасы",
        "Протокол заседания комиссии по признанию результатов обучения",
        "Minutes of the commission on recognition of prior learning",
    ),
    "extract": (
        "Комиссия отырысының хаттамасынан үзінді",
        "Выписка из протокола заседания комиссии",
        "Extract of the minutes of the commission",
    ),
    "how_to_check": (
        "Бұл құжатқа қол қойылған. Файлды {address} мекенжайында тексеріңіз: файлдың өзінде қол қойылған деректер бар, "
        "оларға аккаунтсыз және желісіз де қол жеткізуге болады. Басып шығарылған қағаз тек файлмен бірге "
        "дәлел болады.",
        "Этот документ подписан. Проверьте файл по адресу {address}: подписанные данные находятся в самом файле и "
        "проверяются также без учётной записи и без сети. Бумажная копия доказывает что-либо только вместе с файлом.",
        "This document is signed. Hand the file in at {address} to check it: the signed data are inside the file, and "
        "can be verified without an account or a network as well. A copy on paper proves nothing without the file.",
    ),
    # the holder
    "holder": ("Білім алушы", "Обучающийся", "Learner"),
    "family_name": ("Тегі", "Фамилия", "Family name"),
    "given_names": ("Аты", "Имя (имена)", "Given names"),
    "born": ("Туған күні", "Дата рождения", "Date of birth"),
    "identifier": (
        "Білім алушының сәйкестендіру нөмірі",
        "Идентификационный номер обучающегося",
        "Learner's identification number",
    ),
    "wallet": ("Әмияндағы кілті (DID)", "Ключ кошелька (DID)", "Key of the wallet (DID)"),
    "name_by": ("Аты-жөнін кім растады", "Кем подтверждено имя", "The name is confirmed by"),
    "name_by_institution": (
        "Ұйым жеке куәлік бойынша",
        "Организацией по документу, удостоверяющему личность",
        "The institution, from an identity document",
    ),
    "name_by_holder": (
        "Ешкім: білім алушының өз сөзінен жазылған",
        "Никем: записано со слов обучающегося",
        "Nobody: as stated by the learner",
    ),
    "not_stated": ("Көрсетілмеген", "Не указано", "Not stated"),
    # the institution
    "institution": ("Білім беру ұйымы", "Организация образования", "Institution"),
    "country": ("Елі", "Страна", "Country"),
    "website": ("Веб-сайты", "Веб-сайт", "Website"),
    "accredited": ("Аккредитация", "Аккредитация", "Accreditation"),
    "until": ("{day} дейін", "до {day}", "until {day}"),
    "from": ("{day} бастап", "с {day}", "from {day}"),
    # credit
    "results": ("Оқу нәтижелері", "Результаты обучения", "Learning achieved"),
    "credits_of": ("{scheme} кредиттері", "Кредиты {scheme}", "{scheme} credits"),
    "points_of": ("{scheme} ұпайлары", "Баллы {scheme}", "{scheme} points"),
    "code": ("Коды", "Код", "Code"),
    "component": ("Пән / модуль", "Дисциплина / модуль", "Component"),
    "achieved": ("Берілген күні", "Дата присвоения", "Awarded on"),
    "grade": ("Бағасы", "Оценка", "Grade"),
    "share_of_grade": ("Баға үлесі", "Доля оценки", "Share of grade"),
    "level": ("EQF деңгейі", "Уровень EQF", "EQF level"),
    "how": ("Қалай алынған", "Как получено", "How it was gained"),
    "total": ("Барлығы {scheme}", "Итого {scheme}", "Total {scheme}"),
    "not_added": (
        "Кейбір жолдар қайталанатын оқу болғандықтан қосындыға кірмейді: {codes}.",
        "Не входят в сумму как то же самое обучение: {codes}.",
        "Not in the total, because it is the same learning as another line: {codes}.",
    ),
    "formal": ("Формалды", "Формальное", "Formal"),
    "non_formal": ("Бейресми", "Неформальное", "Non-formal"),
    "informal": ("Информалды", "Информальное", "Informal"),
    "transferred": ("Ауыстырылған ({from})", "Перезачтено ({from})", "Transferred ({from})"),
    "recognised": ("Танылған", "Признано", "Recognised"),
    "not_listed": (
        "Мұнда {count} кредит көрсетілмеген: олар туралы күшіндегі сертификат жоқ.",
        "Здесь не указаны {count} кредитов: на них нет действующего подписанного документа.",
        "Credits not listed here, because no credential in force tells of them: {count}.",
    ),
    "others_too": (
        "Тіркелген жазбада басқа ұйымдар берген {count} құжат та бар; олар өз қолтаңбаларымен дәлелденеді.",
        "В приложенной записи есть и документы других организаций ({count}); они подтверждаются их подписями.",
        "The attached record also carries credentials of other institutions ({count}); each stands on its "
        "own signature.",
    ),
    "grading": ("Бағалау жүйесі", "Система оценивания", "Grading system"),
    "scale": ("Бағалау шкаласы: {scale}", "Шкала оценок: {scale}", "Grading scale: {scale}"),
    "points_of_grade": ("Сандық баламасы", "Цифровой эквивалент", "Points"),
    "from_percent": ("Пайызы, бастап", "Процент, от", "Per cent, from"),
    "passes": ("Өткен", "Зачёт", "Passes"),
    "yes": ("Иә", "Да", "Yes"),
    "no": ("Жоқ", "Нет", "No"),
    "distribution": (
        "Бағалардың үлестірім кестесі: {scale}, {since} – {until}",
        "Таблица распределения оценок: {scale}, {since} – {until}",
        "Grade distribution table: {scale}, {since} to {until}",
    ),
    "learners": ("Білім алушылар", "Обучающихся", "Learners"),
    "percent": ("Үлесі", "Доля", "Share"),
    "cumulative": ("Жинақталған үлесі", "Накопленная доля", "Cumulative share"),
    "all_passes": ("Барлық өту бағалары", "Все положительные оценки", "All passing grades"),
    "no_table": (
        "Ұйым бұл шкала бойынша бағалардың үлестірім кестесін жарияламаған.",
        "Таблица распределения оценок по этой шкале организацией не опубликована.",
        "The institution has published no grade distribution table for this scale.",
    ),
    "about_credits": ("Кредиттер туралы", "О кредитах", "About the credits"),
    "ects_is": (
        "ECTS: 60 кредит толық оқу жылына, яғни 1 500–1 800 сағат оқу жүктемесіне тең.",
        "ECTS: 60 кредитов соответствуют полному учебному году, то есть 1 500–1 800 часам нагрузки.",
        "ECTS: 60 credits are a full-time academic year, that is 1,500 to 1,800 hours of workload.",
    ),
    "kz_is": (
        "Қазақстанның академиялық кредиті 30 академиялық сағатқа тең; басқа жүйенің ұпайларына қосылмайды.",
        "Академический кредит Казахстана равен 30 академическим часам; с баллами других систем не складывается.",
        "An academic credit of Kazakhstan is 30 academic hours; it is not added to points of another system.",
    ),
    "ecvet_is": (
        "ECVET: 60 ұпай кәсіптік білімнің толық жылына тең және біліктіліктегі бөлімнің салмағын көрсетеді; "
        "ECTS-ке өздігінен аударылмайды.",
        "ECVET: 60 баллов соответствуют году профессионального обучения и показывают вес единицы в квалификации; "
        "в ECTS автоматически не переводятся.",
        "ECVET: 60 points are a year of full-time vocational education and show a unit's weight in its qualification; "
        "they are not converted to ECTS.",
    ),
    # ECVET
    "unit": ("Оқу нәтижелерінің бөлімі", "Единица результатов обучения", "Unit of learning outcomes"),
    "outcomes": ("Оқу нәтижелері", "Результаты обучения", "Learning outcomes"),
    "assessed": ("Бағаланған күні", "Дата оценивания", "Assessed on"),
    "validated_by": ("Растаған", "Кем подтверждено", "Validated and recognised by"),
    "weight_of": (
        "{qualification} ішіндегі салмағы",
        "Вес в квалификации {qualification}",
        "Weight in {qualification}",
    ),
    # the certificate
    "certifies": (
        "Осымен төменде аталған білім алушының осы оқу нәтижелеріне жеткені куәландырылады.",
        "Настоящим удостоверяется, что указанный ниже обучающийся достиг этих результатов обучения.",
        "This is to certify that the learner named below has achieved these learning outcomes.",
    ),
    "conferred": (
        "Осымен төменде аталған білім алушыға осы біліктілік берілгені куәландырылады.",
        "Настоящим удостоверяется, что указанному ниже обучающемуся присвоена эта квалификация.",
        "This is to certify that this qualification has been conferred on the learner named below.",
    ),
    "achievement": ("Жетістік", "Достижение", "Achievement"),
    "qualification": ("Біліктілік", "Квалификация", "Qualification"),
    "credit": ("Кредит", "Кредит", "Credit"),
    "field": ("Саласы (ISCED-F)", "Область (ISCED-F)", "Field (ISCED-F)"),
    "setting": ("Оқу түрі", "Вид обучения", "Setting of the learning"),
    "workload": ("Еңбек сыйымдылығы, сағат", "Трудоёмкость, часов", "Workload, hours"),
    "conferred_on": ("Берілген күні", "Дата присвоения", "Conferred on"),
    "credential": ("Қол қойылған құжат", "Подписанный документ", "Signed credential"),
    # the supplement
    "supplement_is": (
        "Бұл қосымша біліктіліктің мәнін, деңгейін, мазмұны мен мәртебесін сипаттайды. Онда баға беру де, баламалылық "
        "туралы пікір де, тану туралы ұсыныс та жоқ. Мағлұмат болмаған жерде оның себебі көрсетіледі.",
        "Это приложение описывает содержание, уровень, контекст и статус квалификации. В нём нет оценочных суждений, "
        "заявлений об эквивалентности и предложений о признании. Где сведений нет, это сказано.",
        "This supplement describes the nature, level, context, content and status of the studies completed. It is free "
        "of value judgements, statements of equivalence and suggestions about recognition. Where information is not "
        "given, it says so.",
    ),
    "s1": (
        "1. Біліктілік иесі туралы мәліметтер",
        "1. Сведения о владельце квалификации",
        "1. Information identifying the holder of the qualification",
    ),
    "s1_1": ("1.1 Тегі", "1.1 Фамилия", "1.1 Last name(s)"),
    "s1_2": ("1.2 Аты", "1.2 Имя", "1.2 First name(s)"),
    "s1_3": ("1.3 Туған күні", "1.3 Дата рождения", "1.3 Date of birth"),
    "s1_4": (
        "1.4 Студенттің сәйкестендіру нөмірі немесе коды",
        "1.4 Идентификационный номер или код студента",
        "1.4 Student identification number or code",
    ),
    "s2": (
        "2. Біліктілік туралы мәліметтер",
        "2. Сведения о квалификации",
        "2. Information identifying the qualification",
    ),
    "s2_1": (
        "2.1 Біліктіліктің атауы",
        "2.1 Наименование квалификации",
        "2.1 Name of qualification and (if applicable) title conferred",
    ),
    "s2_2": (
        "2.2 Біліктілік бойынша негізгі оқу бағыты",
        "2.2 Основная область обучения по квалификации",
        "2.2 Main field(s) of study for the qualification",
    ),
    "s2_3": (
        "2.3 Біліктілік берген ұйымның атауы мен мәртебесі",
        "2.3 Наименование и статус организации, присвоившей квалификацию",
        "2.3 Name and status of awarding institution",
    ),
    "s2_4": (
        "2.4 Оқуды жүргізген ұйымның атауы мен мәртебесі",
        "2.4 Наименование и статус организации, осуществлявшей обучение",
        "2.4 Name and status of institution administering studies",
    ),
    "s2_5": (
        "2.5 Оқыту / емтихан тілі",
        "2.5 Язык обучения / экзаменов",
        "2.5 Language(s) of instruction/examination",
    ),
    "same_as_2_3": ("2.3-тармақтағыдай", "Как в пункте 2.3", "As in 2.3"),
    "s3": (
        "3. Біліктіліктің деңгейі мен ұзақтығы",
        "3. Сведения об уровне и продолжительности квалификации",
        "3. Information on the level and duration of the qualification",
    ),
    "s3_1": ("3.1 Біліктілік деңгейі", "3.1 Уровень квалификации", "3.1 Level of the qualification"),
    "s3_2": (
        "3.2 Бағдарламаның ресми ұзақтығы",
        "3.2 Официальная продолжительность программы",
        "3.2 Official duration of programme in credits and/or years",
    ),
    "s3_3": ("3.3 Қабылдау талаптары", "3.3 Требования к поступлению", "3.3 Access requirements"),
    "s4": (
        "4. Аяқталған бағдарлама мен алынған нәтижелер",
        "4. Сведения о пройденной программе и полученных результатах",
        "4. Information on the programme completed and the results obtained",
    ),
    "s4_1": ("4.1 Оқу нысаны", "4.1 Форма обучения", "4.1 Mode of study"),
    "s4_2": (
        "4.2 Бағдарламаның оқу нәтижелері",
        "4.2 Результаты обучения по программе",
        "4.2 Programme learning outcomes",
    ),
    "s4_3": (
        "4.3 Бағдарлама құрамы, алынған кредиттер мен бағалар",
        "4.3 Состав программы, полученные кредиты и оценки",
        "4.3 Programme details, individual credits gained and grades obtained",
    ),
    "s4_4": (
        "4.4 Бағалау жүйесі және бағалардың үлестірім кестесі",
        "4.4 Система оценивания и таблица распределения оценок",
        "4.4 Grading system and, if available, grade distribution table",
    ),
    "s4_5": (
        "4.5 Біліктіліктің жалпы бағасы",
        "4.5 Общая классификация квалификации",
        "4.5 Overall classification of the qualification",
    ),
    "s5": (
        "5. Біліктіліктің қолданылуы",
        "5. Сведения о назначении квалификации",
        "5. Information on the function of the qualification",
    ),
    "s5_1": (
        "5.1 Келесі оқуға рұқсат",
        "5.1 Доступ к дальнейшему обучению",
        "5.1 Access to further study",
    ),
    "s5_2": (
        "5.2 Реттелетін кәсіпке рұқсат",
        "5.2 Доступ к регулируемой профессии",
        "5.2 Access to a regulated profession (if applicable)",
    ),
    "s6": ("6. Қосымша мәліметтер", "6. Дополнительные сведения", "6. Additional information"),
    "s6_1": ("6.1 Қосымша мәліметтер", "6.1 Дополнительные сведения", "6.1 Additional information"),
    "s6_2": (
        "6.2 Мәліметтердің өзге көздері",
        "6.2 Другие источники сведений",
        "6.2 Further information sources",
    ),
    "s7": ("7. Қосымшаның куәландырылуы", "7. Удостоверение приложения", "7. Certification of the supplement"),
    "s7_1": ("7.1 Күні", "7.1 Дата", "7.1 Date"),
    "s7_2": ("7.2 Қолы", "7.2 Подпись", "7.2 Signature"),
    "s7_3": ("7.3 Лауазымы", "7.3 Должность", "7.3 Capacity"),
    "s7_4": ("7.4 Ресми мөрі", "7.4 Официальная печать", "7.4 Official stamp or seal"),
    "signed_electronically": (
        "Ұйымның кілтімен электрондық түрде қол қойылған: {method}",
        "Подписано электронно ключом организации: {method}",
        "Signed electronically with the institution's key: {method}",
    ),
    "s8": (
        "8. Ұлттық жоғары білім беру жүйесі",
        "8. Сведения о национальной системе высшего образования",
        "8. Information on the national higher education system",
    ),
    "s8_kz": (
        "Қазақстанда жоғары білімнің үш деңгейі бар: бакалавриат (кемінде 240 кредит, ұлттық біліктілік шеңберінің "
        "6-деңгейі), магистратура (60–120 кредит, 7-деңгей), докторантура (кемінде 180 кредит, 8-деңгей). Академиялық "
        "кредит 30 академиялық сағатқа тең. Білім беру бағдарламаларын тәуелсіз агенттіктер аккредиттейді. Бағалау "
        "әріптік жүйемен жүргізіледі: A–D өту бағалары, FX пен F өтпеген бағалар. Қазақстан Болон процесіне 2010 жылы "
        "қосылды. Ұлттық ENIC орталығы: enic-kazakhstan.edu.kz.",
        "Высшее образование в Казахстане имеет три уровня: бакалавриат (не менее 240 кредитов, 6-й уровень "
        "национальной рамки квалификаций), магистратура (60–120 кредитов, 7-й уровень), докторантура (не менее 180 "
        "кредитов, 8-й уровень). Академический кредит равен 30 академическим часам. Программы аккредитуют независимые "
        "агентства. Оценки буквенные: A–D положительные, FX и F неудовлетворительные. Казахстан участвует в Болонском "
        "процессе с 2010 года. Национальный центр ENIC: enic-kazakhstan.edu.kz.",
        "Higher education in Kazakhstan has three cycles: bachelor (at least 240 credits, level 6 of the national "
        "qualifications framework), master (60 to 120 credits, level 7) and doctorate (at least 180 credits, level 8). "
        "An academic credit is 30 academic hours. Programmes are accredited by independent agencies. Grades are "
        "letters: A to D pass, FX and F fail. Kazakhstan joined the Bologna Process in 2010. National ENIC centre: "
        "enic-kazakhstan.edu.kz.",
    ),
    "s8_other": (
        "Елдің білім беру жүйесі туралы мәліметті ENIC-NARIC желісінің ұлттық орталығы береді: www.enic-naric.net.",
        "Сведения о системе образования страны даёт национальный центр сети ENIC-NARIC: www.enic-naric.net.",
        "The national centre of the ENIC-NARIC networks informs on the country's system: www.enic-naric.net.",
    ),
    # the commission
    "case": ("Іс", "Дело", "Case"),
    "filed": ("Өтініш берілген күні", "Дата подачи заявления", "Filed on"),
    "asked": ("Сұралған", "Заявлено", "Applied for"),
    "asked_value": ("{points}, {unit} орнына", "{points} вместо {unit}", "{points} in place of {unit}"),
    "commission": ("Комиссия", "Комиссия", "Commission"),
    "held": ("Отырыс күні", "Дата заседания", "Held on"),
    "present": ("Қатысқан мүшелер", "Присутствующие члены", "Members present"),
    "member": ("Мүшесі", "Член комиссии", "Member"),
    "position": ("Лауазымы", "Должность", "Position"),
    "vote": ("Дауысы", "Голос", "Vote"),
    "presiding": ("төрағалық етуші", "председательствующий", "presiding"),
    "in_favour": ("Жақтады", "За", "In favour"),
    "against": ("Қарсы", "Против", "Against"),
    "abstained": ("Қалыс қалды", "Воздержался", "Abstained"),
    "shown": ("Ұсынылған құжаттар", "Представленные документы", "Prior learning shown"),
    "title": ("Атауы", "Название", "Title"),
    "provider": ("Ұйымы", "Организация", "Provider"),
    "on": ("Күні", "Дата", "Date"),
    "hours": ("Сағат", "Часы", "Hours"),
    "original_grade": ("Бастапқы бағасы", "Исходная оценка", "Grade given there"),
    "experts": ("Сарапшылардың қорытындылары", "Заключения экспертов", "Conclusions of the experts"),
    "expert": ("Сарапшы", "Эксперт", "Expert"),
    "criterion_outcomes": ("Нәтижелер", "Результаты", "Outcomes"),
    "criterion_aims": ("Мақсаттар", "Цели", "Aims"),
    "criterion_volume": ("Көлемі", "Объём", "Volume"),
    "criterion_assessment": ("Бағалау", "Оценивание", "Assessment"),
    "full": ("толық", "полное", "full"),
    "partial": ("ішінара", "частичное", "partial"),
    "none": ("жоқ", "нет", "none"),
    "voting": ("Дауыс беру", "Голосование", "Voting"),
    "motion": ("Ұсыныс", "Предложение", "Motion"),
    "to_grant": ("{points} танылсын", "Признать {points}", "To recognise {points}"),
    "to_refuse": ("Танудан бас тартылсын", "Отказать в признании", "To refuse recognition"),
    "decision": ("Шешім", "Решение", "Decision"),
    "granted": ("Танылды: {points}, {unit}", "Признано: {points}, {unit}", "Recognised: {points} for {unit}"),
    "refused": ("Танудан бас тартылды", "В признании отказано", "Recognition is refused"),
    "reason": ("Себебі", "Причина", "Reason"),
    "clause": ("Тармақ", "Пункт", "Clause"),
    "votes_counted": (
        "{in_favour} жақтады, {against} қарсы, {abstained} қалыс қалды; қатысқаны {present}",
        "за {in_favour}, против {against}, воздержались {abstained}; присутствовали {present}",
        "{in_favour} in favour, {against} against, {abstained} abstained; {present} present",
    ),
    "decided": ("Шешім күні", "Дата решения", "Decided on"),
    "appeal": ("Апелляция мерзімі", "Апелляция до", "May be appealed until"),
    "on_appeal": ("Апелляция бойынша, түпкілікті", "По апелляции, окончательно", "On appeal; final"),
    "text_of_minutes": ("Хаттама мәтіні", "Текст протокола", "Text of the minutes"),
    "extract_number": ("Үзінді нөмірі", "Номер выписки", "Number of the extract"),
    "not_entered": (
        "Тіркеуші әлі енгізген жоқ",
        "Офис-регистратором ещё не внесено",
        "Not yet entered by the Registrar",
    ),
    "entered": ("Транскриптке енгізілген күні", "Внесено в транскрипт", "Entered in the transcript on"),
    "counted_sources": ("Ескерілген оқу", "Зачтённое обучение", "Prior learning that is counted"),
}  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """One language, or two, of a document."""

    languages: tuple[str, ...]

    @classmethod
    def of(cls, languages: tuple[str, ...]) -> "Voice":
        """Refuses (InvalidValue): none, more than two, one twice, one that documents are not made in."""
        if not 1 <= len(languages) <= 2 or len(set(languages)) < len(languages):
            raise InvalidValue("A document is in one language, or in two.")
        for tag in languages:
            if tag not in LANGUAGES:
                raise InvalidValue(f"Documents are made in {', '.join(LANGUAGES)}, and not in {tag[:20]!a}.")
        return cls(languages)

    def say(self, word: str, **named: object) -> Said:
        """The word in each language; what it names may itself be in each of them."""
        texts = _WORDS[word]
        return _one_or_all(
            texts[LANGUAGES.index(tag)].format(**{name: _at(value, place) for name, value in named.items()})
            for place, tag in enumerate(self.languages)
        )

    def names(self, names: Mapping[str, str]) -> Said:
        """The names, each in its language or the nearest there is."""
        return _one_or_all(best(dict(names), tag) for tag in self.languages)

    def name_or_absent(self, names: Mapping[str, str] | None) -> Said:
        """The same, or that it is not stated."""
        return self.names(names) if names else self.say("not_stated")


def same(text: object) -> Said:
    """What is the same in all languages: figures, codes, days, the names of people."""
    return (str(text),)


def on_one_line(said: Said) -> Said:
    """A short word in all languages on one line: `Иә / Yes`."""
    return same(" / ".join(said))


def joined(*parts: Said, by: str = " · ") -> Said:
    """The parts on one line, in each language."""
    most = max(map(len, parts))
    return _one_or_all(by.join(_at(part, place) for part in parts) for place in range(most))


def plain(points: Decimal) -> str:
    """Points as people write them: `6`, `4.5`."""
    written = format(points, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def percent(share: Fraction) -> str:
    """A share to a tenth of a per cent: `24.4 %`."""
    tenths = round(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"


def _at(value: object, place: int) -> Any:
    if isinstance(value, tuple):
        return value[place] if len(value) > 1 else value[0]
    return value


def _one_or_all(texts: Iterable[str]) -> Said:
    said = tuple(texts)
    return said[:1] if len(set(said)) == 1 else said
