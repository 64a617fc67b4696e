"""An op code and its parameter: the shape that control requests and machine status share (FTMS 4.16, 4.17).

The parameter is one integer in the specification's resolution, a tuple of them where there are several, or ``None``
where the op code takes none, is unknown, or the frame ended too early. Bytes nobody announced are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from treadcoach.errors import ProtocolMisuseError
from treadcoach.ftms.fields import U8, Field, Kind, number, write

Parameter = int | tuple[int, ...] | None
Shapes = Mapping[int, tuple[Kind, ...]]

_OP_CODE = Field("op code", U8)


def decode(data: bytes, shapes: Shapes) -> tuple[int, Parameter, bytes]:
    """Op code, parameter, trailing bytes of a frame that holds at least its op code."""
    kinds = shapes.get(data[0], ())
    values: list[int] = []
    offset = 1
    for kind in kinds:
        value = number(data, offset, kind)
        if value is None:
            return data[0], None, data[1:]
        values.append(value)
        offset += kind.size
    parameter = (values[0] if len(values) == 1 else tuple(values)) if values else None
    return data[0], parameter, data[offset:]


def encode(op_code: int, parameter: Parameter, trailing: bytes, shapes: Shapes) -> bytes:
    """The inverse of `decode`.

    Raises:
        ProtocolMisuseError: a parameter that does not fit the op code.
    """
    head = write(_OP_CODE, op_code)
    if parameter is None:
        return head + trailing
    kinds = shapes.get(op_code, ())
    values = parameter if isinstance(parameter, tuple) else (parameter,)
    if len(values) != len(kinds):
        raise ProtocolMisuseError(f"op code {op_code:#04x} takes {len(kinds)} numbers, not {len(values)}")
    return head + b"".join(write(Field("parameter", k), v) for k, v in zip(kinds, values, strict=True)) + trailing
