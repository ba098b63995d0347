"""Uses timers of timer_create(2) and prints each signal that they send, one line of JSON at a time.

usage: posix_timers.py [SECONDS]

The deadline of one of them comes in so many seconds, 4 unless another number is given.
"""
import ctypes
import json
import os
import struct
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
TIMER_CREATE, TIMER_SETTIME, TIMER_GETTIME, TIMER_DELETE, GETTID = 222, 223, 224, 226, 186
SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD_ID = 0, 1, 4
PERIODIC, LATE, TO_THREAD = 35, 36, 37


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), str(number))
    return result


def create(clock, signal, value, notify, tid=0):
    event = struct.pack("<QiiI", value, signal, notify, tid) + bytes(44)
    timer = ctypes.c_int()
    call(TIMER_CREATE, clock, event, ctypes.byref(timer))
    return timer.value


def arm(timer, seconds, interval, absolute=False):
    setting = struct.pack("<qqqq", *(int(x) for t in (interval, seconds) for x in (t, t % 1 * 1e9)))
    call(TIMER_SETTIME, timer, int(absolute), setting, None)


def setting(timer):
    value = ctypes.create_string_buffer(32)
    call(TIMER_GETTIME, timer, value)
    return struct.unpack("<qqqq", value.raw)


def wait(signals):
    mask = ctypes.c_ulong(sum(1 << (signal - 1) for signal in signals))
    info = ctypes.create_string_buffer(128)
    signal = call(128, ctypes.byref(mask), info, None, 8)
    code, timer, _, value = struct.unpack_from("<8xi4xiiQ", info.raw)
    return {"signal": signal, "code": code, "timer": timer, "value": value}


def say(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def own_timer():
    mine = create(time.CLOCK_BOOTTIME, TO_THREAD, 3, SIGEV_THREAD_ID, call(GETTID))
    arm(mine, 0.01, 0.01)
    while True:
        received = wait([TO_THREAD])
        say({"thread": received})


mask = ctypes.c_ulong(sum(1 << (signal - 1) for signal in (PERIODIC, LATE, TO_THREAD)))
call(14, 0, ctypes.byref(mask), None, 8)
gap = create(time.CLOCK_MONOTONIC, 0, 0, SIGEV_NONE)
periodic = create(time.CLOCK_MONOTONIC, PERIODIC, 0x1234567890, SIGEV_SIGNAL)
late = create(time.CLOCK_MONOTONIC, LATE, 2, SIGEV_SIGNAL)
disarmed = create(time.CLOCK_REALTIME, 0, 0, SIGEV_NONE)
call(TIMER_DELETE, gap)
seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 4
deadline = time.monotonic() + seconds
arm(late, deadline, 0, absolute=True)
arm(periodic, 0.01, 0.01)
threading.Thread(target=own_timer, daemon=True).start()
while True:
    received = wait([PERIODIC, LATE])
    if received["signal"] == LATE:
        received["early"] = time.monotonic() < deadline
        received["overdue"] = time.monotonic() - deadline
    say(
        {
            "process": received,
            "ids": [periodic, late, disarmed],
            "disarmed": setting(disarmed),
            "interval": setting(periodic)[:2],
            "late_left": setting(late)[2] <= seconds,
        }
    )
