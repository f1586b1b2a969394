"""Amazon's rules as dated data: windows, caps, values, lags, codes, marketplaces and settings.

Ask ``load()`` for the policy, then ``policy.value(key, on=day, marketplace="US")``. None means that Amazon's
rule is unknown for that marketplace and day; a key that does not exist raises KeyError.

How to follow a policy change
    1. Open the file of the topic (``claim_windows.yaml``, ``caps.yaml``, ...), find the key.
    2. Add one entry under ``values``: ``from`` (the day it takes effect, to the day), ``marketplaces``,
       ``value``, ``certainty`` and ``reference`` (a link, or the source spelled out). Old entries stay: they
       end by themselves the day before the next one of that marketplace begins.
    3. Set ``last_reviewed`` of the rule to the day you checked it.
    4. Add two lines to ``tests/policy/<topic>.yaml``: the day before and the day itself.
    A rule nobody could confirm is ``value: null, certainty: unknown``: never a neighbour's number in silence.

How things are named
    A key never contains its value. A row's id (the Rule column) is ``<key>.<marketplace>.<from>`` and must
    not change once shipped: overrides of sellers hang on it. ``also`` gives further keys the same values.

Which date picks the value
    ``applies_by`` says which day to pass as ``on``: event_date, approval_date, charge_date or run_date.

Files
    vocabulary: what a value, a code, a setting is. documents: strict reading of the YAML. assembly: one
    Policy out of all files. rulebook: the questions it answers. overrides: what a lead typed. answers: what
    the seller set. typed_cells: how typed cells are read. sheet_rows: the rows of the sheets.
"""

from recoup.policy.assembly import load, load_folder
from recoup.policy.documents import PolicyFileError
from recoup.policy.rulebook import DENIALS, Policy
from recoup.policy.vocabulary import (
    ALL,
    AppliesBy,
    Certainty,
    Marketplace,
    Play,
    PolicyValue,
    ReasonCode,
    Setting,
    Value,
)

__all__ = [
    "ALL",
    "DENIALS",
    "AppliesBy",
    "Certainty",
    "Marketplace",
    "Play",
    "Policy",
    "PolicyFileError",
    "PolicyValue",
    "ReasonCode",
    "Setting",
    "Value",
    "load",
    "load_folder",
]
