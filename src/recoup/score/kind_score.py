"""How right the claims of one kind are: units or claims right, wrong and missed, money, doubts and traps."""

from __future__ import annotations

from dataclasses import dataclass, field

from .keys import Key

Money = dict[str, float]  # by currency
COUNTS = (
    *("owed", "right", "wrong", "missed", "doubts", "asked", "doubts_asserted"),
    *("needless", "expired", "expired_told"),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One key whose claim is not what is owed: units (or claims) on either side, and the stories behind it."""

    key: Key
    owed: int
    asserted: int
    stories: tuple[str, ...]
    seller: str = ""


@dataclass(slots=True)
class KindScore:
    """The comparison of one kind; units, or claims for kinds about money."""

    kind: str
    owed: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    doubts: int = 0  # in the truth
    asked: int = 0  # of these shown as Needs input
    doubts_asserted: int = 0  # of these asserted; part of wrong
    needless: int = 0  # claims that need input although nothing is in doubt or owed under their key
    expired: int = 0  # in the truth
    expired_told: int = 0  # of these shown as expired
    owed_money: Money = field(default_factory=dict)
    error: Money = field(default_factory=dict)
    traps: set[str] = field(default_factory=set)  # stories of innocents that were claimed
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def asserted(self) -> int:
        """Everything that was asserted."""
        return self.right + self.wrong

    @property
    def precision(self) -> float | None:
        """Share of what was asserted that is right; None when nothing was."""
        return self.right / self.asserted if self.asserted else None

    @property
    def recall(self) -> float | None:
        """Share of what is owed that was asserted; None when nothing is owed."""
        return self.right / self.owed if self.owed else None

    @property
    def empty(self) -> bool:
        """True when the kind is neither in the truth nor among the claims."""
        return not any(getattr(self, name) for name in COUNTS)

    def add(self, other: KindScore) -> None:
        """Add the comparison of another seller."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, its in ((self.owed_money, other.owed_money), (self.error, other.error)):
            for currency, amount in its.items():
                add_money(mine, currency, amount)
        self.traps |= other.traps
        self.mistakes += other.mistakes


def add_money(sums: Money, currency: str, amount: float) -> None:
    """Add an amount to the sum of its currency."""
    sums[currency] = round(sums.get(currency, 0.0) + amount, 2)
