"""Puts the files of this folder together into one Policy: expands marketplaces, gives ids and end dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from recoup.policy import documents
from recoup.policy.documents import PolicyFileError, Rule, read_document
from recoup.policy.rulebook import DENIALS, Policy
from recoup.policy.vocabulary import ALL, Marketplace, Play, PolicyValue, ReasonCode, Setting

CODE_FILES = ("reason_codes.yaml", "dispositions.yaml", "denial_reasons.yaml")
PAYMENT_FILE = "payment_reasons.yaml"
MARKETPLACE_FILE = "marketplaces.yaml"
SETTING_FILE = "settings.yaml"
PLAY_FILE = "denial_plays.yaml"
SPECIAL_FILES = frozenset({*CODE_FILES, PAYMENT_FILE, MARKETPLACE_FILE, SETTING_FILE, PLAY_FILE})


@lru_cache(maxsize=1)
def load() -> Policy:
    """The shipped policy; read once per process. PolicyFileError names the file that is wrong."""
    return load_folder(files("recoup.policy"))


def load_folder(folder: Traversable) -> Policy:
    """Policy from the YAML files of a folder: some known by name, every other one a topic of dated values."""
    market_file = read_document(folder / MARKETPLACE_FILE, documents.MarketplaceFile)
    payment_file = read_document(folder / PAYMENT_FILE, documents.PaymentFile)
    setting_file = read_document(folder / SETTING_FILE, documents.SettingFile)
    code_files = [read_document(folder / name, documents.CodeFile) for name in CODE_FILES]
    codes = [code for file in code_files for code in _codes(file)]
    payments = _payments(payment_file)
    settings = _settings(setting_file)
    topics = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".yaml") and f.name not in SPECIAL_FILES),
        key=lambda f: f.name,
    )
    known_marketplaces = frozenset(market_file.marketplaces)
    values = [v for file in topics for v in _values(file, known_marketplaces)]
    return Policy(
        values=(*_refuse_repeated(values), *(s.as_value() for s in settings)),
        reason_codes=(*codes, *payments),
        code_names=frozenset(
            [f"{group}.{role}" for file in code_files for group, cl in file.root.items() for role in cl.roles]
            + [f"payments.{pool}" for pool in (*payment_file.pools, "any", "reversal")]
        ),
        pools={kind: pool for pool, kinds in payment_file.pools.items() for kind in kinds},
        marketplaces={
            code: Marketplace(
                code, m.name, m.currency, m.region, m.domain, tuple(m.names), tuple(m.languages)
            )
            for code, m in market_file.marketplaces.items()
        },
        stock_countries={r: frozenset(c) for r, c in market_file.stock_countries.items()},
        settings={s.key: s for s in settings},
        plays=_plays(
            read_document(folder / PLAY_FILE, documents.PlayFile),
            {c.role for c in codes if c.group == DENIALS},
            {v.key for v in values},
        ),
    )


def _values(file: Traversable, known_marketplaces: frozenset[str]) -> Iterator[PolicyValue]:
    topic = file.name.removesuffix(".yaml")
    for name, rule in read_document(file, documents.RuleFile).root.items():
        try:
            for key in (name, *rule.also):
                yield from _rule_values(topic, key, rule, known_marketplaces)
        except PolicyFileError as error:
            raise PolicyFileError(f"{file.name}: {name}: {error}") from None


def _rule_values(topic: str, key: str, rule: Rule, known: frozenset[str]) -> Iterator[PolicyValue]:
    named = dict.fromkeys(m for entry in rule.values for m in entry.marketplaces)
    if strangers := set(named) - known - {ALL}:
        raise PolicyFileError(f"marketplace {', '.join(sorted(strangers))} is not in {MARKETPLACE_FILE}")
    if ALL in named and len(named) > 1:
        raise PolicyFileError('"all" and single marketplaces do not mix in one rule')
    for marketplace in named:
        entries = sorted((e for e in rule.values if marketplace in e.marketplaces), key=lambda e: e.starts_on)
        for entry, after in zip(entries, [*entries[1:], None], strict=True):
            ends_on = entry.ends_on
            if after is not None:
                if after.starts_on == entry.starts_on or (ends_on and ends_on >= after.starts_on):
                    raise PolicyFileError(f"two values for {marketplace} on {after.starts_on}")
                ends_on = ends_on or after.starts_on - timedelta(days=1)
            yield PolicyValue(
                rule=f"{key}.{marketplace}.{entry.starts_on}",
                key=key,
                topic=topic,
                value=entry.value,
                unit=entry.unit or rule.unit,
                starts_on=entry.starts_on,
                ends_on=ends_on,
                marketplaces=(marketplace,),
                certainty=entry.certainty,
                reference=entry.reference,
                last_reviewed=rule.last_reviewed,
                applies_by=rule.applies_by,
                meaning=" ".join(filter(None, (rule.description.strip(), entry.note.strip()))),
                choices=tuple(rule.choices),
            )


def _plays(file: documents.PlayFile, roles: set[str], keys: set[str]) -> dict[str, Play]:
    if file.plays.keys() != roles:
        raise PolicyFileError(f"{PLAY_FILE}: one play for each role of {DENIALS}: {', '.join(sorted(roles))}")
    if unknown := {p.wait for p in file.plays.values()} - keys - {""}:
        raise PolicyFileError(f"{PLAY_FILE}: wait: there is no key {min(unknown)}")
    return {
        role: Play(
            role=role,
            do=play.do,
            attach=tuple(play.attach),
            of_kind=play.of_kind,
            where=play.where or file.where,
            leave=play.leave,
            wait=play.wait,
            certainty=file.certainty,
            reference=file.reference,
            last_reviewed=file.last_reviewed,
        )
        for role, play in file.plays.items()
    }


def _refuse_repeated(values: list[PolicyValue]) -> list[PolicyValue]:
    seen: set[str] = set()
    for value in values:
        if value.rule in seen:
            raise PolicyFileError(f"{value.topic}.yaml: {value.key} is stated twice (also in another file?)")
        seen.add(value.rule)
    return values


def _codes(file: documents.CodeFile) -> Iterator[ReasonCode]:
    for group, codes in file.root.items():
        for name, code in codes.codes.items():
            yield ReasonCode(
                code=name,
                group=group,
                report=codes.report,
                sign=code.sign,
                wording=code.wording,
                role=code.role,
                meaning=code.meaning,
                reference=code.reference or codes.reference,
                last_reviewed=codes.last_reviewed,
                spellings=tuple(code.spellings),
            )


def _payments(file: documents.PaymentFile) -> list[ReasonCode]:
    pool_of = {kind: pool for pool, kinds in file.pools.items() for kind in kinds}
    found = []
    for name, reason in file.reasons.items():
        pools = {pool_of.get(kind, f"no pool for {kind}") for kind in reason.pays} or {reason.pool}
        if (
            len(pools) != 1
            or (reason.pays and reason.pool)
            or not (pools <= {*pool_of.values(), "any", "reversal"})
        ):
            raise PolicyFileError(f"{PAYMENT_FILE}: reason {name} must name kinds of one pool, or one pool")
        found.append(
            ReasonCode(
                code=name,
                group="payments",
                report=file.report,
                sign="",
                wording=reason.confirmed_by,
                role=pools.pop(),
                meaning=reason.meaning,
                reference=file.reference,
                last_reviewed=file.last_reviewed,
                kinds=tuple(reason.pays),
                spellings=tuple(reason.spellings),
            )
        )
    return found


def _settings(file: documents.SettingFile) -> list[Setting]:
    return [
        Setting(key, s.name, s.kind, s.default, s.meaning, s.default, s.least) for key, s in file.root.items()
    ]
