"""Counts, and writes each number to a page of a large mapping that it has not touched before.

Nearly all of that mapping was touched before the first number. With each number it checks one page of those, all of
the new ones, and that the next page is zeros still.
"""
import itertools
import mmap
import sys
import time

PAGE = 4096
OLD, NEW = 15 * 1024, 1000

memory = mmap.mmap(-1, (OLD + NEW) * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for page in range(OLD):
    memory[page * PAGE : page * PAGE + 8] = page.to_bytes(8, "little")


def content(page):
    return int.from_bytes(memory[page * PAGE : page * PAGE + 8], "little")


for number in itertools.count(1):
    print(number, flush=True)
    end = OLD + min(number, NEW - 1)
    memory[(end - 1) * PAGE : (end - 1) * PAGE + 8] = (end - 1).to_bytes(8, "little")
    if any(content(page) != page for page in [number * 7919 % OLD, *range(OLD, end)]) or content(end) != 0:
        print("memory is not what it was", flush=True)
        sys.exit(70)
    time.sleep(0.003)
