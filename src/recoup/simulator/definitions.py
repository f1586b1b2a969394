"""Definitions of simulated sellers: a few lines of YAML each, read into the arguments of `simulate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from .seller import Seller, simulate

_KEYS = {"name", "seed", "market", "as_of", "size", "months", "skus", "countries", "mess"}


@dataclass(frozen=True, slots=True)
class Definition:
    """One seller: its name and what `simulate` takes."""

    name: str
    seed: int = 7
    market: str = "US"
    as_of: date = date(2026, 11, 15)
    size: float = 1.0
    months: int = 12
    skus: int | None = None
    countries: tuple[str, ...] = ()
    mess: tuple[str, ...] = ()

    def simulate(self) -> Seller:
        """The seller it defines. Raises ValueError as `simulate` does."""
        return simulate(
            self.seed,
            as_of=self.as_of,
            skus=self.skus,
            months=self.months,
            size=self.size,
            market=self.market,
            countries=self.countries,
            mess=self.mess,
        )


def read_definition(path: Path | str) -> Definition:
    """The seller defined in a YAML file; its name is that of the file where it says none.

    Raises ValueError for a file that is no such definition, naming the file and the key.
    """
    file = Path(path)
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(told, Mapping):
        raise ValueError(f"{file.name}: no definition of a seller; write lines such as market: US")
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        raise ValueError(
            f"{file.name}: {', '.join(map(str, unknown))} not known; write {', '.join(sorted(_KEYS))}"
        )
    if not isinstance(told.get("as_of", date.min), date):
        raise ValueError(f"{file.name}: as_of is no day such as 2026-11-15")
    lists = {key: tuple(told[key]) for key in ("countries", "mess") if key in told}
    return Definition(**({"name": file.stem} | dict(told) | lists))


def read_definitions(folder: Path | str) -> list[Definition]:
    """Every definition in a folder, by file name."""
    return [read_definition(path) for path in sorted(Path(folder).glob("*.yaml"))]
