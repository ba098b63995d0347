"""Prints increasing numbers while threads look whether anything has disturbed them; ends with a word if so.

usage: survivor.py THREADS
One thread spins with a pattern in its registers, the others wait in system calls that must not end early.
With 1 there is only the first thread, which waits and prints.
"""
import ctypes
import mmap
import os
import signal
import sys
import threading
import time

PATTERN = 0x5EED0FACADE5
CODE = bytes.fromhex(
    "4154"  # push r12
    "48b8" + PATTERN.to_bytes(8, "little").hex() +  # mov rax, PATTERN
    "4989c4"  # mov r12, rax
    "4889442488"  # mov [rsp-120], rax: below the stack pointer, as leaf functions do
    "66480f6ef8"  # movq xmm7, rax
    "d9e8"  # fld1
    "fd"  # std
    "f9"  # stc
    "f390"  # pause
    "803f00"  # cmp byte [rdi], 0
    "74f9"  # je to the pause
    "fc"  # cld
    "4c8926"  # mov [rsi], r12
    "66480f7e7e08"  # movq [rsi+8], xmm7
    "488b442488"  # mov rax, [rsp-120]
    "48894610"  # mov [rsi+16], rax
    "dd5e18"  # fstp qword [rsi+24]
    "415c"  # pop r12
    "c3"  # ret
)
libc = ctypes.CDLL(None, use_errno=True)
progress = {}
MASKED = {signal.SIGUSR1, signal.SIGALRM}


class Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanos", ctypes.c_long)]


def fail(word):
    os.write(1, (word + "\n").encode())
    os._exit(70)


def spin():
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
    page[: len(CODE)] = CODE
    loop = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(
        ctypes.addressof(ctypes.c_char.from_buffer(page))
    )
    left = (ctypes.c_uint64 * 4)()
    go_on = ctypes.c_char(0)
    while True:
        go_on.value = 0
        timer = threading.Timer(0.05, lambda: setattr(go_on, "value", 1))
        timer.daemon = True
        timer.start()
        loop(ctypes.addressof(go_on), ctypes.addressof(left))
        if list(left) != [PATTERN, PATTERN, PATTERN, 0x3FF0000000000000]:
            fail("registers " + str([hex(value) for value in left]))
        yield


def sleep():
    while True:
        start = time.monotonic()
        if libc.nanosleep(ctypes.byref(Timespec(0, 40_000_000)), None) != 0:
            fail("nanosleep: errno %d" % ctypes.get_errno())
        if time.monotonic() - start < 0.04:
            fail("nanosleep ended early")
        yield


def poll():
    while True:
        start = time.monotonic()
        if libc.poll(None, 0, 30) != 0:
            fail("poll: errno %d" % ctypes.get_errno())
        if time.monotonic() - start < 0.03:
            fail("poll ended early")
        yield


def read():
    reading, writing = os.pipe()

    def write():
        while True:
            time.sleep(0.03)
            os.write(writing, b"x")

    threading.Thread(target=write, daemon=True).start()
    buffer = ctypes.create_string_buffer(1)
    while True:
        if libc.read(reading, buffer, 1) != 1 or buffer.raw != b"x":
            fail("read: errno %d" % ctypes.get_errno())
        yield


def select():
    while True:
        if libc.select(0, None, None, None, ctypes.byref(Timespec(0, 20_000))) != 0:
            fail("select: errno %d" % ctypes.get_errno())
        yield


def run(work):
    for _ in work():
        if signal.pthread_sigmask(signal.SIG_BLOCK, []) != MASKED:
            fail("signal mask of " + work.__name__)
        progress[work.__name__] = progress.get(work.__name__, 0) + 1


alarms = 0


def on_alarm(number, frame):
    global alarms
    alarms += 1


signal.signal(signal.SIGALRM, on_alarm)
signal.pthread_sigmask(signal.SIG_BLOCK, MASKED)
works = [spin, sleep, poll, read, select][: int(sys.argv[1]) - 1]
for work in works:
    threading.Thread(target=run, args=(work,), daemon=True).start()
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
number = 0
seen = {}
seen_alarms = 0


def late_ones():
    late = [work.__name__ for work in works if progress.get(work.__name__, 0) == seen.get(work.__name__, 0)]
    return late + ["alarms"] * (alarms == seen_alarms)


while True:
    number += 1
    print(number, flush=True)
    time.sleep(0.005)
    if signal.pthread_sigmask(signal.SIG_BLOCK, []) != {signal.SIGUSR1}:
        fail("signal mask of the first thread")
    if number % 200 == 0:
        end = time.monotonic() + 30
        while (late := late_ones()) and time.monotonic() < end:
            time.sleep(0.005)
        if late:
            fail(" and ".join(late) + " stand still")
        seen = dict(progress)
        seen_alarms = alarms
