"""Waits in every kind of system call at once and says, one line of JSON for each, what came of it.

A call with a time-out has to last as long as it was told to, and at most so much longer as it had
waited before the process stood still. Any other call returns only after the file "go" is there.
"""
import ctypes
import errno
import fcntl
import json
import os
import select
import signal
import struct
import sys
import threading
import time

home = sys.argv[1]
SECONDS = 6
SLACK = 30
ANY = "any"
NSEC = 10**9
libc = ctypes.CDLL(None, use_errno=True)
lock = threading.Lock()
running = {}
steps = [time.monotonic()]
longest = [0, 0]


def call(number, *arguments):
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    return -ctypes.get_errno() if result == -1 else result


def timespec(seconds):
    return ctypes.create_string_buffer(struct.pack("<qq", int(seconds), int(seconds % 1 * NSEC)), 16)


def word(value):
    return ctypes.create_string_buffer(struct.pack("<Q", value), 8)


def signals(*numbers):
    return sum(1 << (number - 1) for number in numbers)


def say(**what):
    with lock:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def judge(name, seconds, clock, outcome, wanted, mask):
    start = running[name][1]
    elapsed = time.clock_gettime(clock) - start
    if elapsed < seconds:
        return "early"
    start, elapsed = running[name][2], time.monotonic() - running[name][2]
    before, gap = max(0, longest[0] - start), longest[1]
    if seconds and elapsed > seconds + before + gap + SLACK:
        return "late"
    if not seconds and not woken.is_set():
        return "without cause"
    if outcome != wanted and not (wanted == ANY and outcome >= 0):
        return "wrong result"
    now = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return "fine" if mask == now else f"mask is {sorted(now)} instead of {sorted(mask)}"


def waiter(name, seconds, clock, wanted, blocked, make):
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    begin.wait()
    start, monotonic = time.clock_gettime(clock), time.monotonic()
    number, *arguments = make()
    running[name] = (call(186), start, monotonic, number)
    outcome = call(number, *arguments)
    verdict = judge(name, seconds, clock, outcome, wanted, mask)
    say(call=name, verdict=verdict, result=outcome)


cases = {}


def timed(name, wanted, make, clock=time.CLOCK_MONOTONIC):
    cases[name] = (SECONDS, clock, wanted, [], make)


def endless(name, wanted, make, wake, blocked=()):
    cases[name] = (0, MONOTONIC, wanted, blocked, make)
    wakers.append((name, wake))


wakers = []
woken = threading.Event()
begin = threading.Event()  # The first call must not end before the last has begun.
MONOTONIC, REAL = time.CLOCK_MONOTONIC, time.CLOCK_REALTIME


def deadline(clock):
    return timespec(time.clock_gettime(clock) + SECONDS)


def waitv(address):
    return ctypes.create_string_buffer(struct.pack("<QQII", 0, address, 2, 0), 24)


def fresh_word(value=0):
    fresh = word(value)
    kept.append(fresh)
    return fresh


kept = []
TIMED_OUT = -errno.ETIMEDOUT
timed("nanosleep", 0, lambda: (35, timespec(SECONDS), None))
timed("nanosleep with a place for the rest", 0, lambda: (35, timespec(SECONDS), timespec(9)))
timed("clock_nanosleep", 0, lambda: (230, MONOTONIC, 0, timespec(SECONDS), None))
timed("clock_nanosleep of boot time", 0, lambda: (230, 7, 0, timespec(SECONDS), None))
timed("clock_nanosleep until", 0, lambda: (230, MONOTONIC, 1, deadline(MONOTONIC), None))
timed("clock_nanosleep until real time", 0, lambda: (230, 0, 1, deadline(0), None), REAL)
timed("poll", 0, lambda: (7, None, 0, SECONDS * 1000))
timed("poll of a pipe", 0, lambda: (7, struct.pack("<iHH", quiet, 1, 0), 1, SECONDS * 1000))
timed("ppoll", 0, lambda: (271, None, 0, timespec(SECONDS), word(0), 8))
timed("select", 0, lambda: (23, 0, None, None, None, timespec(SECONDS)))
timed("pselect6", 0, lambda: (270, 0, None, None, None, timespec(SECONDS), None))
timed("futex", TIMED_OUT, lambda: (202, word(0), 128, 0, timespec(SECONDS)))
timed("shared futex", TIMED_OUT, lambda: (202, word(0), 0, 0, timespec(SECONDS)))
timed(
    "futex until",
    TIMED_OUT,
    lambda: (202, word(0), 128 | 9, 0, deadline(MONOTONIC), None, 0xFFFFFFFF),
)
timed(
    "futex until real time",
    TIMED_OUT,
    lambda: (202, word(0), 256 | 9, 0, deadline(0), None, 0xFFFFFFFF),
    REAL,
)
timed(
    "futex_waitv until",
    TIMED_OUT,
    lambda: (449, waitv(ctypes.addressof(fresh_word())), 1, 0, deadline(MONOTONIC), MONOTONIC),
)
timed(
    "futex_wait until",
    TIMED_OUT,
    lambda: (455, word(0), 0, 0xFFFFFFFF, 2, deadline(MONOTONIC), MONOTONIC),
)
timed("futex of a mutex with an owner", TIMED_OUT, lambda: (202, owned, 6, 0, deadline(0)), REAL)
timed("rt_sigtimedwait", -errno.EAGAIN, lambda: (128, word(signals(40)), None, timespec(SECONDS), 8))
timed("semtimedop", -errno.EAGAIN, lambda: (220, semaphore, semop, 1, timespec(SECONDS)))

timed("epoll_wait", 0, lambda: (232, epoll(), events, 1, SECONDS * 1000))
timed("epoll_pwait2", 0, lambda: (441, epoll(), events, 1, timespec(SECONDS), None, 8))

events = ctypes.create_string_buffer(12)
owned = word(os.getpid())  # The kernel's name for a mutex that the main thread owns.
quiet, quiet_other = os.pipe()
semop = struct.pack("<Hhh", 0, -1, 0)
semaphore = call(64, 0, 1, 0o1600)


def set_word(address):
    address[0] = 1
    call(202, address, 1, 1 << 30)


def epoll(*numbers):
    watcher = select.epoll()
    for number in numbers:
        watcher.register(number, select.EPOLLIN)
    kept.append(watcher)
    return watcher.fileno()


empty = [os.pipe() for _ in range(6)]
full = os.pipe()
fcntl.fcntl(full[1], fcntl.F_SETPIPE_SZ, 4096)
os.write(full[1], bytes(4096))
one, two, three = fresh_word(), fresh_word(), fresh_word()
byte = ctypes.create_string_buffer(1)
fifo = os.path.join(home, "fifo")
os.mkfifo(fifo)
locked = open(os.path.join(home, "locked"), "r+b")
READ_LOCK = struct.pack("<hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)


def pollfd(number):
    return ctypes.create_string_buffer(struct.pack("<iHH", number, 1, 0), 8)


def bits(number):
    return ctypes.create_string_buffer((1 << number).to_bytes(128, "little"), 128)


def write_to(pipe):
    return lambda: os.write(pipe[1], b"x")


endless("read of an empty pipe", 1, lambda: (0, empty[0][0], byte, 1), write_to(empty[0]))
endless("write to a full pipe", 1, lambda: (1, full[1], b"x", 1), lambda: os.read(full[0], 4096))
endless("poll without end", 1, lambda: (7, pollfd(empty[1][0]), 1, -1), write_to(empty[1]))
endless(
    "ppoll without end",
    1,
    lambda: (271, pollfd(empty[2][0]), 1, None, None, 8),
    write_to(empty[2]),
)
endless(
    "select without end",
    1,
    lambda: (23, empty[3][0] + 1, bits(empty[3][0]), None, None, None),
    write_to(empty[3]),
)
endless(
    "pselect6 without end",
    1,
    lambda: (270, empty[4][0] + 1, bits(empty[4][0]), None, None, None, None),
    write_to(empty[4]),
)
endless(
    "epoll_wait without end",
    1,
    lambda: (232, epoll(empty[5][0]), events, 1, -1),
    write_to(empty[5]),
)
endless("futex without end", 0, lambda: (202, one, 0, 0, None), lambda: set_word(one))
endless(
    "futex_waitv without end",
    0,
    lambda: (449, waitv(ctypes.addressof(two)), 1, 0, None, 0),
    lambda: set_word(two),
)
endless(
    "semop",
    0,
    lambda: (65, semaphore_of_two, semop, 1),
    lambda: call(65, semaphore_of_two, struct.pack("<Hhh", 0, 1, 0), 1),
)
semaphore_of_two = call(64, 0, 1, 0o1600)
queue = call(68, 0, 0o1600)
endless(
    "msgrcv",
    4,
    lambda: (70, queue, ctypes.create_string_buffer(16), 8, 0, 0),
    lambda: call(69, queue, struct.pack("<q4s", 1, b"word"), 4, 0),
)
endless(
    "open of a named pipe",
    ANY,
    lambda: (2, fifo.encode(), os.O_RDONLY),
    lambda: os.open(fifo, os.O_WRONLY),
)
endless(
    "fcntl that waits for a lock",
    0,
    lambda: (72, locked.fileno(), fcntl.F_SETLKW, READ_LOCK),
    lambda: None,  # The holder is another process.
)


def kill_thread(name, number):
    return lambda: call(234, os.getpid(), running[name][0], number)


INTERRUPTED = -errno.EINTR
BLOCKED = [signal.SIGUSR1, signal.SIGALRM]
ONE_SIGNAL = ~signals(signal.SIGUSR1) & 2**64 - 1
for name, make in {
    "rt_sigsuspend": lambda: (130, word(ONE_SIGNAL), 8),
    "ppoll with a mask": lambda: (271, None, 0, None, word(ONE_SIGNAL), 8),
    "epoll_pwait with a mask": lambda: (281, epoll(), events, 1, -1, word(ONE_SIGNAL), 8),
    "pselect6 with a mask": lambda: (
        270,
        0,
        None,
        None,
        None,
        None,
        struct.pack("<QQ", ctypes.addressof(narrow), 8),
    ),
}.items():
    endless(name, INTERRUPTED, make, kill_thread(name, signal.SIGUSR1), BLOCKED)
narrow = word(ONE_SIGNAL)
endless("pause", INTERRUPTED, lambda: (34,), kill_thread("pause", signal.SIGUSR1))
endless(
    "rt_sigtimedwait without end",
    41,
    lambda: (128, word(signals(41)), None, None, 8),
    kill_thread("rt_sigtimedwait without end", 41),
    [41],
)


inside = set()


def was_inside(name):
    """Field 8 of /proc/PID/task/TID/syscall is there only while the thread waits."""
    if name in running and name not in inside:
        tid, *_, number = running[name]
        with open(f"/proc/self/task/{tid}/syscall") as file:
            if file.read().split()[0] in (str(number), "219"):
                inside.add(name)
    return name in inside


def handler(number, frame):
    pass


signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGALRM, handler)
threading.stack_size(256 * 1024)
waiters = [threading.Thread(target=waiter, args=(n, *c), daemon=True) for n, c in cases.items()]
for thread in waiters:
    thread.start()
begin.set()
while not all(map(was_inside, cases)):
    time.sleep(0.01)
say(waiting=len(cases))
go = os.path.join(home, "go")
while True:
    time.sleep(0.005)
    now = time.monotonic()
    if now - steps[-1] > longest[1]:
        longest[:] = [steps[-1], now - steps[-1]]
    steps[-1] = now
    if not woken.is_set() and os.path.exists(go):
        woken.set()
        say(waking=len(wakers))
        for _, wake in wakers:
            wake()
    if waiters and not any(thread.is_alive() for thread in waiters):
        waiters.clear()
        # They outlive the process that made them.
        left = [call(66, semaphore, 0, 0), call(66, semaphore_of_two, 0, 0), call(71, queue, 0)]
        say(left=left)
