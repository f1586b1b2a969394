"""Where stories play: each gets products of its own, or a stretch of time on a shared one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ..charging import month_before
from ..units import Kind, Product
from ..windows import window
from ..world import World

Shelf = Literal["own", "bare", "early", "priced", "quiet", "order", "settled", "inbound", "removal"]
SETTLED_STARTS = (57, 45, 33, 21)  # days before as_of; a settled story lasts at most 11 days


@dataclass(frozen=True, slots=True)
class Story:
    """One trap: ``tell`` plays it. The shelf says which other stories may play on the same product.

    own: none. bare: losses without any credit. early: credits that end weeks before the first loss begins.
    priced: losses wholly paid at doubtful prices. quiet: neither loss nor credit. order: tied to its own order,
    on a product without warehouse losses. settled: leaves nothing open and no credit over, one after another.
    inbound: shipments that are never paid. removal: removal orders, never paid by product.
    ``only`` is the one market it is told in; ``needs`` what an export must have that it can be seen at all.
    """

    name: str
    shelf: Shelf
    tell: Callable[[Stage], None]
    only: str = ""
    needs: str = ""

    @property
    def says(self) -> str:
        """The trap in one sentence."""
        return " ".join((self.tell.__doc__ or "").split())


class Stage:
    """What one story sees: the world, its product, and days counted back from ``as_of``."""

    def __init__(self, world: World, story: Story, pools: Pools) -> None:
        """Open the stage for one story."""
        self.world = world
        self._pools, self._shelf = pools, story.shelf
        self.start = world.ago(57)
        self.product = self._cast(story.shelf)

    def _cast(self, shelf: Shelf) -> Product:
        if shelf != "settled":
            return next(self._pools.products[shelf])
        product, days = next(self._pools.settled)
        self.start = self.world.ago(days)
        return product

    def another(self) -> Product:
        """One more product of the story's own."""
        return next(self._pools.products["own"])

    def ordered(self) -> Product:
        """A product whose orders may be refunded and paid for."""
        return next(self._pools.products["order"])

    def beside(self) -> Product:
        """One more product of the story's shelf."""
        return next(self._pools.products[self._shelf])

    def last_clock(self, kind: Kind) -> date:
        """The oldest day on which something may have happened that can still be claimed today."""
        days = window(kind, self.world.market.code)
        assert days is not None
        return days.last_clock(self.world.as_of)

    def first_clock(self, kind: Kind) -> date:
        """The youngest day on which something may have happened whose window is open today."""
        days = window(kind, self.world.market.code)
        assert days is not None
        return self.ago(days.earliest)

    def month(self, before: int) -> date:
        """The first day of the month so many months before this one."""
        return month_before(self.world.as_of, before)

    def ago(self, days: int) -> date:
        """The day so many days before ``as_of``."""
        return self.world.ago(days)

    def then(self, days: int) -> date:
        """The day so many days after a settled story began."""
        return self.start + timedelta(days=days)


@dataclass(slots=True)
class Pools:
    """The products, dealt out to stories and background."""

    products: dict[Shelf, Iterator[Product]]
    settled: Iterator[tuple[Product, int]]


class Registry(dict[str, Story]):
    """All stories by name; used as a decorator by the story modules."""

    def story(
        self, shelf: Shelf, *, only: str = "", needs: str = ""
    ) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
        """Register a function as the story of that name."""

        def register(tell: Callable[[Stage], None]) -> Callable[[Stage], None]:
            name = tell.__name__
            if name in self:
                raise ValueError(f"two stories are called {name}")
            self[name] = Story(name, shelf, tell, only, needs)
            return tell

        return register


STORIES = Registry()
story = STORIES.story
