"""Vectors for compiled code: sixteen float32 at once, one cache line.

Numba has no word for them; each here is a line or two of LLVM's language, which turns them into
whatever instructions a processor has, one of 512 bits or four of 128, with the same results. Reads
and writes don't check bounds, except under NUMBA_BOUNDSCHECK=1.
"""

import operator
from typing import Any, Final

import numba
from llvmlite import ir
from numba.core import cgutils, typing
from numba.extending import register_model

from simulator.compiled import inlined

WIDTH: Final = 16  # [numbers] of a vector

_FLOAT = ir.FloatType()
_WORD = ir.IntType(32)
_FLOATS = ir.VectorType(_FLOAT, WIDTH)
_WORDS = ir.VectorType(_WORD, WIDTH)
_CHECKED = bool(vars(numba.config).get("BOUNDSCHECK"))

# Their types say more than Python knows of what is compiled.
types: Any = numba.types
intrinsic: Any = numba.extending.intrinsic
models: Any = numba.extending.models
lower: Any = numba.extending.lower_builtin
pack_array: Any = cgutils.pack_array
get_or_insert_function: Any = cgutils.get_or_insert_function
templates: Any = typing.templates


class Sixteen(types.Type):  # type: ignore[misc]
    """Numba's type of sixteen float32; +, -, * and / round each of them once."""

    def __init__(self) -> None:
        super().__init__(name="Sixteen")


_sixteen = Sixteen()


@register_model(Sixteen)
class _SixteenModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _FLOATS)


def _define(symbol: Any, instruction: str) -> None:
    @templates.infer_global(symbol)
    class _Typing(templates.ConcreteTemplate):  # type: ignore[misc]
        cases = (templates.signature(_sixteen, _sixteen, _sixteen),)

    @lower(symbol, _sixteen, _sixteen)
    def _lowered(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments)


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
_define(operator.truediv, "fdiv")


@inlined
def load(array: Any, index: int) -> Any:
    """Returns array[index : index + 16], float32, as a vector."""
    _look_at(array, index)
    return _read(array, index)


@inlined
def store(array: Any, index: int, numbers: Any) -> None:
    """Writes a vector into array[index : index + 16], float32."""
    _look_at(array, index)
    _write(array, index, numbers)


@intrinsic
def splat(_context: Any, _number: Any) -> Any:
    """Returns a vector of one number sixteen times; it is rounded to float32 first."""

    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = arguments[0]
        if signature.args[0] == types.float64:
            number = builder.fptrunc(number, _FLOAT)
        return _everywhere(builder, number, _FLOATS)

    return _sixteen(_number if _number == types.float32 else types.float64), generate


@intrinsic
def fma(_context: Any, _one: Any, _other: Any, _added: Any) -> Any:
    """Returns one * other + added, rounded once, on processors without such an instruction too."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, "fma", *arguments)

    return _sixteen(_one, _other, _added), generate


@intrinsic
def roots(_context: Any, _numbers: Any) -> Any:
    """Returns the square roots."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, "sqrt", *arguments)

    return _sixteen(_numbers), generate


@intrinsic
def floors(_context: Any, _numbers: Any) -> Any:
    """Returns the greatest whole number up to each number."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, "floor", *arguments)

    return _sixteen(_numbers), generate


@intrinsic
def where_less(_context: Any, _one: Any, _other: Any, _then: Any, _otherwise: Any) -> Any:
    """Returns `then` where one < other, `otherwise` where not, or where either is no number."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        one, other, then, otherwise = arguments
        return builder.select(builder.fcmp_ordered("<", one, other), then, otherwise)

    return _sixteen(_one, _other, _then, _otherwise), generate


@intrinsic
def power_of_two(_context: Any, _exponents: Any) -> Any:
    """Returns 2 to whole numbers from -126 to 127."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        whole = builder.fptosi(arguments[0], _WORDS)
        biased = builder.add(whole, ir.Constant(_WORDS, [127] * WIDTH))
        bits = builder.shl(biased, ir.Constant(_WORDS, [23] * WIDTH))
        return builder.bitcast(bits, _FLOATS)

    return _sixteen(_exponents), generate


@intrinsic
def total(_context: Any, _numbers: Any) -> Any:
    """Returns the sum, float32: halves are added lane by lane until one number is left."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _summed(builder, arguments[0])

    return types.float32(_numbers), generate


@intrinsic
def five_totals(_context: Any, _a: Any, _b: Any, _c: Any, _d: Any, _e: Any) -> Any:
    """Returns the sums of five vectors, each as `total` would give it, for half of the work."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        a, b, c, d, e = arguments
        eights = [_halved(builder, [a, b], 16), _halved(builder, [c, d], 16)]
        four = _halved(builder, [_halved(builder, [_halved(builder, eights, 8)], 4)], 2)
        sums = [builder.extract_element(four, _WORD(lane)) for lane in range(4)]
        sums.append(_summed(builder, e))
        return pack_array(builder, sums)

    return types.UniTuple(types.float32, 5)(_a, _b, _c, _d, _e), generate


@inlined
def _look_at(array: Any, start: int) -> None:
    if _CHECKED and (array[start] != array[start] or array[start + WIDTH - 1] != array[start]):
        pass


@intrinsic
def _read(_context: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature.args[0], *arguments)
        return builder.load(place, align=4)

    return _sixteen(array, types.int64), generate


@intrinsic
def _write(_context: Any, array: Any, _index: Any, _numbers: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], place, align=4)

    return types.void(array, types.int64, _sixteen), generate


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _FLOATS.as_pointer())


def _call(builder: Any, name: str, *arguments: Any) -> Any:
    kind = ir.FunctionType(_FLOATS, [_FLOATS] * len(arguments))
    return builder.call(
        get_or_insert_function(builder.module, kind, f"llvm.{name}.v{WIDTH}f32"), arguments
    )


def _everywhere(builder: Any, value: Any, vector: Any) -> Any:
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, _WORD(0))
    return _shuffled(builder, first, first, [0] * vector.count)


def _shuffled(builder: Any, one: Any, other: Any, lanes: list[int]) -> Any:
    pattern = ir.Constant(ir.VectorType(_WORD, len(lanes)), lanes)
    return builder.shuffle_vector(one, other, pattern)


def _halved(builder: Any, vectors: list[Any], size: int) -> Any:
    """Adds the upper half of each group of `size` numbers to its lower half, in one or two vectors.

    Returns one vector of all the groups, half as long as they were.
    """
    starts = range(0, len(vectors) * vectors[0].type.count, size)
    low = [start + lane for start in starts for lane in range(size // 2)]
    high = [lane + size // 2 for lane in low]
    one, other = vectors[0], vectors[-1]
    return builder.fadd(_shuffled(builder, one, other, low), _shuffled(builder, one, other, high))


def _summed(builder: Any, numbers: Any) -> Any:
    size = WIDTH
    while size > 1:
        numbers = _halved(builder, [numbers], size)
        size //= 2
    return builder.extract_element(numbers, _WORD(0))
