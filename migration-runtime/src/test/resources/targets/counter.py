"""Prints increasing numbers; keeps MIB of memory in use and checks that it stays what it was.

usage: counter.py DELAY_MILLIS MIB
"""
import sys
import time
import zlib

delay = float(sys.argv[1]) / 1000
mib = int(sys.argv[2])
memory = bytearray(b"live migration! " * 65536 * mib)
checksum = zlib.crc32(memory)
number = 0
while True:
    number += 1
    print(number, flush=True)
    if number % 500 == 0 and zlib.crc32(memory) != checksum:
        print("memory is not what it was", flush=True)
        sys.exit(70)
    time.sleep(delay)
