#!/usr/bin/env python3
"""Print increasing numbers, one a line, and keep touching and checking memory.

A wrong byte in the memory is told on standard error, and ends the program with status 70.
Nothing here knows about migration.
"""

import argparse
import os
import sys
import threading
import time
import zlib

WRONG_MEMORY = 70
BLOCK = 4096


class Blocks:
    """Memory in blocks of one page, each with its checksum. For one thread."""

    def __init__(self, name, mebibytes):
        self.name = name
        self.count = int(mebibytes * 1024 * 1024) // BLOCK
        self.memory = bytearray(self.count * BLOCK)
        self.sums = [0] * self.count
        self.next = 0
        for block in range(self.count):
            self._fill(block, block)

    def _fill(self, block, seed):
        pattern = (seed * 2654435761 & 0xFFFFFFFF).to_bytes(4, "little")
        start = block * BLOCK
        self.memory[start:start + BLOCK] = pattern * (BLOCK // 4)
        self.sums[block] = zlib.crc32(pattern * (BLOCK // 4))

    def touch(self, blocks):
        """Check and change the next few blocks."""
        for _ in range(min(blocks, self.count)):
            block = self.next
            start = block * BLOCK
            found = zlib.crc32(memoryview(self.memory)[start:start + BLOCK])
            if found != self.sums[block]:
                sys.stderr.write("%s: block %d has checksum %08x, expected %08x\n"
                                 % (self.name, block, found, self.sums[block]))
                sys.stderr.flush()
                os._exit(WRONG_MEMORY)
            self._fill(block, found + block)
            self.next = (block + 1) % self.count


def work(blocks, pause):
    while True:
        blocks.touch(64)
        time.sleep(pause)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--interval-millis", type=float, default=5, help="time between numbers")
    parser.add_argument("--threads", type=int, default=0, help="threads that touch memory too")
    parser.add_argument("--resident-mib", type=float, default=8, help="memory, over all threads")
    parser.add_argument("--start", type=int, default=1, help="the first number")
    parser.add_argument("--limit", type=int, default=0, help="numbers to print; 0: no end")
    parser.add_argument("--exit-status", type=int, default=0, help="status at the limit")
    parser.add_argument("--spin", action="store_true", help="spin between numbers, do not sleep")
    return parser.parse_args()


def main():
    options = arguments()
    parts = options.threads + 1
    own = Blocks("main", options.resident_mib / parts)
    for index in range(options.threads):
        blocks = Blocks("worker %d" % index, options.resident_mib / parts)
        threading.Thread(target=work, args=(blocks, 0.002), daemon=True).start()
    interval = options.interval_millis / 1000
    number = options.start
    while True:
        os.write(1, b"%d\n" % number)
        number += 1
        if options.limit and number >= options.start + options.limit:
            os._exit(options.exit_status)
        own.touch(4)
        if options.spin:
            until = time.monotonic() + interval
            while time.monotonic() < until:
                pass
        else:
            time.sleep(interval)


if __name__ == "__main__":
    main()
