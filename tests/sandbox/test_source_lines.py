"""Lines of source come out of the observed program itself, which is hostile: reading it ends soon, and with what memory there is."""

import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from reviewer.sandbox.source_lines import SourceLines

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")

BOMB = """
.text
.globl main
main: ret
.section .debug_abbrev,"",@progbits
.uleb128 1; .uleb128 0x11; .byte 0; .uleb128 0x10; .uleb128 0x17; .byte 0,0,0
.section .debug_info,"",@progbits
.long 3f-2f
2: .value 4
.long 0
.byte 8
.uleb128 1
.long 0
3:
.section .debug_line,"",@progbits
.long 9f-4f
4: .value 4
.long 6f-5f
5: .byte 1,1,1,-5,14,13,0,1,1,1,1,0,0,0,1,0,0,1
.byte 0
.asciz "bomb.c"
.byte 0,0,0
.byte 0
6: .fill 30000000,1,0x20
9:
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    source = tmp_path / "a.c"
    source.write_text("int main(void) {\n  return 3;\n}\n")
    subprocess.run(["gcc", "-g", "-O0", "-o", tmp_path / "a", source], check=True)
    return tmp_path / "a"


def test_a_place_in_a_program_has_a_line(program: Path) -> None:
    symbols = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    main = next(int(line.split()[0], 16) for line in symbols.splitlines() if line.endswith(" T main"))
    found = SourceLines(program).at(main + 5)
    assert found is not None
    assert Path(found[0]).name == "a.c"
    assert found[1] in (1, 2)


INLINED = """#include <fcntl.h>
static inline __attribute__((always_inline)) int steal(const char *path) {
  asm volatile("nop");
  return open(path, O_RDONLY);
}
static inline __attribute__((always_inline)) int twice(void) {
  return steal("a") + steal("b");
}
int main(void) {
  return twice();
}
"""


@pytest.mark.parametrize("version", ["4", "5"])
def test_code_that_was_compiled_into_its_callers_has_their_lines_too(tmp_path: Path, version: str) -> None:
    (tmp_path / "a.c").write_text(INLINED)
    words = ["gcc", f"-gdwarf-{version}", "-O2", "-fomit-frame-pointer", "-o", "a", "a.c"]
    subprocess.run(words, cwd=tmp_path, check=True)
    code = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", tmp_path / "a"], capture_output=True, text=True, check=True
    )
    calls = [line for line in code.stdout.splitlines() if re.search(r"call +[0-9a-f]+ <open(64)?@plt>", line)]
    after = code.stdout.splitlines()
    lines = SourceLines(tmp_path / "a")
    found = []
    for call in calls:
        returns_to = int(after[after.index(call) + 1].split(":")[0], 16)
        found.append([(Path(file).name, line) for file, line in lines.all_at(returns_to)])
    assert found == [[("a.c", 4), ("a.c", 7), ("a.c", 10)]] * 2


def test_what_only_looks_like_a_program_has_no_lines_and_is_not_waited_for(program: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(program)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text").write_text("no program")
    for name in ("link", "pipe", "text", "missing", "."):
        assert list(SourceLines(tmp_path / name).all_at(0x1139)) == []


def test_debug_information_that_stands_for_millions_of_lines_takes_no_memory_of_ours(tmp_path: Path) -> None:
    (tmp_path / "bomb.s").write_text(BOMB)
    subprocess.run(["gcc", "-c", "-o", tmp_path / "bomb", tmp_path / "bomb.s"], check=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert SourceLines(tmp_path / "bomb").at(64) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KB
