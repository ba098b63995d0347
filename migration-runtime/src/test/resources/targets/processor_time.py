"""Has timers of processor time armed and says, when SIGUSR1 comes, how much they have left, then burns it.

Prints "ready", then one line of JSON, then one for each timer that has sent its signal.
"""
import ctypes
import json
import os
import signal
import struct
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
SECONDS = 0.6
BURNT = 0.1
USED = 0.3  # By the moves, on a host whose processors are taken away from it now and then.
TICKS = 0.02  # By which the kernel rounds interval timers up.
names = {}


def timer(name, clock, number):
    event = struct.pack("<QiiI", 7, number, 0, 0) + bytes(44)
    identity = ctypes.c_int()
    libc.syscall(222, ctypes.c_long(clock), event, ctypes.byref(identity))
    setting = struct.pack("<qqqq", 0, 0, 0, int(SECONDS * 1e9))
    libc.syscall(223, identity, 0, setting, None)
    names[number] = name
    return identity.value


def left_of(identity):
    setting = ctypes.create_string_buffer(32)
    libc.syscall(224, identity, setting)
    seconds, nanos = struct.unpack_from("<16xqq", setting.raw)
    return seconds + nanos / 1e9


def burn(seconds):
    start = time.thread_time()
    while time.thread_time() - start < seconds:
        for _ in range(10_000):
            pass


clock_of_thread = ctypes.c_int()
libc.pthread_getcpuclockid(ctypes.c_ulong(threading.get_ident()), ctypes.byref(clock_of_thread))
signals = [35, 36, 37, signal.SIGVTALRM, signal.SIGPROF]
signal.pthread_sigmask(signal.SIG_BLOCK, [*signals, signal.SIGUSR1])
timers = {
    "process": timer("process", time.CLOCK_PROCESS_CPUTIME_ID, 35),
    "process by its number": timer("process by its number", (~os.getpid() << 3) | 2, 36),
    "thread by its number": timer("thread by its number", clock_of_thread.value, 37),
}
signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, SECONDS)
signal.setitimer(signal.ITIMER_PROF, SECONDS)
names[signal.SIGVTALRM], names[signal.SIGPROF] = "virtual", "profiling"
burn(BURNT)


def all_left():
    left = {name: left_of(identity) for name, identity in timers.items()}
    left["virtual"], _ = signal.getitimer(signal.ITIMER_VIRTUAL)
    left["profiling"], _ = signal.getitimer(signal.ITIMER_PROF)
    return left


before = all_left()
print("ready", flush=True)
signal.sigwait({signal.SIGUSR1})
after = all_left()
print(
    json.dumps(
        {
            "left": {name: -USED < after[name] - before[name] < TICKS for name in before},
            "interval": signal.getitimer(signal.ITIMER_VIRTUAL)[1],
            "used": time.thread_time() < BURNT,
            "exactly": [before, after],
        }
    ),
    flush=True,
)
for _ in range(100):
    burn(SECONDS)
    if names.keys() <= signal.sigpending():
        break
for number in sorted(signal.sigpending()):
    print(names[number], flush=True)
print("done", flush=True)
time.sleep(3600)
