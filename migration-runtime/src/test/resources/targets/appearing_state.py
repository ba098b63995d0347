"""Counts, with a memory file that is mapped. From SIGUSR1 on it has something that does not move."""
import ctypes
import itertools
import mmap
import os
import signal
import time

libc = ctypes.CDLL(None)
file = os.memfd_create("appearing")
os.ftruncate(file, 4 * mmap.PAGESIZE)
memory = mmap.mmap(file, 4 * mmap.PAGESIZE)
memory[:4] = b"here"
FANOTIFY_INIT = 300
signal.signal(signal.SIGUSR1, lambda number, frame: libc.syscall(FANOTIFY_INIT, 0, 0))
for number in itertools.count(1):
    print(number, flush=True)
    time.sleep(0.005)
