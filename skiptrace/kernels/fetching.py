"""Memory asked for before it is needed, so that a compiled loop over places anywhere in it does not wait for each of them.

The processor loads what it is asked for while the loop works on something else. Results never depend on it; outside compiled
code these functions cannot be called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

READ, KEEP, DATA = 0, 3, 1
"""What the instruction is told: the place will be read, soon and more than once, and holds no code."""


def _emit(context: Any, builder: Any, kind: Any, value: Any, indices: list[Any]) -> Any:
    """The instruction for one element of an array."""
    array = context.make_array(kind)(context, builder, value)
    place = cgutils.get_item_pointer(context, builder, kind, array, indices, wraparound=False)  # type: ignore[no-untyped-call]
    byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
    called = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    fetch = cgutils.get_or_insert_function(builder.module, called, "llvm.prefetch.p0i8")  # type: ignore[no-untyped-call]
    builder.call(fetch, [builder.bitcast(place, byte), number(READ), number(KEEP), number(DATA)])
    return context.get_dummy_value()


def _one(typing: Any, array: Any, place: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _emit(context, builder, signature.args[0], values[0], [values[1]])

    return types.void(array, types.intp), emit


def _in_row(typing: Any, array: Any, row: Any, word: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _emit(context, builder, signature.args[0], values[0], [values[1], values[2]])

    return types.void(array, types.intp, types.intp), emit


fetch: Callable[[Any, Any], None] = cast(Any, intrinsic(_one))
"""Ask for the cache line of array[place], which must exist."""

fetch_in_row: Callable[[Any, Any, Any], None] = cast(Any, intrinsic(_in_row))
"""Ask for the cache line of array[row, word], which must exist."""
