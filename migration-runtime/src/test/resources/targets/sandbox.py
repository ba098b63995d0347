"""Puts its threads under different system call filters and prints, again and again, what they may do.

usage: sandbox.py FOLDER [sync]

Without "sync" it filters as root and gives up all rights afterwards; with it, a filter is put on all threads at
once as soon as FOLDER/go is there.
"""
import ctypes
import errno
import json
import os
import struct
import sys
import threading
import time

SECCOMP, FLAG_TSYNC, FLAG_LOG = 317, 1, 2
RET_ALLOW, RET_ERRNO = 0x7FFF0000, 0x00050000
GETPGRP, GETSID, GETPPID, GETEGID = 111, 124, 110, 108
libc = ctypes.CDLL(None, use_errno=True)


def deny(call, error, flags=0):
    rules = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, RET_ERRNO | error), (0x06, 0, 0, RET_ALLOW)]
    program = b"".join(struct.pack("<HBBI", *rule) for rule in rules)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("<HxxxxxxQ", len(rules), ctypes.addressof(code))
    return libc.syscall(SECCOMP, 1, flags, header)


def answer(call):
    result = libc.syscall(call, 0, 0, 0)
    return errno.errorcode[ctypes.get_errno()] if result < 0 else "allowed"


def look():
    with open("/proc/thread-self/status") as status:
        fields = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    return {
        "mode": fields["Seccomp"],
        "filters": fields["Seccomp_filters"],
        "no_new_privs": fields["NoNewPrivs"],
        "getpgrp": answer(GETPGRP),
        "getsid": answer(GETSID),
        "getppid": answer(GETPPID),
        "getegid": answer(GETEGID),
    }


folder = sys.argv[1]
sync = sys.argv[2:] == ["sync"]
if sync:
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
assert deny(GETPGRP, errno.EXDEV, FLAG_LOG) == 0
worker = {}
turns = [threading.Semaphore(0), threading.Semaphore(0)]


def work():
    if not sync:
        assert deny(GETSID, errno.EDOM) == 0
        libc.syscall(117, 1000, 1000, 1000)  # setresuid of this thread
    while True:
        turns[0].acquire()
        worker.clear()
        worker.update(look())
        turns[1].release()


threading.Thread(target=work, daemon=True).start()
assert deny(GETPPID, errno.EBADE) == 0
assert deny(GETPPID, errno.ENOTUNIQ) == 0  # The newer one of two errors wins.
if not sync:
    libc.syscall(117, 1001, 1001, 1001)
joined = None
while True:
    if sync and joined is None and os.path.exists(folder + "/go"):
        joined = deny(GETEGID, errno.EL2HLT, FLAG_TSYNC)
    turns[0].release()
    turns[1].acquire()
    print(json.dumps({"main": look(), "worker": worker, "joined": joined}), flush=True)
    time.sleep(0.02)
