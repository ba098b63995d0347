"""Holds one of every kind of state that can be had at once, and says so."""
import ctypes
import fcntl
import mmap
import os
import signal
import socket
import sys
import tempfile
import time

PAGE = 4096
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
keep = []


def check(result, what):
    if result in (-1, 0xFFFFFFFFFFFFFFFF, None):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), what)
    return result


def memory(length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):
    return check(libc.mmap(None, length, 3, flags, -1, 0), "mmap")


def syscall(number, *arguments):
    return check(libc.syscall(number, *map(ctypes.c_long, arguments)), f"system call {number}")


def hold_memory():
    shared = syscall(29, 0, PAGE, 0o600)  # shmget
    syscall(30, shared, 0, 0)  # shmat
    syscall(31, shared, 0, 0)  # shmctl(IPC_RMID)
    context = ctypes.c_ulong()
    syscall(206, 1, ctypes.addressof(context))  # io_setup
    nodes = ctypes.c_ulong(1)
    syscall(237, memory(PAGE), PAGE, 2, ctypes.addressof(nodes), 64, 0)  # mbind(MPOL_BIND)
    serve(memory(PAGE))


def serve(address):
    fault = syscall(323, os.O_CLOEXEC)  # userfaultfd
    keep.append(fault)
    api = (ctypes.c_ulonglong * 3)(0xAA, 0, 0)
    check(libc.ioctl(fault, ctypes.c_ulong(0xC018AA3F), api), "UFFDIO_API")
    register = (ctypes.c_ulonglong * 4)(address, PAGE, 1, 0)
    check(libc.ioctl(fault, ctypes.c_ulong(0xC020AA00), register), "UFFDIO_REGISTER")


def hold_files(folder):
    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)
    locked = open(os.path.join(folder, "locked"), "w")
    fcntl.flock(locked, fcntl.LOCK_EX)
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    owned, chosen = os.pipe(), os.pipe()
    fcntl.fcntl(owned[0], fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(chosen[1], 10, signal.SIGUSR1)  # F_SETSIG
    watched = os.open(folder, os.O_RDONLY)
    fcntl.fcntl(watched, fcntl.F_NOTIFY, fcntl.DN_RENAME)
    keep.extend(
        [
            os.open(fifo, os.O_RDWR),
            locked,
            open("/proc/1/status"),
            os.openpty(),
            open("/dev/kmsg"),
            socket.socket(),
            syscall(434, os.getpid(), 0),  # pidfd_open
        ]
    )


def hold_as_a_process(folder):
    home = tempfile.mkdtemp(dir=folder)
    os.chdir(home)
    os.rmdir(home)
    if os.fork() == 0:
        libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        signal.pause()


folder = sys.argv[1]
hold_memory()
hold_files(folder)
hold_as_a_process(folder)
while True:
    print("ready", flush=True)
    time.sleep(0.05)
