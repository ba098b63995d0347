"""Holds huge pages (hugetlb) of every kind and prints, again and again, what it sees of them.

usage: huge_pages.py [FILE-IN-HUGETLBFS]
"""
import array
import ctypes
import fcntl
import json
import os
import re
import sys
import time
import zlib

PAGE = 2 << 20
READ, WRITE = 1, 2
SHARED, PRIVATE, ANON, NORESERVE, HUGE = 1, 2, 0x20, 0x4000, 0x40000
MFD_ALLOW_SEALING, MFD_HUGETLB = 2, 4
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
    if result == -1:
        raise OSError(ctypes.get_errno(), f"system call {number}{arguments}")
    return result


def huge(pages, flags=PRIVATE | ANON | HUGE, fd=-1, offset=0, protection=READ | WRITE):
    return call(9, 0, pages * PAGE, protection, flags, fd, offset)


def fill(address, seed):
    words = array.array("Q", range(seed << 32, (seed << 32) + PAGE // 8))
    ctypes.memmove(address, words.tobytes(), PAGE)
    return address


def mapped(address, pages=1):
    with open("/proc/self/mem", "rb", 0) as memory:
        memory.seek(address)
        return zlib.crc32(memory.read(pages * PAGE))


def file(name, pages, flags=0):
    fd = os.memfd_create(name, MFD_HUGETLB | flags)
    os.ftruncate(fd, pages * PAGE)
    return fd


def mapping(place):
    """Its rights, file, size of pages and flags."""
    lines = rf"^{place:x}-\S+ (....) \S+ \S+ \S+ +(.*?)$.*?^KernelPageSize: +(.*?)$.*?^VmFlags: (.*?)$"
    return re.search(lines, open("/proc/self/smaps").read(), re.M | re.S).groups()


private = huge(3)
fill(private, 1)
fill(private + PAGE, 2)
read_only = fill(huge(1), 3)
call(10, read_only, PAGE, READ)
hidden = fill(huge(1), 4)
call(10, hidden, PAGE, 0)
sparse = huge(2, PRIVATE | ANON | HUGE | NORESERVE)
fill(sparse + PAGE, 5)
shared = fill(huge(2, SHARED | ANON | HUGE), 6)
ledger = file("ledger", 3)
writer = fill(huge(2, SHARED, ledger, PAGE), 7)
reader = huge(1, SHARED, ledger, PAGE, READ)
copy = fill(huge(1, PRIVATE, ledger, 2 * PAGE), 8)
held = file("held", 1)
window = fill(huge(1, SHARED, held), 9)
call(11, window, PAGE)
sealed = file("sealed", 1, MFD_ALLOW_SEALING)
window = fill(huge(1, SHARED, sealed), 10)
call(11, window, PAGE)
fcntl.fcntl(sealed, 1033, 2 | 4 | 8)  # F_ADD_SEALS: shrink, grow, write
places = [private, read_only, hidden, sparse, shared, writer, reader, copy]
if len(sys.argv) > 1:
    named = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
    os.ftruncate(named, 2 * PAGE)
    places += [fill(huge(2, SHARED, named), 11), huge(2, PRIVATE, named), huge(1, PRIVATE, named)]
    fill(places[-2] + PAGE, 12)

lines = ctypes.c_long.from_address(shared + PAGE)
while True:
    lines.value += 1
    ctypes.c_long.from_address(writer + PAGE).value = lines.value
    seen = int.from_bytes(os.pread(ledger, 8, 2 * PAGE), "little")
    print(
        json.dumps(
            {
                "line": lines.value,
                "same_memory": seen == lines.value,
                "private": mapped(private, 3),
                "read_only": mapped(read_only),
                "hidden": mapped(hidden),
                "sparse": mapped(sparse, 2),
                "shared": mapped(shared),
                "reader": mapped(reader),
                "copy": mapped(copy),
                "ledger": zlib.crc32(os.pread(ledger, 2 * PAGE, 0)),
                "held": zlib.crc32(os.pread(held, 2 * PAGE, 0)),
                "sealed": zlib.crc32(os.pread(sealed, PAGE, 0)),
                "seals": fcntl.fcntl(sealed, 1034),
                "named": [mapped(place) for place in places[8:]],
                "mappings": [mapping(place) for place in places],
            }
        ),
        flush=True,
    )
    time.sleep(0.02)
