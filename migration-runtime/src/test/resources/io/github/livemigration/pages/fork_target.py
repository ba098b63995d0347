"""A process whose memory is filled from outside, and which forks.

Prints the descriptor of its userfaultfd and the address of the memory, then obeys lines of standard input:
  sum          prints the CRC-32 of the memory
  fork         forks; the child waits for a line of its own on the pipe that it inherits, see below
  child        lets the child print the CRC-32 of its memory and end
  discard A N  gives N pages back, from page A on
  exec         becomes another program
"""
import ctypes
import fcntl
import os
import struct
import sys
import zlib

PAGE = 4096
pages = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

EVENT_FORK, EVENT_REMAP, EVENT_REMOVE, EVENT_UNMAP = 1 << 1, 1 << 2, 1 << 3, 1 << 6
uffd = libc.syscall(323, os.O_NONBLOCK | os.O_CLOEXEC)
fcntl.ioctl(uffd, 0xC018AA3F, bytearray(struct.pack(
    "QQQ", 0xAA, EVENT_FORK | EVENT_REMAP | EVENT_REMOVE | EVENT_UNMAP, 0)))
memory = libc.mmap(None, pages * PAGE, 3, 0x22, -1, 0)
libc.madvise(memory, pages * PAGE, 15)
fcntl.ioctl(uffd, 0xC020AA00, bytearray(struct.pack("QQQQ", memory, pages * PAGE, 1, 0)))


def say(*words):
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def crc():
    return zlib.crc32(ctypes.string_at(memory, pages * PAGE))


say(uffd, memory)
for line in sys.stdin:
    words = line.split()
    if words[0] == "sum":
        say("sum", crc())
    elif words[0] == "fork":
        wake_read, wake_write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(wake_write)
            os.read(wake_read, 1)
            say("child", crc())
            os._exit(0)
        os.close(wake_read)
        say("forked", child)
    elif words[0] == "child":
        os.write(wake_write, b"x")
        os.waitpid(child, 0)
    elif words[0] == "discard":
        libc.madvise(memory + int(words[1]) * PAGE, int(words[2]) * PAGE, 4)
        say("discarded")
    elif words[0] == "exec":
        os.execvp("sleep", ["sleep", "60"])
