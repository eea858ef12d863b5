"""Vectors for compiled code: four numbers worked on at once, and thirty-two keys compared at once.

Numba has no word for them; each here is a line or two of LLVM's language, which turns them into
whatever instructions a processor has, with the same results. Reads and writes don't check bounds,
except under NUMBA_BOUNDSCHECK=1.
"""

import operator
from typing import Any, Final

import numba
from llvmlite import ir
from numba.core import cgutils, typing
from numba.extending import register_model

from simulator.compiled import inlined

WIDTH: Final = 4  # [numbers] of a vector
KEYS_AT_ONCE: Final = 32  # [keys] that `near` and `add_keys` work on

_DOUBLES = ir.VectorType(ir.DoubleType(), WIDTH)
_WORDS = ir.VectorType(ir.IntType(16), WIDTH)
_KEYS = ir.VectorType(ir.IntType(16), KEYS_AT_ONCE)
_CHECKED = bool(vars(numba.config).get("BOUNDSCHECK"))

# Their types say more than Python knows of what is compiled.
types: Any = numba.types
intrinsic: Any = numba.extending.intrinsic
models: Any = numba.extending.models
lower: Any = numba.extending.lower_builtin
get_or_insert_function: Any = cgutils.get_or_insert_function
templates: Any = typing.templates


class Four(types.Type):  # type: ignore[misc]
    """Numba's type of four float64; +, -, * and / round each of them once."""

    def __init__(self) -> None:
        super().__init__(name="Four")


_four = Four()


@register_model(Four)
class _FourModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _DOUBLES)


def _define(symbol: Any, instruction: str) -> None:
    @templates.infer_global(symbol)
    class _Typing(templates.ConcreteTemplate):  # type: ignore[misc]
        cases = (templates.signature(_four, _four, _four),)

    @lower(symbol, _four, _four)
    def _lowered(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments)


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
_define(operator.truediv, "fdiv")


@inlined
def four(array: Any, index: int) -> Any:
    """Returns array[index : index + 4], float64, as a vector."""
    _look_at(array, index, WIDTH)
    return _read(array, index)


@inlined
def put_four(array: Any, index: int, numbers: Any) -> None:
    """Writes a vector into array[index : index + 4], float64."""
    _look_at(array, index, WIDTH)
    _write(array, index, numbers)


@inlined
def put_whole(array: Any, index: int, numbers: Any) -> None:
    """Writes a vector of whole numbers into array[index : index + 4], uint16, modulo 2**16."""
    _look_at(array, index, WIDTH)
    _write_whole(array, index, numbers)


@intrinsic
def all_four(_context: Any, _number: Any) -> Any:
    """Returns a vector of one float64 four times."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _everywhere(builder, arguments[0], _DOUBLES)

    return _four(types.float64), generate


@intrinsic
def floors(_context: Any, _numbers: Any) -> Any:
    """Returns the greatest whole number up to each number of a vector."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(_DOUBLES, [_DOUBLES])
        floor = get_or_insert_function(builder.module, kind, f"llvm.floor.v{WIDTH}f64")
        return builder.call(floor, arguments)

    return _four(_numbers), generate


def _choosing(relation: str) -> Any:
    @intrinsic
    def choose(_context: Any, one: Any, other: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.select(builder.fcmp_ordered(relation, *arguments), *arguments)

        return _four(one, other), generate

    return choose


lesser = _choosing("<")  # of each two numbers of two vectors
greater = _choosing(">")


@intrinsic
def any_below(_context: Any, _numbers: Any, _bounds: Any) -> Any:
    """Returns whether a number of a vector is below its counterpart in another."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        bits = builder.bitcast(builder.fcmp_ordered("<", *arguments), ir.IntType(WIDTH))
        return builder.icmp_unsigned("!=", bits, ir.IntType(WIDTH)(0))

    return types.boolean(_numbers, _bounds), generate


@inlined
def near(keys: Any, start: int, key: int, span: int) -> Any:
    """Returns a bit for each of keys[start : start + 32] that is 0 to span - 1 below a key.

    Keys are uint16 and differences are taken modulo 2**16.
    """
    _look_at(keys, start, KEYS_AT_ONCE)
    return _near(keys, start, key, span)


@inlined
def add_keys(into: Any, one: Any, other: Any, start: int) -> None:
    """Writes one + other into an array, uint16 all of them, from start to start + 31."""
    _look_at(into, start, KEYS_AT_ONCE)
    _look_at(one, start, KEYS_AT_ONCE)
    _look_at(other, start, KEYS_AT_ONCE)
    _add_keys(into, one, other, start)


@intrinsic
def lowest_bit(_context: Any, _bits: Any) -> Any:
    """Returns the place of the lowest bit that is set in a uint64 other than 0."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.uint64), generate


@intrinsic
def whole_below(_context: Any, _number: Any) -> Any:
    """Returns the greatest whole number up to a float64; it must fit into 32 bits."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        floor = builder.module.declare_intrinsic("llvm.floor", [ir.DoubleType()])
        whole = builder.fptosi(builder.call(floor, arguments), ir.IntType(32))
        return builder.sext(whole, ir.IntType(64))

    return types.int64(types.float64), generate


@inlined
def _look_at(array: Any, start: int, numbers: int) -> None:
    if _CHECKED and (array[start] != array[start] or array[start + numbers - 1] != array[start]):
        pass


@intrinsic
def _read(_context: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, signature.args[0], *arguments, _DOUBLES)

    return _four(array, types.int64), generate


@intrinsic
def _write(_context: Any, array: Any, _index: Any, _numbers: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _store(context, builder, signature.args[0], *arguments)

    return types.void(array, types.int64, _four), generate


@intrinsic
def _write_whole(_context: Any, array: Any, _index: Any, _numbers: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole = builder.fptosi(arguments[2], ir.VectorType(ir.IntType(32), WIDTH))
        words = builder.trunc(whole, _WORDS)
        _store(context, builder, signature.args[0], arguments[0], arguments[1], words)

    return types.void(array, types.int64, _four), generate


@intrinsic
def _near(_context: Any, keys: Any, _start: Any, _key: Any, _span: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        loaded = _load(context, builder, signature.args[0], arguments[0], arguments[1], _KEYS)
        key, span = (
            _everywhere(builder, builder.trunc(value, _KEYS.element), _KEYS)
            for value in arguments[2:]
        )
        found = builder.icmp_unsigned("<", builder.sub(key, loaded), span)
        return builder.zext(builder.bitcast(found, ir.IntType(KEYS_AT_ONCE)), ir.IntType(64))

    return types.uint64(keys, types.int64, types.int64, types.int64), generate


@intrinsic
def _add_keys(_context: Any, into: Any, one: Any, other: Any, _start: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        index = arguments[3]
        first, second = (
            _load(context, builder, signature.args[n], arguments[n], index, _KEYS) for n in (1, 2)
        )
        total = builder.add(first, second)
        _store(context, builder, signature.args[0], arguments[0], index, total)

    return types.void(into, one, other, types.int64), generate


def _everywhere(builder: Any, value: Any, vector: Any) -> Any:
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.IntType(32)(0))
    pattern = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, first, pattern)


def _load(context: Any, builder: Any, kind: Any, *place: Any) -> Any:
    array, index, vector = place
    place = _place(context, builder, kind, array, index, vector)
    return builder.load(place, align=kind.dtype.bitwidth // 8)


def _store(context: Any, builder: Any, kind: Any, *what: Any) -> None:
    array, index, value = what
    place = _place(context, builder, kind, array, index, value.type)
    builder.store(value, place, align=kind.dtype.bitwidth // 8)


def _place(context: Any, builder: Any, kind: Any, *what: Any) -> Any:
    array, index, vector = what
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())
