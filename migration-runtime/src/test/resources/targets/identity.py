"""Gives each of two threads an identity of its own and prints what both see of it, now and for each SIGUSR1.
In between it has no file of /proc open.

usage: identity.py
"""
import ctypes
import json
import os
import resource
import signal
import threading

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    values = [a if isinstance(a, ctypes.Array) else ctypes.c_long(a) for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *values)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}{arguments}")
    return result


def prctl(option, *arguments):
    padded = list(arguments) + [0] * (4 - len(arguments))
    return call(157, option, *padded)


def capabilities(effective, permitted, inheritable):
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    halves = [s >> shift & 0xFFFFFFFF for shift in (0, 32) for s in (effective, permitted, inheritable)]
    call(126, header, (ctypes.c_uint32 * 6)(*halves))


def pointed(option):
    value = (ctypes.c_int * 2)()
    prctl(option, ctypes.addressof(value))
    return value[0]


def look():
    with open("/proc/thread-self/status") as status:
        fields = dict(l.rstrip("\n").split(":\t", 1) for l in status if ":\t" in l)
    kept = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
    return {k: fields[k].strip() for k in kept} | {
        "securebits": prctl(27),
        "keepcaps": prctl(7),
        "pdeathsig": pointed(2),
        "mce": prctl(34),
        "ioprio": call(252, 1, 0),
        "personality": call(135, 0xFFFFFFFF),
    }


def become_worker():
    prctl(28, 0x10 | 0x40)  # KEEP_CAPS, NO_CAP_AMBIENT_RAISE
    call(116, 3, (ctypes.c_uint32 * 3)(7, 2000, 100000))
    call(119, 1001, 1002, 1003)
    call(117, 1001, 1002, 1003)
    call(123, 1003)
    capabilities(1 << 0, 1 << 0 | 1 << 10, 1 << 10)
    prctl(7, 0)
    prctl(1, 12)
    call(251, 1, 0, 2 << 13 | 6)
    call(135, 0x0040000)


def become_main():
    prctl(47, 4, 0, 0, 0)
    capabilities((1 << 24) - 1, (1 << 24) - 1, 1 << 22 | 1 << 10)
    prctl(24, 22)  # CAP_SYS_BOOT leaves the bounding set, but stays inheritable
    prctl(47, 2, 10, 0, 0)
    prctl(28, 0x4)  # NO_SETUID_FIXUP
    call(117, 0, 2001, 2002)
    capabilities(1 << 10 | 1 << 6 | 1 << 7 | 1 << 8, 1 << 22 | 1 << 10 | 1 << 6 | 1 << 7 | 1 << 8, 1 << 22 | 1 << 10)
    prctl(38, 1)
    prctl(1, 10)
    prctl(33, 1, 1, 0, 0)
    call(251, 1, 0, 3 << 13)


worker = {}
turn = [threading.Semaphore(0), threading.Semaphore(0)]


def work():
    become_worker()
    while True:
        turn[0].acquire()
        worker.clear()
        worker.update(look())
        turn[1].release()


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
for limit in range(16):
    soft, hard = resource.getrlimit(limit)
    if limit not in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU, 15):
        resource.setrlimit(limit, (max(1 << 20, 0) if hard < 0 else hard // 2, hard))
with open("/proc/self/oom_score_adj", "w") as file:
    file.write("321")
with open("/proc/self/coredump_filter", "w") as file:
    file.write("0x7")
prctl(36, 1)
prctl(41, 1, 0, 0, 0)
call(324, 1 << 4, 0, 0)  # membarrier: register for private expedited ones
threading.Thread(target=work, daemon=True).start()
turn[0].release()
turn[1].acquire()
become_main()
prctl(4, 1)
while True:
    turn[0].release()
    turn[1].acquire()
    print(
        json.dumps(
            {
                "main": look(),
                "worker": worker,
                "limits": [resource.getrlimit(limit) for limit in range(16)],
                "oom": open("/proc/self/oom_score_adj").read(),
                "coredump": open("/proc/self/coredump_filter").read(),
                "subreaper": pointed(37),
                "thp": prctl(42, 0, 0, 0, 0),
                "dumpable": prctl(3),
                "barriers": call(324, 1 << 9, 0, 0),
            }
        ),
        flush=True,
    )
    signal.sigwait({signal.SIGUSR1})
