"""How the invented cases begin: by which programme, when, where, by which way, and who asks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from casework.demo.tree import places
from casework.records.ids import new_id
from casework.rules.calendars import WorkingCalendar
from casework.stories.people import Someone, someone
from casework.stories.story import Demonstration, Opening, World

BACK: Final = timedelta(days=715)
_CHANNELS: Final = {"online": 35, "walk_in": 40, "hotline": 15, "referral": 10}


def openings(
    serials: list[int], seed: int, now: datetime, worlds: Mapping[str, World], shown: Mapping[str, Demonstration]
) -> list[Opening]:
    """Return when, where and by whom the cases are opened, numbered by time.

    One in twenty has asked before, where a programme is asked more than once.
    """
    # The first serial is part of the chance: who loads again gets other cases.
    chance = f"{seed}/{serials[0] if serials else 0}"
    rng = Random(chance)
    calendar = next(iter(worlds.values())).calendar
    tree = list(places())
    shares = {key: [place.share if one.opened_at(place) else 0 for place in tree] for key, one in shown.items()}
    weights = [one.share for one in shown.values()]
    regions = [place.region for place in tree if place.kind == "county"]
    today = calendar.local_date(now)
    ways = rng.choices(list(_CHANNELS), list(_CHANNELS.values()), k=len(serials))
    when = sorted((_instant(rng, calendar, now, channel), channel) for channel in ways)
    people: list[Someone] = []
    begun = []
    for position, (serial, (at, channel)) in enumerate(zip(serials, when, strict=True)):
        workflow = rng.choices(list(shown), weights)[0]
        own = Random(f"{chance}/{position}")
        if shown[workflow].once:
            people.append(worlds[workflow].numbers.applicant(own, today, regions))
        elif people and rng.random() < 0.05:
            people.append(rng.choice(people))
        else:
            people.append(someone(own, today, regions))
        year = calendar.local_date(at).year
        begun.append(
            Opening(
                workflow=workflow,
                case_id=new_id(at, rng.getrandbits(74)),
                number=f"{worlds[workflow].workflow.numbering}-{year}-{serial:06d}",
                at=at,
                place=rng.choices(tree, shares[workflow])[0],
                channel=channel,
                urgent=rng.random() < 0.08,
                person=people[-1],
            )
        )
    return begun


def _instant(rng: Random, calendar: WorkingCalendar, now: datetime, channel: str) -> datetime:
    """When somebody asks: more of them lately, so that enough is still open; on line at any hour of the day."""
    at: datetime = now - BACK * rng.random() ** 1.4
    if channel == "online":
        local = at.astimezone(calendar.tz)
        return min(at, local.replace(hour=rng.randint(7, 22), minute=rng.randrange(60), second=rng.randrange(60)))
    return calendar.add(at, -rng.randint(1, 4 * 3600)).replace(microsecond=0)
