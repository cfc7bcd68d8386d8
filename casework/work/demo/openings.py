"""How the invented cases begin: by which programme, when, where, by which way, and who asks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from casework.records.ids import new_id
from casework.work.demo.households import Numbers
from casework.work.demo.names import Someone, someone
from casework.work.demo.stories import Opening, World
from casework.work.demo.tree import PROVINCE, places

BACK: Final = timedelta(days=715)
_WORKFLOWS: Final = {"legal_aid": 3, "hardship_aid": 1}
_CHANNELS: Final = {"online": 35, "walk_in": 40, "hotline": 15, "referral": 10}


def openings(serials: list[int], seed: int, worlds: Mapping[str, World], numbers: Numbers) -> list[Opening]:
    """When, where and by whom the cases are opened, numbered by time; three in four ask for legal aid.

    One in twenty has asked before, but never twice for hardship assistance: a household has one dossier.
    """
    # The first serial is part of the chance: who loads again gets other cases.
    chance = f"{seed}/{serials[0] if serials else 0}"
    rng = Random(chance)
    calendar, now = worlds["legal_aid"].calendar, worlds["legal_aid"].now
    tree = list(places())
    # Dossiers begin with the unions below the province's.
    shares = {
        key: [place.share if key == "legal_aid" or place.code != PROVINCE else 0 for place in tree] for key in worlds
    }
    regions = [place.region for place in tree if place.kind == "county"]
    today = calendar.local_date(now)
    ways = rng.choices(list(_CHANNELS), list(_CHANNELS.values()), k=len(serials))
    when = sorted((_instant(rng, worlds["legal_aid"], channel), channel) for channel in ways)
    people: list[Someone] = []
    begun = []
    for position, (serial, (at, channel)) in enumerate(zip(serials, when, strict=True)):
        workflow = rng.choices(list(_WORKFLOWS), list(_WORKFLOWS.values()))[0]
        own = Random(f"{chance}/{position}")
        if workflow == "hardship_aid":
            people.append(numbers.applicant(own, today, regions))
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


def _instant(rng: Random, world: World, channel: str) -> datetime:
    """When somebody asks: more of them lately, so that enough is still open; on line at any hour of the day."""
    at: datetime = world.now - BACK * rng.random() ** 1.4
    if channel == "online":
        local = at.astimezone(world.calendar.tz)
        return min(at, local.replace(hour=rng.randint(7, 22), minute=rng.randrange(60), second=rng.randrange(60)))
    return world.calendar.add(at, -rng.randint(1, 4 * 3600)).replace(microsecond=0)
