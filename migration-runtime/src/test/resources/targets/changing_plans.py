"""Counts. On SIGUSR1 it changes what it is made of, and checks it from then on before each number."""
import ctypes
import itertools
import os
import signal
import sys
import threading
import time

PAGE = 4096
READ, WRITE = 1, 2
PRIVATE, ANONYMOUS = 2, 0x20
FIXED_NOREPLACE = 0x100000
DONTNEED = 4
LARGE = 300  # More written pages than travel with an image if they were not planned.

# Each mapping lies alone, so that a change of one does not change a neighbour.
places = itertools.count(0x1_0000_0000, 0x20_0000)

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
for name in ("munmap", "mprotect", "madvise"):
    getattr(libc, name).argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def mapped(pages, descriptor=-1):
    kind = PRIVATE | FIXED_NOREPLACE | (ANONYMOUS if descriptor < 0 else 0)
    address = libc.mmap(next(places), pages * PAGE, READ | WRITE, kind, descriptor, 0)
    assert address not in (None, ctypes.c_void_p(-1).value)
    return address


def put(address, text):
    ctypes.memmove(address, text, len(text))


def has(address, text):
    return ctypes.string_at(address, len(text)) == text


file = os.path.join(sys.argv[1], "plan")
with open(file, "wb") as out:
    out.write(b"file" * (LARGE * PAGE // 4))
descriptor = os.open(file, os.O_RDONLY)
gone, locked_up, changed, unread = (mapped(4) for _ in range(4))
of_file, of_file_kept = mapped(4, descriptor), mapped(4, descriptor)
much_of_file, much_of_file_kept = mapped(LARGE, descriptor), mapped(LARGE, descriptor)
for area in (gone, locked_up, changed, unread, of_file, of_file_kept):
    for page in range(3):
        put(area + page * PAGE, b"plan")
for area in (much_of_file, much_of_file_kept):
    for page in range(LARGE - 1):
        put(area + page * PAGE, b"plan")
new = [0]
stop = threading.Event()
planned = threading.Thread(target=stop.wait, name="planned")
planned.start()


def change(signal_number, frame):
    libc.munmap(gone, 4 * PAGE, 0)
    libc.mprotect(locked_up, 4 * PAGE, READ)
    put(changed, b"then")
    put(changed + 3 * PAGE, b"more")
    libc.madvise(changed + PAGE, PAGE, DONTNEED)
    libc.madvise(of_file + PAGE, PAGE, DONTNEED)
    put(of_file_kept + PAGE, b"then")
    libc.madvise(much_of_file + 7 * PAGE, PAGE, DONTNEED)
    put(much_of_file_kept + 7 * PAGE, b"then")
    put(much_of_file_kept + (LARGE - 1) * PAGE, b"more")
    new[0] = mapped(8)
    put(new[0] + 5 * PAGE, b"new!")
    stop.set()
    planned.join()
    threading.Thread(target=threading.Event().wait, name="later", daemon=True).start()


def wrongs():
    if not new[0]:
        return
    lines = open("/proc/self/maps").read().split("\n")
    if any(line.startswith("%x-" % gone) for line in lines):
        yield "what was unmapped is there"
    if not any(line.startswith("%x-" % locked_up) and " r--p " in line for line in lines):
        yield "what is read-only now is not"
    if not (has(locked_up, b"plan") and has(unread + 2 * PAGE, b"plan")):
        yield "content is lost"
    if not (has(changed, b"then") and has(changed + 2 * PAGE, b"plan") and has(changed + 3 * PAGE, b"more")):
        yield "changed content is lost"
    if not has(changed + PAGE, bytes(PAGE)):
        yield "a discarded page is back"
    if not (has(of_file, b"plan") and has(of_file + PAGE, b"file") and has(of_file + 2 * PAGE, b"plan")):
        yield "a discarded page of a file is back"
    if not (has(of_file_kept, b"plan") and has(of_file_kept + PAGE, b"then")):
        yield "changed content over a file is lost"
    if not all(has(much_of_file + page * PAGE, b"file" if page in (7, LARGE - 1) else b"plan") for page in range(LARGE)):
        yield "content over much of a file is lost"
    late = {7: b"then", LARGE - 1: b"more"}
    if not all(has(much_of_file_kept + page * PAGE, late.get(page, b"plan")) for page in range(LARGE)):
        yield "changed content over much of a file is lost"
    if not (has(new[0] + 5 * PAGE, b"new!") and has(new[0], bytes(PAGE))):
        yield "new memory is lost"
    if len(os.listdir("/proc/self/task")) != 2:
        yield "there are other threads"


signal.signal(signal.SIGUSR1, change)
for number in itertools.count(1):
    for wrong in wrongs():
        print("wrong:", wrong, flush=True)
    print(number, flush=True)
    time.sleep(0.005)
