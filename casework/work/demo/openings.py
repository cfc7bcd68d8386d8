"""How the invented cases begin: when, where, by which way, and who asks."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from casework.records.ids import new_id
from casework.work.demo.names import someone
from casework.work.demo.stories import Opening, World
from casework.work.demo.tree import places

_BACK: Final = timedelta(days=715)
_CHANNELS: Final = {"online": 35, "walk_in": 40, "hotline": 15, "referral": 10}


def openings(serials: list[int], seed: int, world: World) -> list[Opening]:
    """When, where and by whom the cases are opened, numbered by time."""
    # The first serial is part of the chance: who loads again gets other cases.
    chance = f"{seed}/{serials[0] if serials else 0}"
    rng = Random(chance)
    tree = list(places())
    shares = [place.share for place in tree]
    regions = [place.region for place in tree if place.kind == "county"]
    today = world.calendar.local_date(world.now)
    ways = rng.choices(list(_CHANNELS), list(_CHANNELS.values()), k=len(serials))
    when = sorted((_instant(rng, world, channel), channel) for channel in ways)
    begun = []
    for position, (serial, (at, channel)) in enumerate(zip(serials, when, strict=True)):
        place = rng.choices(tree, shares)[0]
        # One in twenty has asked before.
        asker = rng.randrange(position) if position and rng.random() < 0.05 else position
        year = world.calendar.local_date(at).year
        begun.append(
            Opening(
                case_id=new_id(at, rng.getrandbits(74)),
                number=f"{world.workflow.numbering}-{year}-{serial:06d}",
                at=at,
                place=place,
                channel=channel,
                urgent=rng.random() < 0.08,
                person=someone(Random(f"{chance}/{asker}"), today, regions),
            )
        )
    return begun


def _instant(rng: Random, world: World, channel: str) -> datetime:
    """When somebody asks: more of them lately, so that enough is still open; on line at any hour of the day."""
    at: datetime = world.now - _BACK * rng.random() ** 1.4
    if channel == "online":
        local = at.astimezone(world.calendar.tz)
        return min(at, local.replace(hour=rng.randint(7, 22), minute=rng.randrange(60), second=rng.randrange(60)))
    return world.calendar.add(at, -rng.randint(1, 4 * 3600)).replace(microsecond=0)
