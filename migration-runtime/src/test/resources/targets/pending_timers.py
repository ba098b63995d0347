"""Leaves signals of timers pending until SIGUSR1, and counts lines meanwhile, each longer than a period.

Then prints of each timer what came with its signal, as a line of JSON.
"""
import ctypes
import json
import signal
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
PERIOD = 0.01
GETTID, SIGEV_SIGNAL, SIGEV_THREAD_ID = 186, 0, 4
KINDS = {35: (SIGEV_SIGNAL, PERIOD), 36: (SIGEV_THREAD_ID, PERIOD), 37: (SIGEV_SIGNAL, 0)}


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), str(number))
    return result


def create(number, notify):
    timer = ctypes.c_int()
    tid = call(GETTID) if notify == SIGEV_THREAD_ID else 0
    event = struct.pack("<QiiI", number + 100, number, notify, tid) + bytes(44)
    call(222, time.CLOCK_MONOTONIC, event, ctypes.byref(timer))
    return timer.value


def take(number, timer, period, start):
    info = ctypes.create_string_buffer(128)
    mask = ctypes.c_ulong(1 << (number - 1))
    call(128, ctypes.byref(mask), info, struct.pack("<qq", 0, 0), 8)
    identity, overruns, value = struct.unpack_from("<16xiiQ", info.raw)
    return {
        "signal": number,
        "right": identity == timer,
        "overruns": overruns,
        "getoverrun": call(225, timer),
        "most": int((time.monotonic() - start) / period) if period else 0,
        "once": not period,
        "value": value,
    }


mask = ctypes.c_ulong(sum(1 << (number - 1) for number in KINDS))
call(14, 0, ctypes.byref(mask), None, 8)
asked = []
signal.signal(signal.SIGUSR1, lambda number, frame: asked.append(number))
start = time.monotonic()
timers = {}
for number, (notify, period) in KINDS.items():
    timers[number] = create(number, notify)
    nanos = int(period * 1e9)
    call(223, timers[number], 0, struct.pack("<qqqq", 0, nanos, 0, 10_000_000), None)
while not asked:
    time.sleep(PERIOD)
    print("waiting", flush=True)
for number, (notify, period) in KINDS.items():
    print(json.dumps(take(number, timers[number], period, start)), flush=True)
while True:
    signal.pause()
