"""Holds what threads can have of signals, locks, registers and scheduling, and says when SIGUSR1 comes what is left.

Prints "ready", and later one line of JSON for each thing that it looked at.
"""
import ctypes
import errno
import json
import mmap
import os
import signal
import struct
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
SI_QUEUE = -1
MANY = 150
go = threading.Event()
lines = threading.Lock()
holders = []
results = []


def call(number, *arguments):
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    return -ctypes.get_errno() if result == -1 else result


def say(what, seen, wanted):
    with lines:
        verdict = "fine" if seen == wanted else f"{seen} instead of {wanted}"
        print(json.dumps({"what": what, "verdict": verdict}), flush=True)


def holder(what):
    """The function runs in a thread of its own: up to its yield before the move, then to its end."""

    def start(function):
        def run():
            steps = function()
            next(steps)
            ready.release()
            go.wait()
            for wanted, seen in steps:
                say(what, seen, wanted)

        holders.append(threading.Thread(target=run))
        return function

    return start


ready = threading.Semaphore(0)


# --- signals ---


def info(number, value):
    return ctypes.create_string_buffer(
        struct.pack("<iiiiiiQ", number, 0, SI_QUEUE, 0, os.getpid(), os.getuid(), value), 128
    )


def next_signal(*numbers):
    received = ctypes.create_string_buffer(128)
    mask = struct.pack("<Q", sum(1 << (number - 1) for number in numbers))
    result = call(128, mask, received, struct.pack("<qq", 0, 0), 8)
    code, pid, uid, value = struct.unpack_from("<8xi4xiiQ", received.raw)
    return (result, code, pid, uid, value) if result > 0 else result


def queued(number, value):
    return (number, SI_QUEUE, os.getpid(), os.getuid(), value)


QUEUED = [(40 + i % 3 % 2, 0xFACE00000000 + i) for i in range(MANY)]
IN_ORDER = sorted(QUEUED, key=lambda one: one[0])


@holder("signals that were queued for the process")
def process_signals():
    for number, value in QUEUED:
        call(129, os.getpid(), number, info(number, value))
    yield
    yield [queued(*one) for one in IN_ORDER], [next_signal(40, 41) for _ in QUEUED]
    yield -errno.EAGAIN, next_signal(40, 41)


@holder("signals that were queued for a thread")
def thread_signals():
    for number, value in QUEUED:
        call(297, os.getpid(), call(186), number + 2, info(number + 2, value))
    call(234, os.getpid(), call(186), signal.SIGUSR2)
    yield
    wanted = [queued(number + 2, value) for number, value in IN_ORDER]
    yield wanted, [next_signal(42, 43) for _ in QUEUED]
    yield -errno.EAGAIN, next_signal(42, 43)
    yield (signal.SIGUSR2, -6, os.getpid(), os.getuid()), next_signal(signal.SIGUSR2)[:4]


FLAGS = [0x4, 0x10000000, 0x40000000, 0x80000000, 0x08000000, 0x1 | 0x2, 0x800, 0x8000000F]


@holder("actions with each flag")
def actions():
    before = {}
    for number, flags in enumerate(FLAGS, 50):
        mask = 0x1234567800000001 << (number - 50) & (1 << 64) - 1
        action = struct.pack("<QQQQ", code_address("restorer"), flags | 0x04000000, code_address("restorer"), mask)
        call(13, number, action, None, 8)
        before[number] = action_of(number)
    yield
    yield before, {number: action_of(number) for number in before}


def action_of(number):
    action = ctypes.create_string_buffer(32)
    call(13, number, None, action, 8)
    return action.raw.hex()


# --- code that a thread is inside of ---

XSAVE_BYTES = 4096
CODES = {
    "restorer": "b80f0000000f05",  # mov eax, 15 (rt_sigreturn); syscall
    # void handler(): the value of the signal is the address of three words: go, stack pointer, there
    "handler": "488b7618"  # mov rsi, [rsi+24] (si_value)
    "48896608"  # mov [rsi+8], rsp
    "c6461001"  # mov byte [rsi+16], 1
    "f390803e00"  # pause; cmp byte [rsi], 0
    "74f9"  # je to the pause
    "c3",  # ret
    # void hold(go, in, out): loads everything from an XSAVE area, waits, saves everything
    "hold": "534889d3"  # push rbx; mov rbx, rdx
    "b8ffffffff"  # mov eax, -1
    "89c2"  # mov edx, eax
    "0fae2e"  # xrstor [rsi]
    "c6470801"  # mov byte [rdi+8], 1
    "f390803f00"  # pause; cmp byte [rdi], 0
    "74f9"  # je to the pause
    "0fae23"  # xsave [rbx]
    "5bc3",  # pop rbx; ret
    # int offset(component): where a component lies in an XSAVE area, by cpuid
    "offset": "5389f9b80d000000"  # push rbx; mov ecx, edi; mov eax, 13
    "0fa289d85bc3",  # cpuid; mov eax, ebx; pop rbx; ret
}
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
page_address = ctypes.addressof(ctypes.c_char.from_buffer(page))
offsets = {}
for name, code in CODES.items():
    offsets[name] = 128 * len(offsets)
    page[offsets[name] : offsets[name] + len(code) // 2] = bytes.fromhex(code)


def code_address(name):
    return page_address + offsets[name]


def aligned(length):
    memory = mmap.mmap(-1, length, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 3)
    results.append(memory)
    return memory, ctypes.addressof(ctypes.c_char.from_buffer(memory))


def stack_of_this_thread():
    stack = ctypes.create_string_buffer(24)
    call(131, None, stack)
    return struct.unpack("<QiiQ", stack.raw)[0:2]


def inside_a_handler(number, stack_flags):
    memory, address = aligned(65536)
    words, words_address = aligned(4096)
    inside.append((words, 16))
    call(131, struct.pack("<QiiQ", address, stack_flags, 0, 65536), None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    action = struct.pack("<QQQQ", code_address("handler"), 0x4 | 0x08000000 | 0x04000000, code_address("restorer"), 0)
    call(13, number, action, None, 8)
    ready.release()
    threading.Thread(target=lambda: (go.wait(), words.__setitem__(0, 1))).start()
    yield
    call(297, os.getpid(), call(186), number, info(number, words_address))
    on_stack = struct.unpack_from("<Q", words, 8)[0] - address
    yield True, 0 < on_stack < 65536
    yield (address, stack_flags), stack_of_this_thread()


def handler_thread(what, number, stack_flags):
    """It is in the handler while the process moves, so it cannot wait for anything."""

    def run():
        steps = inside_a_handler(number, stack_flags)
        next(steps)
        for wanted, seen in steps:
            say(what, seen, wanted)

    holders.append(threading.Thread(target=run))


inside = []
handler_thread("a handler on an alternate stack", 45, 0)
handler_thread("a handler on an alternate stack that disarms itself", 46, -(1 << 31))


def vector_state(seed):
    """An XSAVE area with values in x87, SSE, AVX, AVX-512 and PKRU, as far as there are."""
    area = bytearray(XSAVE_BYTES)
    present = 0b111
    struct.pack_into("<HHBxHQQII", area, 0, 0x27F, 0x3800, 0x80, 0, 0, 0, 0x3F80, 0xFFFF)
    for register in range(16):
        struct.pack_into("<QQ", area, 160 + 16 * register, seed + register, ~(seed + register) & 2**64 - 1)
        struct.pack_into("<QQ", area, 576 + 16 * register, seed * 3 + register, seed * 5 + register)
    struct.pack_into("<QH", area, 32, 0x8000000000000000 + seed, 0x3FFF)
    flags = open("/proc/cpuinfo").read().split("flags", 1)[1].split("\n", 1)[0].split()
    if "avx512f" in flags:
        present |= 0b111 << 5
        for register in range(8):
            struct.pack_into("<Q", area, LAYOUT[5] + 8 * register, seed * 7 + register)
        for word in range(64):
            struct.pack_into("<Q", area, LAYOUT[6] + 8 * word, seed * 11 + word)
        for word in range(128):
            struct.pack_into("<Q", area, LAYOUT[7] + 8 * word, seed * 13 + word)
    if "ospke" in flags:
        present |= 1 << 9
        struct.pack_into("<I", area, LAYOUT[9], 0x55555550 + (seed % 2 << 4 << seed % 9))
    struct.pack_into("<Q", area, 512, present)
    return area, present


OFFSET_OF = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(code_address("offset"))
LAYOUT = {component: OFFSET_OF(component) for component in (5, 6, 7, 9)}


def parts(area, present):
    ranges = {"x87": (0, 5), "st0": (32, 42), "sse": (160, 416), "mxcsr": (24, 28), "avx": (576, 832)}
    if present >> 5 & 1:
        for name, component, length in (("mask", 5, 64), ("high", 6, 512), ("more", 7, 1024)):
            ranges[name] = (LAYOUT[component], LAYOUT[component] + length)
    if present >> 9 & 1:
        ranges["pkru"] = (LAYOUT[9], LAYOUT[9] + 4)
    return {name: bytes(area[start:end]).hex() for name, (start, end) in ranges.items()}


def vector_thread(seed):
    area, present = vector_state(seed)
    source, source_address = aligned(XSAVE_BYTES)
    target, target_address = aligned(XSAVE_BYTES)
    words, words_address = aligned(4096)
    source[:] = bytes(area)
    hold = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3)(code_address("hold"))

    def run():
        threading.Thread(target=lambda: (go.wait(), words.__setitem__(0, 1))).start()
        ready.release()
        hold(words_address, source_address, target_address)
        say(f"vector registers of thread {seed}", parts(target, present), parts(area, present))

    holders.append(threading.Thread(target=run))
    inside.append((words, 8))


for seed in (11, 12):
    vector_thread(seed)

# --- locks ---


def mutex(robust, inherit):
    attributes, lock = ctypes.create_string_buffer(8), ctypes.create_string_buffer(64)
    libc.pthread_mutexattr_init(attributes)
    libc.pthread_mutexattr_setrobust(attributes, robust)
    libc.pthread_mutexattr_setprotocol(attributes, inherit)
    libc.pthread_mutex_init(lock, attributes)
    return lock


def lock_with_a_waiter(what, robust, inherit):
    lock = mutex(robust, inherit)

    @holder("owner of " + what)
    def owner():
        yield 0, libc.pthread_mutex_lock(lock)
        if not robust:
            yield 0, libc.pthread_mutex_unlock(lock)

    def wait():
        ready.release()
        while not struct.unpack_from("<I", lock.raw)[0] & 0x3FFFFFFF:
            time.sleep(0.001)
        say("waiter for " + what, libc.pthread_mutex_lock(lock), errno.EOWNERDEAD if robust else 0)

    holders.append(threading.Thread(target=wait))


lock_with_a_waiter("a robust mutex whose owner dies", 1, 0)
lock_with_a_waiter("a mutex that inherits priority", 0, 1)
lock_with_a_waiter("a robust mutex that inherits priority, whose owner dies", 1, 1)

# --- names and scheduling ---


def name():
    buffer = ctypes.create_string_buffer(16)
    call(157, 16, buffer)
    return buffer.raw.rstrip(b"\0").hex()


def attributes():
    buffer = ctypes.create_string_buffer(56)
    call(315, 0, buffer, 56, 0)
    return buffer.raw.hex(), os.getpriority(os.PRIO_PROCESS, 0)


def scheduled(what, title, policy, nice, priority, processors, deadlines=(0, 0, 0)):
    @holder(what)
    def thread():
        call(157, 15, title)
        os.sched_setaffinity(0, processors)
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        wanted = struct.pack("<IIQiIQQQII", 56, policy, 0, nice, priority, *deadlines, 0, 1024)
        if call(314, 0, ctypes.create_string_buffer(wanted, 56), 0) < 0 and policy != 6:
            say(what, "not permitted", "")
        before = (name(), attributes(), sorted(os.sched_getaffinity(0)))
        yield
        yield before, (name(), attributes(), sorted(os.sched_getaffinity(0)))


ALL = os.sched_getaffinity(0)
LAST = {max(ALL)}
scheduled("a name of 15 bytes, SCHED_FIFO", b"exactly-15-byte", 1, -2, 3, LAST)
scheduled("a name of odd bytes, SCHED_RR", b"\xff\\n\n\x01 \t(\xc3)", 2, 0, 5, ALL)
scheduled("a name in UTF-8, SCHED_BATCH", "näme☃".encode(), 3, 7, 0, {min(ALL)})
scheduled("no name, SCHED_IDLE", b"", 5, 4, 0, ALL)
scheduled("a nice value", b"nice", 0, -5, 0, LAST)
scheduled("SCHED_DEADLINE where it is permitted", b"deadline", 6, 0, 0, ALL, (10**6, 10**8, 10**8))

signal.pthread_sigmask(signal.SIG_BLOCK, [*range(40, 47), signal.SIGUSR1, signal.SIGUSR2])
threading.stack_size(256 * 1024)
for thread in holders:
    thread.start()
for thread in holders:
    ready.acquire()
while not all(words[offset] for words, offset in inside):
    time.sleep(0.001)
print("ready", len(holders), flush=True)
signal.sigwait([signal.SIGUSR1])
go.set()
for thread in holders:
    thread.join()
print("done", flush=True)
time.sleep(3600)
