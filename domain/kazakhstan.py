"""The working days of Kazakhstan, 2025 to 2027: data, with who announced each day and when.

State and national holidays that fall on a Saturday or Sunday move to the next working day (Law "On Holidays",
article 5); Orthodox Christmas and the first day of Kurban Ait are days off and never move (Labour Code, article 84,
paragraph 5). Constitution Day was 30 August until 2025; a new constitution of 2026 puts it on 15 March, from 2027.

The day of Kurban Ait is announced in its year, after the moon. For 2027 it is expected on 16 May, a Sunday; until it
is announced, the two days around it are nobody's to count.
"""

from datetime import date, timedelta, timezone
from typing import Final

from domain.working_days import Calendar, SpecialDay, Unsettled, a_calendar

_LAW: Final = (
    "Law of the Republic of Kazakhstan No. 267 of 13 December 2001 on holidays, articles 2 to 5",
    date(2001, 12, 13),
)
_LABOUR_CODE: Final = (
    "Labour Code of the Republic of Kazakhstan, article 84, paragraph 5",
    date(2015, 11, 23),
)
_ORDER_436: Final = (
    "Order No. 436 of 21 November 2024 of the Minister of Labour on moving a day of rest in 2025",
    date(2024, 11, 21),
)
_MUFTIATE_2025: Final = (
    "Ministry of Labour, citing the Spiritual Administration of Muslims: https://www.caravan.kz/amp/news/"
    "v-ijune-2025-goda-kazahstancev-ozhidaet-dopolnitelnyj-vyhodnoj-den",
    date(2026, 11, 25),
)
_CALENDAR_2026: Final = (
    "The calendar of eGov, in the press: https://alau.kz/perenosy-vyhodnyh-prazdnichnyj-kalendar-kazahstana-na-2026-god/",
    date(2026, 1, 2),
)
_CONSTITUTION_2026: Final = (
    "Ministry of Labour: https://taspanews.kz/novosti-kazakhstana/"
    "v-etom-godu-u-kazakhstantsev-ne-budet-odnogo-vykhodnogo-795514517615",
    date(2026, 3, 18),
)

_NEW_YEAR: Final = "New Year"
_CHRISTMAS: Final = "Orthodox Christmas"
_WOMEN: Final = "International Women's Day"
_NAURYZ: Final = "Nauryz meiramy"
_UNITY: Final = "Day of Unity of the People of Kazakhstan"
_DEFENDER: Final = "Defender of the Fatherland Day"
_VICTORY: Final = "Victory Day"
_CAPITAL: Final = "Day of the Capital"
_CONSTITUTION: Final = "Constitution Day"
_REPUBLIC: Final = "Republic Day"
_INDEPENDENCE: Final = "Independence Day"
_KURBAN_AIT: Final = "the first day of Kurban Ait"

_EVERY_YEAR: Final = (
    (1, 1, _NEW_YEAR),
    (1, 2, _NEW_YEAR),
    (3, 8, _WOMEN),
    (3, 21, _NAURYZ),
    (3, 22, _NAURYZ),
    (3, 23, _NAURYZ),
    (5, 1, _UNITY),
    (5, 7, _DEFENDER),
    (5, 9, _VICTORY),
    (7, 6, _CAPITAL),
    (10, 25, _REPUBLIC),
    (12, 16, _INDEPENDENCE),
)


def _off(on: date, name: str, said: tuple[str, date]) -> SpecialDay:
    return SpecialDay(on=on, name=name, source=said[0], as_of=said[1])


def _of_every_year(year: int) -> tuple[SpecialDay, ...]:
    fixed = (_off(date(year, month, on), name, _LAW) for month, on, name in _EVERY_YEAR)
    return (*fixed, _off(date(year, 1, 7), _CHRISTMAS, _LABOUR_CODE))


_2025: Final = (
    *_of_every_year(2025),
    _off(date(2025, 1, 3), "Day off in exchange for Sunday 5 January", _ORDER_436),
    _off(date(2025, 3, 10), f"{_WOMEN}, moved from Saturday", _LAW),
    _off(date(2025, 3, 24), f"{_NAURYZ}, moved from Saturday", _LAW),
    _off(date(2025, 3, 25), f"{_NAURYZ}, moved from Sunday", _LAW),
    _off(date(2025, 6, 6), _KURBAN_AIT, _MUFTIATE_2025),
    _off(date(2025, 7, 7), f"{_CAPITAL}, moved from Sunday", _LAW),
    _off(date(2025, 8, 30), _CONSTITUTION, _LAW),
    _off(date(2025, 9, 1), f"{_CONSTITUTION}, moved from Saturday", _LAW),
    _off(date(2025, 10, 27), f"{_REPUBLIC}, moved from Saturday", _LAW),
)
_2026: Final = (
    *_of_every_year(2026),
    _off(date(2026, 3, 9), f"{_WOMEN}, moved from Sunday", _CALENDAR_2026),
    _off(date(2026, 3, 24), f"{_NAURYZ}, moved from Saturday", _CALENDAR_2026),
    _off(date(2026, 3, 25), f"{_NAURYZ}, moved from Sunday", _CALENDAR_2026),
    _off(date(2026, 5, 11), f"{_VICTORY}, moved from Saturday", _CALENDAR_2026),
    _off(date(2026, 5, 27), _KURBAN_AIT, _CALENDAR_2026),
    _off(date(2026, 10, 26), f"{_REPUBLIC}, moved from Sunday", _LAW),
)
_2027: Final = (
    *_of_every_year(2027),
    _off(date(2027, 1, 4), f"{_NEW_YEAR}, moved from Saturday", _LAW),
    _off(date(2027, 3, 15), _CONSTITUTION, _CONSTITUTION_2026),
    _off(date(2027, 3, 24), f"{_NAURYZ}, moved from Sunday", _LAW),
    _off(date(2027, 5, 3), f"{_UNITY}, moved from Saturday", _LAW),
    _off(date(2027, 5, 10), f"{_VICTORY}, moved from Sunday", _LAW),
)

KAZAKHSTAN: Final[Calendar] = a_calendar(
    "Kazakhstan",
    date(2025, 1, 1),
    date(2027, 12, 31),
    off=(*_2025, *_2026, *_2027),
    worked=(_off(date(2025, 1, 5), "Sunday worked in exchange for 3 January", _ORDER_436),),
    unsettled=(Unsettled(first=date(2027, 5, 14), last=date(2027, 5, 18), name=_KURBAN_AIT),),
    clock=timezone(timedelta(hours=5)),
)
"""One time zone, UTC+5, since 1 March 2024."""
