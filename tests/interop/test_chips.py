"""Programs on chips, run on purpose: a Cortex-M0 in qemu, an ATmega328P in simavr hold their test vectors.

Debian's packages: gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm gcc-avr avr-libc simavr.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from leaving import run

import lernpy
from lernpy.interop.code import as_program
from lernpy.network import Network

pytestmark = pytest.mark.profile
FLAGS = ("-std=c99", "-Os", "-Wall", "-Wextra", "-Werror", "-pedantic", "-ffp-contract=off")
START = """
void _start(void);
__attribute__((section(".vectors"), used)) void *const vectors[2] = {(void *)0x20004000, (void *)_start};
"""
ARM = '#include "net.h"\n#include <stdlib.h>\nint main(void) { exit(net_test()); }\n'
AVR = """
#include "net.h"
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
static void say(char letter) {
  UDR0 = letter;
  while (!(UCSR0A & (1 << UDRE0))) { }
}
int main(void) {
  int wrong = net_test();
  UCSR0B = 1 << TXEN0;
  say('=');
  say((char)('0' + (wrong > 9 ? 9 : wrong)));
  say('\\n');
  cli();
  sleep_enable();
  sleep_cpu();
  return 0;
}
"""


def xor(maths: str = "fast") -> Network:
    how = {"optimizer": "momentum", "learning_rate": 0.1, "maths": maths}
    return lernpy.layered([2, 3, 1], "tanh", seed=0, **how)


def soft() -> Network:
    return lernpy.layered([2, 4, 3], "softplus", "softmax", loss="cross_entropy", seed=0)


def gated() -> Network:
    return lernpy.unroll(lernpy.build.lstm([1, 2, 1], seed=0, maths="portable"), 3)


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"there is no {name}")


@pytest.mark.parametrize(
    "network",
    [xor(), xor("portable"), soft(), gated()],
    ids=["xor", "portable", "soft", "gated"],
)
@pytest.mark.parametrize("single", [False, True], ids=["double", "float"])
def test_a_cortex_m0(network: Network, single: bool, tmp_path: Path) -> None:
    gcc, chip = tool("arm-none-eabi-gcc"), ("-mcpu=cortex-m0", "-mthumb")
    (tmp_path / "net.h").write_text(as_program(network, "h", single=single))
    (tmp_path / "main.c").write_text(ARM)
    (tmp_path / "start.c").write_text(START)
    main, start, elf = (tmp_path / name for name in ("main.o", "start.o", "net.elf"))
    run(gcc, *chip, *FLAGS, "-c", tmp_path / "main.c", "-o", main)
    run(gcc, *chip, "-Os", "-c", tmp_path / "start.c", "-o", start)
    places = ("--section-start=.vectors=0", "-Ttext=0x100", "-Tdata=0x20000000", "-u,vectors")
    linked = [f"-Wl,{place}" for place in (*places, "--gc-sections")]
    run(gcc, *chip, *linked, "--specs=rdimon.specs", main, start, "-o", elf, "-lm")
    print(run(tool("arm-none-eabi-size"), main))
    board = ("-M", "microbit", "-nographic", "-semihosting-config", "enable=on,target=native")
    run(tool("qemu-system-arm"), *board, "-kernel", elf)


@pytest.mark.parametrize("network", [xor(), soft()], ids=["xor", "soft"])
@pytest.mark.parametrize("learns", [True, False], ids=["learning", "answering"])
def test_an_atmega_of_two_kilobytes(network: Network, learns: bool, tmp_path: Path) -> None:
    (tmp_path / "net.h").write_text(as_program(network, "h", single=True, learns=learns))
    (tmp_path / "main.c").write_text(AVR)
    elf = tmp_path / "net.avr"
    run(tool("avr-gcc"), "-mmcu=atmega328p", *FLAGS, tmp_path / "main.c", "-o", elf, "-lm")
    print(run(tool("avr-size"), elf))
    simulated = [tool("simavr"), "-m", "atmega328p", "-f", "16000000", str(elf)]
    assert "=0" in subprocess.run(simulated, capture_output=True, text=True, check=True).stderr
