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


def setting(timer):
    buffer = ctypes.create_string_buffer(32)
    call(224, timer, buffer)
    return struct.unpack("<qqqq", buffer.raw)


def left(timer):
    _, _, seconds, nanos = setting(timer)
    return seconds * 10**9 + nanos


def set_to(timer, seconds):
    call(223, timer, 0, struct.pack("<qqqq", 7, 0, seconds, 0), None)


def born():
    """The time of its start changes as a process moves, and the clocks of its threads start anew."""
    with open("/proc/self/stat") as file:
        return file.read().split()[21]


def work(name):
    timer = create()
    set_to(timer, 5_000)
    while True:
        if name == "idle":  # Runs only while it is looked at.
            set_to(timer, 0)
            time.sleep(0.02)
            if left(timer) != 0:
                sys.stdout.write("idle runs\n")
            set_to(timer, 5_000)
        birth = born()
        outer = time.clock_gettime_ns(OWN_TIME)
        before = left(timer)
        inner = time.clock_gettime_ns(OWN_TIME)
        sum(range(20_000))
        inner = time.clock_gettime_ns(OWN_TIME) - inner
        used = before - left(timer)
        outer = time.clock_gettime_ns(OWN_TIME) - outer
        if born() != birth:
            continue  # It has moved meanwhile.
        right = inner <= used <= outer and before > 4_000 * 10**9
        sys.stdout.write("%s %s\n" % (name, "right" if right else "%d <= %d <= %d" % (inner, used, outer)))
        sys.stdout.flush()
        time.sleep(0.002)


for name in ("one", "two", "idle"):
    threading.Thread(target=work, args=(name,), daemon=True).start()
work("first")
