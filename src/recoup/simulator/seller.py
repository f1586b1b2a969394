"""A simulated seller: a year of units, the reports Amazon would write about them, and what is owed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

from . import background
from .catalogue import stock_catalogue
from .reports import write_reports
from .stories import SETTLED_STARTS, STORIES, Pools, Shelf, Stage, Story
from .truth import TruthClaim, as_json, tell
from .units import Innocent, Product
from .world import World

SHARED: dict[Shelf, int] = {"order": 5, "bare": 3, "early": 1, "priced": 1, "quiet": 1}  # products per shelf
SETTLED_SKUS = 5
LOSSY_SKUS = 4
ORDERS, MOVES, LOSSES = 4050, 1750, 18  # at size 1, in twelve months


@dataclass(frozen=True)
class Seller:
    """The simulated seller: ``truth`` is what Amazon owes, ``innocent`` what must not be claimed."""

    world: World
    truth: list[TruthClaim]
    innocent: list[Innocent]

    def write(self, folder: Path | str) -> list[Path]:
        """Write the reports as Amazon would, and ``truth.json`` beside them; returns the report files."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        told = {
            "as_of": self.world.as_of.isoformat(),
            "claims": [as_json(claim) for claim in self.truth],
            "innocent": [as_json(innocent) for innocent in self.innocent],
        }
        (target / "truth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return write_reports(self.world, target)


def simulate(
    seed: int = 7,
    *,
    as_of: date = date(2026, 11, 15),
    skus: int = 60,
    months: int = 12,
    size: float = 1.0,
) -> Seller:
    """Live a seller's last ``months`` up to ``as_of``; ``size`` multiplies the everyday business.

    Raises ValueError when there are too few products or months for all stories to be told.
    """
    if months < 10:
        raise ValueError("the stories need at least 10 months")
    first_day = as_of - timedelta(days=round(months * 365 / 12))
    world = World(as_of, first_day, Random(f"{seed}"))
    world.products = stock_catalogue(skus, Random(f"{seed} catalogue"), first_day)
    lossy, ordered = _tell_stories(world, seed)
    world.story, world.random = "", Random(f"{seed} background")
    background.trade_every_day(
        world, world.products, round(ORDERS * size * months / 12), frozenset(p.sku for p in ordered)
    )
    background.lose_and_make_good(world, lossy, round(LOSSES * months / 12))
    background.keep_moving(world, world.products, round(MOVES * size * months / 12))
    background.defer_latest_orders(world)
    background.charge_the_account(world)
    background.replenish(world)
    truth, innocent = tell(world.incidents, world.innocents, as_of)
    return Seller(world, truth, innocent)


def _tell_stories(world: World, seed: int) -> tuple[list[Product], list[Product]]:
    """Play every story; returns the products left for losses and those for refunds."""
    hand = iter(world.products)
    shared = {shelf: [next(hand) for _ in range(count)] for shelf, count in SHARED.items()}
    settled = [next(hand) for _ in range(SETTLED_SKUS)]
    lossy = [next(hand) for _ in range(LOSSY_SKUS)]
    products: dict[Shelf, Iterator[Product]] = {shelf: cycle(dealt) for shelf, dealt in shared.items()}
    slots = iter([(product, start) for product in settled for start in SETTLED_STARTS])
    pools = Pools(products | {"own": hand}, slots)
    for story in STORIES.values():
        world.story, world.random = story.name, Random(f"{seed} {story.name}")
        _play(world, story, pools)
    return [*lossy, *hand], shared["order"]


def _play(world: World, story: Story, pools: Pools) -> None:
    try:
        story.tell(Stage(world, story, pools))
    except StopIteration as nothing_left:
        raise ValueError(f"too few SKUs: no product is left for the story {story.name}") from nothing_left
