"""What a large run changes in its process is as before when it is over."""

from __future__ import annotations

import gc
import sys

import pyarrow as pa
import pytest

from recoup.heap import large_run


def settings() -> tuple[bool, str]:
    return gc.isenabled(), pa.default_memory_pool().backend_name


@pytest.mark.parametrize("collected", [True, False])
def test_what_was_set_before_a_large_run_is_set_after_it_also_when_it_fails(collected: bool) -> None:
    was_on = gc.isenabled()
    (gc.enable if collected else gc.disable)()
    try:
        before = settings()
        with pytest.raises(MemoryError), large_run():
            assert not gc.isenabled()
            raise MemoryError
        assert settings() == before
    finally:
        (gc.enable if was_on else gc.disable)()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Arrow's own allocator stays")
def test_what_a_large_run_leaves_behind_outlives_it() -> None:
    with large_run():
        assert pa.default_memory_pool().backend_name == "system"
        kept = pa.array(["text"] * 1000).dictionary_encode()
    assert kept.to_pylist() == ["text"] * 1000
