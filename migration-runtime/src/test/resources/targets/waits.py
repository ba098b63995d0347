"""Holds eventfd, epoll, timerfd and signalfd descriptors and prints what it sees of them, one line of JSON at a time."""
import ctypes
import json
import os
import select
import signal
import struct
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
NONBLOCK, ONESHOT, EDGE = 0o4000, select.EPOLLONESHOT, select.EPOLLET


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def signalfd(*signals):
    mask = ctypes.c_ulong(sum(1 << (number - 1) for number in signals))
    return checked(libc.signalfd(-1, ctypes.byref(mask), NONBLOCK))


def timerfd(clock, value, interval, flags=0):
    timer = checked(libc.timerfd_create(clock, NONBLOCK))
    words = [int(x) for t in (interval, value) for x in (t, t % 1 * 1e9)]
    checked(libc.timerfd_settime(timer, flags, (ctypes.c_long * 4)(*words), None))
    return timer


def fdinfo(number):
    with open(f"/proc/self/fdinfo/{number}") as file:
        return [" ".join(line.split()) for line in file]


def watched(number):
    lines = [line.split(" pos:")[0] for line in fdinfo(number)]
    return sorted(line for line in lines if line.startswith("tfd"))


def add(poll, number, events, data):
    event = struct.pack("<IQ", events, data)
    checked(libc.epoll_ctl(poll, 1, number, event))


def ready(poll):
    events = ctypes.create_string_buffer(12 * 16)
    count = checked(libc.epoll_wait(poll, events, 16, 0))
    return sorted(struct.unpack_from("<IQ", events.raw, 12 * i) for i in range(count))


def quietness():
    """A disabled entry keeps quiet when its file becomes ready."""
    os.eventfd_write(quiet, 1)
    events = ready(inner)
    os.eventfd_read(quiet)
    return events


counter = os.eventfd(0, os.EFD_NONBLOCK)
os.eventfd_write(counter, 0xFFFF_FFFF_FFFF_FFFE)
semaphore = os.eventfd(3, os.EFD_NONBLOCK | os.EFD_SEMAPHORE | os.EFD_CLOEXEC)
idle = os.eventfd(0, os.EFD_NONBLOCK)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2})
usr1 = signalfd(signal.SIGUSR1)
usr2 = signalfd(signal.SIGUSR2)
os.kill(os.getpid(), signal.SIGUSR2)

deadline = time.monotonic() + 1.5
late = timerfd(time.CLOCK_MONOTONIC, deadline, 0, 1)
far = timerfd(time.CLOCK_BOOTTIME, 5000, 0.25)
real = timerfd(time.CLOCK_REALTIME, time.time() + 5000, 0, 1)
relative = timerfd(time.CLOCK_REALTIME, 5000, 0)
expired = timerfd(time.CLOCK_MONOTONIC, 0.001, 0)
select.select([expired], [], [])
disarmed = timerfd(time.CLOCK_MONOTONIC, 0, 0)
earliest = time.monotonic()
periodic = timerfd(time.CLOCK_MONOTONIC, 0.001, 0.001)
latest = time.monotonic()

read_end, write_end = os.pipe()
os.write(write_end, b"x")
poll = checked(libc.epoll_create1(0))
inner = checked(libc.epoll_create1(0x80000))
add(poll, read_end, select.EPOLLIN | ONESHOT, 0x1111222233334444)
fired = ready(poll)
quiet = os.eventfd(1)
add(inner, quiet, select.EPOLLIN | ONESHOT, 12)
fired += ready(inner)
os.eventfd_read(quiet)
moved = os.dup(semaphore)
add(poll, moved, select.EPOLLIN | EDGE, 0xFFFF_FFFF_FFFF_FFFF)
# The number of this entry is free afterwards, and then that of another file.
os.close(moved)
reused = os.dup2(idle, moved)
add(poll, reused, select.EPOLLIN, 7)
add(inner, counter, select.EPOLLIN, 8)
add(inner, usr2, select.EPOLLIN, 9)
add(poll, inner, select.EPOLLIN, 10)
twin = os.dup(poll)
blocked = os.eventfd(0)
woken = []
waiting = checked(libc.epoll_create1(0))
add(waiting, blocked, select.EPOLLIN, 11)


def wait_for_ever():
    events = ctypes.create_string_buffer(12)
    while True:
        count = libc.epoll_wait(waiting, events, 1, -1)
        woken.append([count, ctypes.get_errno() if count < 0 else 0])
        if count == 1:
            os.eventfd_read(blocked)


threading.Thread(target=wait_for_ever, daemon=True).start()
ticks = 0
line = 0
while True:
    line += 1
    select.select([periodic], [], [], 10)  # Its interrupt may be late; it counts what was missed.
    before = time.monotonic()
    try:
        ticks += struct.unpack("Q", os.read(periodic, 8))[0]
    except BlockingIOError:
        pass
    after = time.monotonic()
    try:
        os.read(late, 8)
        early = time.monotonic() < deadline
        print(json.dumps({"late": time.monotonic() - deadline, "early": early}), flush=True)
    except BlockingIOError:
        pass
    if line % 5 == 0:
        os.eventfd_write(blocked, 1)
    os.eventfd_read(semaphore)
    os.eventfd_write(semaphore, 1)
    print(
        json.dumps(
            {
                "counters": [fdinfo(n)[4:7:2] for n in (counter, semaphore, idle)],
                "flags": [fdinfo(n)[1] for n in (counter, semaphore, usr1, late, poll, inner)],
                "signals": [fdinfo(n)[4:] for n in (usr1, usr2)],
                "timers": [
                    [x for x in fdinfo(n)[4:] if not x.startswith("it_value")]
                    for n in (real, relative, expired, disarmed)
                ],
                "left": [fdinfo(n)[7][11:13] for n in (far, real, relative, expired, disarmed)],
                "fired": fired,
                "watched": [watched(n) for n in (poll, inner, waiting)],
                "quiet": quietness(),
                "ready": [ready(poll), ready(inner)],
                "twin": os.path.sameopenfile(poll, twin),
                "wrong wake-ups": [wake for wake in woken if wake != [1, 0]],
                "interval": fdinfo(far)[-1],
                "every tick counted": before - latest - 0.002 < ticks * 0.001 <= after - earliest,
            }
        ),
        flush=True,
    )
    time.sleep(0.01)
