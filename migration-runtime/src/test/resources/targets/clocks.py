"""Asks for the time in every way that the vdso knows, and says whether the answers are sane."""
import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.time.restype = ctypes.c_long
last = time.monotonic()


def look():
    global last
    now = time.monotonic()
    wall = time.time()
    day = (ctypes.c_long * 2)()
    libc.gettimeofday(day, None)
    resolution = (ctypes.c_long * 2)()
    libc.clock_getres(time.CLOCK_MONOTONIC, resolution)
    processor = ctypes.c_uint()
    libc.getcpu(ctypes.byref(processor), None)
    sane = (
        last <= now < last + 60
        and abs(libc.time(None) - wall) < 60
        and abs(day[0] - wall) < 60
        and resolution[0] == 0
        and processor.value < 4096
    )
    last = now
    return sane


while True:
    results = {look() for _ in range(200)}
    print("sane" if results == {True} else results, flush=True)
