"""A simulated seller: a year of units, the reports Amazon would write about them, and what is owed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random

from . import background, mishaps
from .catalogue import stock_catalogue
from .market import market_of
from .reports import NO_RECONCILED, known_mess, write_reports
from .stories import SETTLED_STARTS, STORIES, Pools, Shelf, Stage, Story
from .truth import TruthClaim, as_json, tell
from .units import Innocent, Product
from .world import World

SHARED: dict[Shelf, int] = {
    "order": 5, "bare": 3, "early": 1, "priced": 1, "quiet": 1, "inbound": 3, "removal": 2,
}  # fmt: skip
SETTLED_SKUS = 5
LOSSY_SKUS = 4
ORDERS, MOVES, LOSSES = 4050, 1750, 18  # at size 1, in twelve months
SKUS = {"US": 124, "UK": 93, "DE": 93}  # so many products all stories need, and some to lose


@dataclass(frozen=True)
class Seller:
    """The simulated seller: ``truth`` is what Amazon owes, ``innocent`` what must not be claimed.

    ``not_told`` are the stories that this seller's market or exports cannot tell.
    """

    world: World
    truth: list[TruthClaim]
    innocent: list[Innocent]
    not_told: list[str]

    def write(self, folder: Path | str) -> list[Path]:
        """Write the reports as Amazon would, and ``truth.json`` beside them; returns the report files."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        told = {
            "as_of": self.world.as_of.isoformat(),
            "market": self.world.market.code,
            "mess": sorted(self.world.mess),
            "not_told": self.not_told,
            "claims": [as_json(claim) for claim in self.truth],
            "innocent": [as_json(innocent) for innocent in self.innocent],
        }
        (target / "truth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return write_reports(self.world, target)


def simulate(
    seed: int = 7,
    *,
    as_of: date = date(2026, 11, 15),
    skus: int | None = None,
    months: int = 12,
    size: float = 1.0,
    market: str = "US",
    countries: Sequence[str] = (),
    mess: Iterable[str] = (),
) -> Seller:
    """Live a seller's last ``months`` up to ``as_of``, and tell what Amazon owes at the end.

    ``size`` multiplies the everyday business, not the stories. ``market`` is US, UK or DE, ``countries`` are those
    in which a European seller's stock lies besides (PL, FR, IT, ES, CZ); ``mess`` names bad habits of the exports
    (`reports.MESS`), which change the files and never the truth: a story that an export would hide is not told,
    and the truth says so. The same arguments give the same bytes.
    Raises ValueError for too few products or months, and for an unknown market, country or habit.
    """
    if months < 10:
        raise ValueError("the stories need at least 10 months")
    place = market_of(market, countries)
    habits = known_mess(mess)
    first_day = as_of - timedelta(days=round(months * 365 / 12))
    world = World(as_of, first_day, Random(f"{seed}"), place, habits)
    count = SKUS[market] if skus is None else skus
    world.products = stock_catalogue(count, Random(f"{seed} catalogue"), first_day, place)
    told, not_told = _choose(world)
    lossy, cast = _tell_stories(world, seed, told)
    world.story, world.random = "", Random(f"{seed} mishaps")
    mishaps.befall(world, cast)
    world.random = Random(f"{seed} background")
    paid_for = frozenset(product.sku for product in cast.orders)
    background.trade_every_day(world, world.products, round(ORDERS * size * months / 12), paid_for)
    if not habits & NO_RECONCILED:  # which of a product's losses a find explains could not be seen
        background.lose_and_make_good(world, lossy, round(LOSSES * months / 12))
    background.keep_moving(world, world.products, round(MOVES * size * months / 12))
    background.defer_latest_orders(world)
    background.charge_the_account(world)
    background.replenish(world)
    truth, innocent = tell(world.incidents, world.innocents, as_of, place)
    return Seller(world, truth, innocent, not_told)


def _choose(world: World) -> tuple[list[Story], list[str]]:
    """The stories this seller can tell, and the names of the others."""
    told: list[Story] = []
    left_out: list[str] = []
    for story in STORIES.values():
        elsewhere = bool(story.only) and story.only != world.market.code
        hidden = story.needs == "reconciled" and bool(world.mess & NO_RECONCILED)
        if elsewhere or hidden:
            left_out.append(story.name)
        else:
            told.append(story)
    return told, left_out


def _tell_stories(world: World, seed: int, stories: Sequence[Story]) -> tuple[list[Product], mishaps.Cast]:
    """Play the stories; returns the products left for losses, and those for mishaps."""
    hand = iter(world.products)
    shared = {shelf: _deal(hand, count) for shelf, count in SHARED.items()}
    settled, lossy = _deal(hand, SETTLED_SKUS), _deal(hand, LOSSY_SKUS)
    own = _deal(hand, mishaps.OWN[world.market.code])
    products: dict[Shelf, Iterator[Product]] = {shelf: cycle(dealt) for shelf, dealt in shared.items()}
    slots = iter([(product, start) for product in settled for start in SETTLED_STARTS])
    pools = Pools(products | {"own": hand}, slots)
    for story in stories:
        world.story, world.random = story.name, Random(f"{seed} {story.name}")
        _play(world, story, pools)
    cast = mishaps.Cast(shared["order"], shared["inbound"], shared["removal"], own)
    return [*lossy, *hand], cast


def _deal(hand: Iterator[Product], count: int) -> list[Product]:
    dealt = list(islice(hand, count))
    if len(dealt) < count:
        raise ValueError("too few SKUs: not even the shared shelves can be filled")
    return dealt


def _play(world: World, story: Story, pools: Pools) -> None:
    try:
        story.tell(Stage(world, story, pools))
    except StopIteration as nothing_left:
        raise ValueError(f"too few SKUs: no product is left for the story {story.name}") from nothing_left
