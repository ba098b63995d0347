"""Threads with timers of CLOCK_THREAD_CPUTIME_ID; each prints whether its timer counts its time, and no other's."""
import ctypes
import struct
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
OWN_TIME = time.CLOCK_THREAD_CPUTIME_ID


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), str(number))
    return result


def create():
    timer = ctypes.c_int()
    event = struct.pack("<QiiI", 0, 0, 1, 0) + bytes(44)  # SIGEV_NONE
    call(222, OWN_TIME, event, ctypes.byref(timer))
    return timer.value


def left(timer):
    setting = ctypes.create_string_buffer(32)
    call(224, timer, setting)
    seconds, nanos = struct.unpack_from("<16xqq", setting.raw)
    return seconds * 10**9 + nanos


def work(name):
    timer = create()
    call(223, timer, 0, struct.pack("<qqqq", 0, 0, 5_000, 0), None)
    while True:
        outer = time.clock_gettime_ns(OWN_TIME)
        before = left(timer)
        inner = time.clock_gettime_ns(OWN_TIME)
        sum(range(20_000))
        inner = time.clock_gettime_ns(OWN_TIME) - inner
        used = before - left(timer)
        outer = time.clock_gettime_ns(OWN_TIME) - outer
        if outer < 0:
            continue  # It has moved meanwhile, and its clock with it.
        right = inner <= used <= outer and before > 4_000 * 10**9
        sys.stdout.write("%s %s\n" % (name, "right" if right else "%d <= %d <= %d" % (inner, used, outer)))
        sys.stdout.flush()
        time.sleep(0.002)


for name in ("one", "two", "three"):
    threading.Thread(target=work, args=(name,), daemon=True).start()
work("first")
