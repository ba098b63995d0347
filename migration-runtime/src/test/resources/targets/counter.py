"""Prints increasing numbers; keeps MIB of memory in use and checks that it stays what it was.

usage: counter.py DELAY_MILLIS MIB [CALL]

Where the number of a system call is given and not negative, a filter denies it.
"""
import ctypes
import struct
import sys
import time
import zlib

delay = float(sys.argv[1]) / 1000
mib = int(sys.argv[2])
memory = bytearray(b"live migration! " * 65536 * mib)
checksum = zlib.crc32(memory)
denied = int(sys.argv[3]) if len(sys.argv) > 3 else -1
if denied >= 0:
    rules = [(0x20, 0, 0, 0), (0x15, 0, 1, denied), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *rule) for rule in rules))
    header = struct.pack("<HxxxxxxQ", len(rules), ctypes.addressof(code))
    if ctypes.CDLL(None).syscall(317, 1, 0, header) != 0:
        sys.exit("seccomp")
number = 0
while True:
    number += 1
    print(number, flush=True)
    if number % 500 == 0 and zlib.crc32(memory) != checksum:
        print("memory is not what it was", flush=True)
        sys.exit(70)
    time.sleep(delay)
