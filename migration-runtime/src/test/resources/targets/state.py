"""Sets up all kinds of state and prints, again and again, what it sees of it, one line of JSON at a time.

usage: state.py FOLDER
"""
import ctypes
import fcntl
import json
import mmap
import os
import signal
import struct
import sys
import termios
import threading
import time

folder = sys.argv[1]
os.chdir(folder)
os.umask(0o027)
os.setpriority(os.PRIO_PROCESS, 0, 3)
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGWINCH})
os.kill(os.getpid(), signal.SIGWINCH)
signal.setitimer(signal.ITIMER_VIRTUAL, 10_000)

read_end, write_end = os.pipe()
os.write(write_end, b"queued bytes")
twin = os.dup(write_end)
fcntl.fcntl(read_end, 1031, 65536 * 2)

appended = os.open("appended", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC)
offset = os.open("offset", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
os.write(offset, b"0123456789")
os.lseek(offset, 4, os.SEEK_SET)
shared_offset = os.dup(offset)
directory = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
null = os.open("/dev/null", os.O_RDWR)

with open("mapped", "wb") as file:
    file.write(b"x" * 3 * 4096)
with open("decoy", "wb") as file:
    file.write(b"y" * 3 * 4096)
with open("mapped", "r+b") as file:
    private = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE)
    shared = mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED)
private[4096:4100] = b"mine"
with open("deleted", "wb") as file:
    file.write(b"deleted file " * 1000)
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
with open("deleted", "rb") as file:
    # Not by the mmap module, which would keep a descriptor of the file.
    deleted = libc.mmap(None, 16384, mmap.PROT_READ, mmap.MAP_PRIVATE, file.fileno(), 0)
os.unlink("deleted")
anonymous = mmap.mmap(-1, 8192, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
anonymous[5000:5006] = b"shared"

threads = [threading.Thread(target=time.sleep, args=(3600,), daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
started = time.monotonic()
last = started
line = 0
while True:
    line += 1
    now = time.monotonic()
    os.lseek(shared_offset, 4 + line % 3, os.SEEK_SET)
    with open("/proc/self/status") as status:
        fields = dict(l.rstrip("\n").split(":\t", 1) for l in status if ":\t" in l)
    report = {
        "line": line,
        "clock_went_back": now < last,
        "cwd": os.getcwd(),
        "umask": fields["Umask"],
        "name": fields["Name"],
        "ids": [fields["Uid"], fields["Gid"], fields["Groups"].strip()],
        "capabilities": [fields[k] for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
        "signals": [fields[k] for k in ("SigBlk", "SigIgn", "SigCgt", "ShdPnd")],
        "threads": fields["Threads"],
        "tids": sorted(os.listdir("/proc/self/task")),
        "pid": os.getpid(),
        "nice": os.nice(0),
        "virtual_timer": signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 9_000,
        "queued": struct.unpack("i", fcntl.ioctl(read_end, termios.FIONREAD, b"\0\0\0\0"))[0],
        "pipe_capacity": fcntl.fcntl(read_end, 1032),
        "twin_is_write_end": os.path.sameopenfile(twin, write_end),
        "appends": bool(fcntl.fcntl(appended, fcntl.F_GETFL) & os.O_APPEND),
        "offsets_shared": os.lseek(offset, 0, os.SEEK_CUR) == 4 + line % 3,
        "close_on_exec": fcntl.fcntl(offset, fcntl.F_GETFD),
        "directory": sorted(os.listdir(directory)),
        "private": private[4090:4102].hex(),
        "shared": shared[:4].hex(),
        "deleted": ctypes.string_at(deleted + 12990, 10).hex(),
        "anonymous": anonymous[4998:5008].hex(),
        "limit": __import__("resource").getrlimit(__import__("resource").RLIMIT_CORE),
        "cmdline": open("/proc/self/cmdline").read(),
        "exe": os.readlink("/proc/self/exe"),
        "usr1": len(seen),
    }
    os.write(appended, b".")
    print(json.dumps(report), flush=True)
    last = now
    time.sleep(0.02)
