"""Holds descriptors, memory and locks of many kinds and prints, again and again, what it sees of them.

usage: holder.py FOLDER
"""
import ctypes
import errno
import fcntl
import json
import mmap
import os
import re
import signal
import struct
import sys
import time

PAGE = 4096
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.mlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]


def call(number, *arguments):
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *values)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}{arguments}")
    return result


def memory(pages):
    place = libc.mmap(None, pages * PAGE, 3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    ctypes.memset(place, 1, pages * PAGE)
    return place


def fdinfo(descriptor, pattern):
    return re.findall(pattern, open(f"/proc/self/fdinfo/{descriptor}").read(), re.M)


def is_guarded(place):
    reading, writing = os.pipe()
    written = libc.write(writing, ctypes.c_void_p(place), 1)
    os.close(reading)
    os.close(writing)
    return written < 0


def flags(place):
    """Of the mapping around a place: one that has lost what set it apart may be joined with its neighbour."""
    text = open("/proc/self/smaps").read()
    for start, end, names in re.findall(r"^(\w+)-(\w+) .*?^VmFlags: (.*?)$", text, re.M | re.S):
        if int(start, 16) <= place < int(end, 16):
            return names.split()
    return []


def address(number, *arguments):
    value = ctypes.c_long()
    call(number, *arguments, ctypes.byref(value), ctypes.byref(ctypes.c_long()))
    return value.value


event = call(290, 5, 0)  # eventfd2
timer = call(283, 1, 0)  # timerfd_create(CLOCK_MONOTONIC)
call(286, timer, 0, struct.pack("<qqqq", 777, 0, 1_000_000, 0), None)
signals = call(289, -1, struct.pack("<Q", 1 << 9 | 1 << 11), 8, 0)  # signalfd4
poll = call(291, 0)  # epoll_create1
call(233, poll, 1, event, struct.pack("<IQ", 1, 0x5EED))
memfd = os.memfd_create("held", os.MFD_ALLOW_SEALING)
os.write(memfd, b"held" * 1024)
shared = mmap.mmap(memfd, PAGE, mmap.MAP_SHARED)
fcntl.fcntl(memfd, 1033, 0x2 | 0x4)  # F_ADD_SEALS: shrink, grow
deleted = os.open(sys.argv[1] + "/deleted", os.O_RDWR | os.O_CREAT)
os.write(deleted, b"deleted")
os.unlink(sys.argv[1] + "/deleted")
watcher = call(294, 0)  # inotify_init1
call(254, watcher, ctypes.create_string_buffer(sys.argv[1].encode()), 0x400)  # inotify_add_watch
own = os.open("/proc/self/comm", os.O_RDONLY)
locked = memory(3)
libc.mlock(locked, 3 * PAGE)
guarded = memory(4)
guards = libc.madvise(guarded + PAGE, PAGE, 102) == 0  # MADV_GUARD_INSTALL
undumped = memory(1)
libc.madvise(undumped, PAGE, 16)  # MADV_DONTDUMP
key = libc.syscall(330, 0, 2)  # pkey_alloc(PKEY_DISABLE_WRITE), where the processor has keys
if key > 0:
    call(329, memory(1), PAGE, 3, key)  # pkey_mprotect
processor_timer = ctypes.c_int()
signal.signal(signal.SIGTRAP, signal.SIG_IGN)
call(222, 2, struct.pack("<QiiI", 0, 0, 1, 0) + bytes(44), ctypes.byref(processor_timer))
call(223, processor_timer.value, 0, struct.pack("<qqqq", 555, 0, 1_000_000, 0), None)


def is_allocated(key):
    """EINVAL otherwise, before the kernel looks for memory."""
    result = libc.syscall(329, ctypes.c_long(-2 * PAGE), ctypes.c_long(PAGE), 0, key)
    return result < 0 and ctypes.get_errno() == errno.ENOMEM


while True:
    setting = ctypes.create_string_buffer(32)
    call(224, processor_timer.value, setting)
    timer_setting = ctypes.create_string_buffer(32)
    call(287, timer, timer_setting)
    print(
        json.dumps(
            {
                "event": fdinfo(event, r"eventfd-count: +(\w+)"),
                "timer": struct.unpack_from("<q", timer_setting.raw)[0],
                "signals": fdinfo(signals, r"sigmask:\s(\w+)"),
                "watches": fdinfo(poll, r"^tfd: +(\d+) events: +\w+ data: +(\w+)"),
                "watched": fdinfo(watcher, r"^inotify wd:(\w+) ino:(\w+) .*mask:400 "),
                "seals": fcntl.fcntl(memfd, 1034),
                "memory_file": "/memfd:held" in open("/proc/self/maps").read(),
                "shared": shared[:4].decode(),
                "deleted": os.lseek(deleted, 0, os.SEEK_CUR),
                "own": len(os.pread(own, 100, 0)),
                "locked": re.search(r"VmLck:\s+(\d+)", open("/proc/self/status").read()).group(1),
                "guarded": guards and is_guarded(guarded + PAGE),
                "undumped": "dd" in flags(undumped),
                "keys": re.findall(r"^ProtectionKey: +([1-9]\d*)", open("/proc/self/smaps").read(), re.M),
                "allocated": [key for key in range(1, 16) if is_allocated(key)],
                "processor_timer": struct.unpack_from("<q", setting.raw)[0],
                "ignored": re.search(r"SigIgn:\s+(\w+)", open("/proc/self/status").read()).group(1),
                "robust_list": address(274, 0),
                "clear_child_tid": address(157, 40),
            }
        ),
        flush=True,
    )
    time.sleep(0.02)
