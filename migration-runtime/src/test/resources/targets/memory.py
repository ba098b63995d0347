"""Maps memory of every kind, says "ready", and sleeps; at each SIGUSR1 it looks at all of it and says what it found.

usage: memory.py FOLDER [KIND...]
"""
import ctypes
import errno
import fcntl
import mmap
import os
import signal
import sys
import tempfile
import time

PAGE = 4096
READ, WRITE, EXEC = 1, 2, 4
SHARED, PRIVATE, DROPPABLE, FIXED, ANON = 1, 2, 8, 0x10, 0x20
GROWSDOWN, NORESERVE = 0x100, 0x4000
folder = sys.argv[1]
wanted = sys.argv[2:]
os.chdir(folder)
libc = ctypes.CDLL(None, use_errno=True)
long = ctypes.c_long
libc.syscall.restype = long


def call(number, *arguments):
    """A system call by number; returns its result or the negative errno."""
    result = libc.syscall(long(number), *[long(argument) for argument in arguments])
    return -ctypes.get_errno() if result == -1 else result


def must(result, what):
    if -4096 < result < 0:
        raise OSError(-result, what + ": " + os.strerror(-result))
    return result


def map_at(address, length, protection=READ | WRITE, flags=PRIVATE | ANON, fd=-1, offset=0):
    return must(call(9, address, length, protection, flags, fd, offset), "mmap")


def map_new(length, protection=READ | WRITE, flags=PRIVATE | ANON, fd=-1, offset=0):
    return map_at(0, length, protection, flags, fd, offset)


def mprotect(address, length, protection):
    return call(10, address, length, protection)


def madvise(address, length, advice):
    return call(28, address, length, advice)


def pattern(seed, length=PAGE):
    return (b"%08x" % (seed * 2654435761 % 2**32)) * (length // 8)


def put(address, seed, pages=1):
    for page in range(pages):
        ctypes.memmove(address + page * PAGE, pattern(seed + page), PAGE)


def has(address, seed, pages=1):
    return all(
        ctypes.string_at(address + page * PAGE, PAGE) == pattern(seed + page) for page in range(pages)
    )


def is_zero(address, pages=1):
    return not any(ctypes.string_at(address, pages * PAGE))


probe_read, probe_write = os.pipe()


def touch(address):
    """Whether a byte can be read, found out without dying of it."""
    result = call(1, probe_write, address, 1)
    if result == 1:
        os.read(probe_read, 1)
    return result == 1


def flags_of(address):
    found = False
    with open("/proc/self/smaps") as smaps:
        for line in smaps:
            if "-" in line.split(" ", 1)[0]:
                start, end = (int(part, 16) for part in line.split(" ", 1)[0].split("-"))
                found = start <= address < end
            elif found and line.startswith("VmFlags:"):
                return set(line.split()[1:])
    raise AssertionError("nothing is mapped at %#x" % address)


def temporary(name, content):
    with open(name, "wb") as file:
        file.write(content)
    return name


def map_file(name, length, protection, flags, mode=os.O_RDWR, offset=0):
    fd = os.open(name, mode)
    address = map_new(length, protection, flags, fd, offset)
    os.close(fd)
    return address


def give_name(address, length, name):
    """Names a mapping; tells whether the kernel can do that (CONFIG_ANON_VMA_NAME)."""
    text = ctypes.create_string_buffer(name)
    return call(157, 0x53564D41, 0, address, length, ctypes.addressof(text)) == 0


kinds = []


def kind(function):
    kinds.append(function)
    return function


# Each kind sets itself up, and returns a function that tells what is wrong, or nothing.


@kind
def holes():
    address = map_new(96 * PAGE)
    for page in range(0, 96, 3):
        put(address + page * PAGE, page)
    ctypes.string_at(address + PAGE, 1)  # The page of zeros.

    def check():
        for page in range(96):
            place = address + page * PAGE
            if not (has(place, page) if page % 3 == 0 else is_zero(place)):
                return "page %d" % page

    return check


@kind
def unreadable():
    address = map_new(8 * PAGE)
    put(address, 1000, 8)
    must(mprotect(address, 8 * PAGE, 0), "mprotect")

    def check():
        if touch(address):
            return "readable"
        must(mprotect(address, 8 * PAGE, READ), "mprotect")
        right = has(address, 1000, 8)
        must(mprotect(address, 8 * PAGE, 0), "mprotect")
        return None if right else "content"

    return check


@kind
def protections():
    address = map_new(5 * PAGE)
    put(address, 1100, 5)
    for page, protection in enumerate((READ, READ | WRITE, READ | EXEC, 0, READ)):
        must(mprotect(address + page * PAGE, PAGE, protection), "mprotect")

    def check():
        if not has(address, 1100, 3) or not has(address + 4 * PAGE, 1104) or touch(address + 3 * PAGE):
            return "content"
        if "ac" not in flags_of(address):
            return "not accounted"

    return check


@kind
def shared_anonymous():
    small = map_new(2 * PAGE, READ | WRITE, SHARED | ANON)
    put(small + PAGE, 1200)
    large = map_new(1024 * PAGE, READ | WRITE, SHARED | ANON)
    for page in range(0, 1024, 2):
        put(large + page * PAGE, 1300 + page)
    must(mprotect(large + 100 * PAGE, 100 * PAGE, READ), "mprotect")
    must(mprotect(large + 300 * PAGE, 100 * PAGE, 0), "mprotect")
    give_name(small, 2 * PAGE, b"ledger")

    def check():
        if not is_zero(small) or not has(small + PAGE, 1200):
            return "small"
        for page in range(1024):
            place = large + page * PAGE
            if 300 <= page < 400:
                if touch(place):
                    return "readable page %d" % page
            elif not (is_zero(place) if page % 2 else has(place, 1300 + page)):
                return "page %d" % page

    return check


@kind
def memory_file():
    fd = os.memfd_create("lögbuch", os.MFD_CLOEXEC)
    os.ftruncate(fd, 64 * PAGE)
    for page in range(0, 64, 4):
        os.pwrite(fd, pattern(2000 + page), page * PAGE)
    os.lseek(fd, 1234, os.SEEK_SET)
    one = map_new(16 * PAGE, READ | WRITE, SHARED, fd, 8 * PAGE)
    two = map_new(16 * PAGE, READ, SHARED, fd, 0)
    copies = map_new(16 * PAGE, READ | WRITE, PRIVATE, fd, 0)
    put(copies + 4 * PAGE, 2100)

    def check():
        if os.lseek(fd, 0, os.SEEK_CUR) != 1234 or os.fstat(fd).st_size != 64 * PAGE:
            return "descriptor"
        for page in range(64):
            expected = bytes(PAGE) if page % 4 else pattern(2000 + page)
            if os.pread(fd, PAGE, page * PAGE) != expected:
                return "content of page %d" % page
        if not has(one, 2008) or not has(two + 8 * PAGE, 2008) or not has(copies + 8 * PAGE, 2008):
            return "mappings"
        if not has(copies + 4 * PAGE, 2100) or not has(two + 4 * PAGE, 2004):
            return "copy"
        put(one + PAGE, 2200)
        seen = has(two + 9 * PAGE, 2200) and has(copies + 9 * PAGE, 2200)
        seen = seen and os.pread(fd, PAGE, 9 * PAGE) == pattern(2200)
        os.pwrite(fd, bytes(PAGE), 9 * PAGE)
        if not seen or not is_zero(one + PAGE):
            return "not the same memory"
        if os.stat("/proc/self/fd/%d" % fd).st_mode & 0o777 != 0o777:
            return "mode"

    return check


@kind
def nameless_memory_file():
    fd = os.memfd_create("twice")
    os.ftruncate(fd, 600 * PAGE)
    one = map_new(600 * PAGE, READ | WRITE, SHARED, fd)
    two = map_new(300 * PAGE, READ, SHARED, fd, 300 * PAGE)
    os.close(fd)
    put(one, 3000, 600)

    def check():
        if not has(two, 3300, 300) or not has(one, 3000, 600):
            return "content"
        put(one + 400 * PAGE, 1)
        seen = has(two + 100 * PAGE, 1)
        put(one + 400 * PAGE, 3400)
        if not seen:
            return "not the same memory"

    return check


@kind
def sealed_memory_file():
    fd = os.memfd_create("sealed", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, pattern(4000, 3 * PAGE))
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    seals = fcntl.fcntl(fd, fcntl.F_GET_SEALS)
    address = map_new(3 * PAGE, READ, SHARED, fd)
    later = os.memfd_create("future", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(later, 2 * PAGE)
    writable = map_new(2 * PAGE, READ | WRITE, SHARED, later)
    put(writable, 4100, 2)
    fcntl.fcntl(later, fcntl.F_ADD_SEALS, 0x10)  # F_SEAL_FUTURE_WRITE

    def check():
        if fcntl.fcntl(fd, fcntl.F_GET_SEALS) != seals or fcntl.fcntl(later, fcntl.F_GET_SEALS) != 0x10:
            return "seals"
        if ctypes.string_at(address, 3 * PAGE) != pattern(4000, 3 * PAGE) or not has(writable, 4100, 2):
            return "content"
        if mprotect(address, PAGE, READ | WRITE) != -errno.EACCES:
            return "can be made writable"
        put(writable, 4100)
        if call(9, 0, PAGE, READ | WRITE, SHARED, later, 0) != -errno.EPERM:
            return "can be mapped writable"

    return check


@kind
def large_memory_file():
    fd = os.memfd_create("large", os.MFD_CLOEXEC)
    os.ftruncate(fd, 9000 * PAGE)
    for page in range(0, 9000, 3):
        os.pwrite(fd, pattern(page), page * PAGE)

    def check():
        for page in range(9000):
            expected = bytes(PAGE) if page % 3 else pattern(page)
            if os.pread(fd, PAGE, page * PAGE) != expected:
                return "page %d" % page

    return check


@kind
def zero_device():
    private = map_file("/dev/zero", 8 * PAGE, READ | WRITE, PRIVATE)
    shared = map_file("/dev/zero", 8 * PAGE, READ | WRITE, SHARED)
    put(private + PAGE, 5000, 2)
    put(shared + PAGE, 5010, 2)

    def check():
        for address, seed in ((private, 5000), (shared, 5010)):
            if not is_zero(address) or not has(address + PAGE, seed, 2) or not is_zero(address + 3 * PAGE, 5):
                return "content %d" % seed

    return check


@kind
def named_shared_memory():
    name = "/dev/shm/memory.py-%d" % os.getpid()
    temporary(name, pattern(6000, PAGE) + pattern(6001, PAGE))
    address = map_file(name, 2 * PAGE, READ | WRITE, SHARED)
    reader = map_file(name, 2 * PAGE, READ, SHARED, os.O_RDONLY)
    gone = temporary(name + "-deleted", b"")
    os.truncate(gone, 512 * PAGE)
    unnamed = map_file(gone, 512 * PAGE, READ | WRITE, SHARED)
    held = os.open(gone, os.O_RDWR)
    os.unlink(gone)
    put(unnamed, 6100, 400)

    def check():
        if not os.path.exists(name) or not has(address, 6000, 2) or not has(reader, 6000, 2):
            return "content"
        put(address + PAGE, 6050)
        with open(name, "rb") as file:
            seen = file.read()[PAGE:] == pattern(6050) and has(reader + PAGE, 6050)
        put(address + PAGE, 6001)
        if not seen:
            return "not the file"
        if mprotect(reader, PAGE, READ | WRITE) != -errno.EACCES:
            return "read-only mapping can be made writable"
        if not has(unnamed, 6100, 400) or not is_zero(unnamed + 400 * PAGE, 112):
            return "deleted file"
        put(unnamed + 450 * PAGE, 3)
        seen = os.pread(held, PAGE, 450 * PAGE) == pattern(3)
        ctypes.memset(unnamed + 450 * PAGE, 0, PAGE)
        return None if seen else "descriptor leads elsewhere"

    return check


@kind
def files():
    temporary("plain", b"".join(pattern(7000 + page) for page in range(8)))
    private = map_file("plain", 8 * PAGE, READ | WRITE, PRIVATE, os.O_RDONLY)
    put(private + 2 * PAGE, 7100)
    must(mprotect(private + 2 * PAGE, PAGE, 0), "mprotect")
    shared = map_file("plain", 8 * PAGE, READ | WRITE, SHARED)
    reader = map_file("plain", 8 * PAGE, READ, SHARED, os.O_RDONLY)

    def check():
        if not has(private, 7000, 2) or touch(private + 2 * PAGE) or not has(private + 3 * PAGE, 7003, 5):
            return "content"
        must(mprotect(private + 2 * PAGE, PAGE, READ), "mprotect")
        right = has(private + 2 * PAGE, 7100)
        must(mprotect(private + 2 * PAGE, PAGE, 0), "mprotect")
        if not right:
            return "hidden page"
        put(shared + 7 * PAGE, 9)
        with open("plain", "rb") as file:
            seen = file.read()[7 * PAGE :] == pattern(9) and has(reader + 7 * PAGE, 9)
        put(shared + 7 * PAGE, 7007)
        if not seen:
            return "not the file"
        if mprotect(reader, PAGE, READ | WRITE) != -errno.EACCES:
            return "read-only mapping can be made writable"

    return check


@kind
def deleted_files():
    content = b"".join(pattern(8000 + page) for page in range(600))
    temporary("deleted", content)
    private = map_file("deleted", 600 * PAGE, READ | WRITE, PRIVATE)
    put(private + 5 * PAGE, 8600)
    reader = map_file("deleted", 10 * PAGE, READ, SHARED, os.O_RDONLY, 590 * PAGE)
    os.unlink("deleted")
    temporary("deleted-shared", content)
    writer = map_file("deleted-shared", 600 * PAGE, READ | WRITE, SHARED)
    os.unlink("deleted-shared")
    temporary("replaced", content[:PAGE])
    old = map_file("replaced", PAGE, READ, PRIVATE)
    temporary("new", bytes(PAGE))
    os.rename("new", "replaced")

    def check():
        if not has(private, 8000, 5) or not has(private + 5 * PAGE, 8600) or not has(private + 6 * PAGE, 8006, 594):
            return "private"
        if not has(reader, 8590, 10) or mprotect(reader, PAGE, READ | WRITE) != -errno.EACCES:
            return "shared, read-only"
        if not has(writer, 8000, 600):
            return "shared"
        if not has(old, 8000):
            return "replaced"

    return check


@kind
def temporary_files():
    nameless = tempfile.TemporaryFile(dir=folder)  # O_TMPFILE
    number, name = tempfile.mkstemp(dir=folder)  # O_NOFOLLOW
    os.unlink(name)
    for descriptor in (nameless.fileno(), number):
        os.write(descriptor, pattern(8900, PAGE) * 2)
        os.lseek(descriptor, PAGE, os.SEEK_SET)

    def check():
        for descriptor in (nameless.fileno(), number):
            if os.lseek(descriptor, 0, os.SEEK_CUR) != PAGE:
                return "offset"
            if os.pread(descriptor, 3 * PAGE, 0) != pattern(8900, PAGE) * 2:
                return "content"
            if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDWR:
                return "mode"

    return check


@kind
def truncated_files():
    addresses = []
    for name, flags in (("cut", SHARED), ("cut", PRIVATE), ("gone", SHARED), ("gone", PRIVATE)):
        if flags == SHARED:
            temporary(name, pattern(9000, PAGE) * 4)
        addresses.append(map_file(name, 4 * PAGE, READ | WRITE, flags))
        if flags == PRIVATE:
            os.truncate(name, PAGE + 100)
    os.unlink("gone")

    def check():
        for number, address in enumerate(addresses):
            if ctypes.string_at(address, PAGE + 100) != (pattern(9000) * 2)[: PAGE + 100]:
                return "content %d" % number
            if any(ctypes.string_at(address + PAGE + 100, PAGE - 100)):
                return "rest of the page %d" % number
            if touch(address + 2 * PAGE) or touch(address + 3 * PAGE):
                return "there is something behind the end %d" % number

    return check


@kind
def written_file():
    content = b"".join(pattern(10000 + page) for page in range(700))
    temporary("written", content[: 699 * PAGE + 50])
    address = map_file("written", 702 * PAGE, READ | WRITE, PRIVATE)
    put(address, 20000, 500)

    def check():
        if not has(address, 20000, 500) or not has(address + 500 * PAGE, 10500, 199):
            return "content"
        if touch(address + 701 * PAGE):
            return "there is something behind the end"

    return check


@kind
def read_file():
    """No page of it is the process's own."""
    temporary("read", b"".join(pattern(10800 + page) for page in range(300)))
    private = map_file("read", 300 * PAGE, READ, PRIVATE, os.O_RDONLY)
    shared = map_file("read", 20 * PAGE, READ, SHARED, os.O_RDONLY, 280 * PAGE)

    def check():
        if not has(private, 10800, 300) or not has(shared, 11080, 20):
            return "content"

    return check


def key_of(address):
    with open("/proc/self/smaps") as smaps:
        for line in smaps:
            if line.startswith("%x-" % address):
                found = True
            elif line.startswith("ProtectionKey:") and found:
                return int(line.split()[1])
            elif "-" in line.split(" ", 1)[0]:
                found = False
    return 0  # A kernel without keys.


@kind
def protection_keys():
    """Rights of this thread: key 1 all, 2 no writing, 4 none; 3 and 7 were freed; 6 has no memory; 5 is the kernel's."""
    if call(330, 0, 0) < 0:  # No such processor: then all keys are 0.
        return lambda: None
    keys = [1] + [must(call(330, 0, rights), "pkey_alloc") for rights in (2, 0, 1)]
    page = {}
    for key, protection in ((1, READ | WRITE), (2, READ | WRITE), (3, READ), (4, READ | WRITE), (4, 0)):
        address = map_new(2 * PAGE)
        put(address, 10900 + key, 2)
        page[key, protection] = address
        must(call(329, address, 2 * PAGE, protection, key), "pkey_mprotect")
    code = map_new(2 * PAGE)
    put(code, 10950, 2)
    must(mprotect(code, 2 * PAGE, EXEC), "mprotect")
    plain = map_file(sys.executable, PAGE, EXEC, PRIVATE, os.O_RDONLY)
    keys += [must(call(330, 0, 0), "pkey_alloc") for _ in range(2)]
    must(call(331, 3), "pkey_free")
    must(call(331, 7), "pkey_free")
    assert keys == [1, 2, 3, 4, 6, 7], keys

    def check():
        seen = [key_of(address) for address in [*page.values(), code, plain]]
        if seen != [1, 2, 3, 4, 4, 5, 5]:
            return "keys %s" % seen
        allocated = [key for key in range(1, 16) if call(329, -2 * PAGE, PAGE, 0, key) == -errno.ENOMEM]
        if allocated != [1, 2, 4, 6]:
            return "allocated %s" % allocated
        rights = [libc.pkey_get(key) for key in (1, 2, 3, 4, 6)]
        if rights != [0, 2, 0, 1, 0]:
            return "rights %s" % rights
        if touch(page[4, READ | WRITE]) or touch(code) or touch(plain) or not touch(page[1, READ | WRITE]):
            return "access"
        if not all(has(page[key, protection], 10900 + key, 2) for key, protection in list(page)[:3]):
            return "content"
        os.write(probe_write, b"x")
        written = call(0, probe_read, page[2, READ | WRITE], 1)
        if written != -errno.EFAULT or os.read(probe_read, 1) != b"x":
            return "writable"
        libc.pkey_set(4, 0)
        right = has(page[4, READ | WRITE], 10904, 2)
        libc.pkey_set(4, 1)
        return None if right else "hidden content"

    return check


@kind
def growing_stack():
    area = map_new(1024 * PAGE, 0)
    must(call(11, area, 1024 * PAGE), "munmap")
    top = area + 1024 * PAGE
    must(map_at(top - 2 * PAGE, 2 * PAGE, READ | WRITE, PRIVATE | ANON | FIXED | GROWSDOWN), "mmap")
    put(top - 2 * PAGE, 11000, 2)
    grown = [2]

    def check():
        if not has(top - 2 * PAGE, 11000, 2):
            return "content"
        grown[0] += 3
        ctypes.memset(top - grown[0] * PAGE, 7, 1)
        if "gd" not in flags_of(top - grown[0] * PAGE):
            return "does not grow"

    return check


@kind
def large_reservations():
    reserved = map_new(4 << 40, 0, PRIVATE | ANON | NORESERVE)
    must(mprotect(reserved + (1 << 40), 4 * PAGE, READ | WRITE), "mprotect")
    put(reserved + (1 << 40), 12000, 4)
    sparse = map_new(64 << 30, READ | WRITE, PRIVATE | ANON | NORESERVE)
    places = [sparse, sparse + (20 << 30), sparse + (64 << 30) - PAGE]
    for number, place in enumerate(places):
        put(place, 12100 + number)

    def check():
        if not has(reserved + (1 << 40), 12000, 4) or touch(reserved) or touch(reserved + (4 << 40) - 1):
            return "reservation"
        if not all(has(place, 12100 + number) for number, place in enumerate(places)):
            return "content"
        if not is_zero(sparse + PAGE, 4):
            return "holes"

    return check


@kind
def more_than_there_is():
    """Grown step by step, as a heap grows: the kernel would not give it at once."""
    amount = os.sysconf("SC_PHYS_PAGES") * PAGE
    with open("/proc/swaps") as swaps:
        amount += sum(int(line.split()[2]) * 1024 for line in swaps.readlines()[1:])
    address = map_new(amount * 4, 0, PRIVATE | ANON | NORESERVE)
    must(call(11, address, amount * 4), "munmap")
    step = amount // 2 & -PAGE
    for number in range(3):
        map_at(address + number * step, step, READ | WRITE, PRIVATE | ANON | FIXED)
        put(address + number * step, 12200 + number)
    with open("/proc/self/maps") as maps:
        if not any(line.startswith("%x-%x " % (address, address + 3 * step)) for line in maps):
            raise AssertionError("is no single mapping")

    def check():
        if not all(has(address + number * step, 12200 + number) for number in range(3)):
            return "content"
        if not is_zero(address + PAGE, 4) or "ac" not in flags_of(address + step):
            return "rest"

    return check


@kind
def locked():
    address = map_new(64 * PAGE)
    put(address, 13000, 32)
    must(call(149, address, 64 * PAGE), "mlock")
    lazy = map_new(64 * PAGE)
    must(call(325, lazy, 64 * PAGE, 1), "mlock2")
    put(lazy + 3 * PAGE, 13100, 2)
    hidden = map_new(4 * PAGE)
    put(hidden, 13200, 4)
    must(call(149, hidden, 4 * PAGE), "mlock")
    must(mprotect(hidden, 4 * PAGE, 0), "mprotect")
    temporary("locked", pattern(13300, 4 * PAGE))
    file = map_file("locked", 4 * PAGE, READ, PRIVATE)
    must(call(149, file, 4 * PAGE), "mlock")
    shared = map_new(4 * PAGE, READ | WRITE, SHARED | ANON)
    put(shared, 13400, 2)
    must(call(149, shared, 4 * PAGE), "mlock")

    def check():
        with open("/proc/self/status") as status:
            amount = next(line.split()[1] for line in status if line.startswith("VmLck"))
        if int(amount) != (64 + 64 + 4 + 4 + 4) * 4:
            return "VmLck " + amount
        if not has(address, 13000, 32) or not is_zero(address + 32 * PAGE, 32):
            return "content"
        if not has(lazy + 3 * PAGE, 13100, 2) or not is_zero(lazy, 3) or not has(shared, 13400, 2):
            return "content on fault"
        if "lf" not in flags_of(lazy) or "lf" in flags_of(address):
            return "flags"

    return check


@kind
def advice():
    given = {4: None, 1: "rr", 2: "sr", 10: "dc", 12: "mg", 14: "hg", 15: "nh", 16: "dd", 18: "wf"}
    places = {}
    for number, flag in given.items():
        address = map_new(4 * PAGE)
        put(address, 14000 + number, 4)
        if flag:
            must(madvise(address, 4 * PAGE, number), "madvise %d" % number)
            places[address] = (flag, number)

    def check():
        for address, (flag, number) in places.items():
            if flag not in flags_of(address) or not has(address, 14000 + number, 4):
                return flag

    return check


@kind
def guards():
    address = map_new(32 * PAGE)
    put(address, 15000, 32)
    must(madvise(address + 4 * PAGE, 2 * PAGE, 102), "MADV_GUARD_INSTALL")
    must(mprotect(address + 16 * PAGE, 16 * PAGE, READ), "mprotect")
    untouched = map_new(8 * PAGE)
    must(madvise(untouched, PAGE, 102), "MADV_GUARD_INSTALL")

    def check():
        if touch(address + 4 * PAGE) or touch(address + 6 * PAGE - 1) or touch(untouched):
            return "gone"
        if not has(address, 15000, 4) or not has(address + 6 * PAGE, 15006, 26):
            return "content"
        if not touch(untouched + PAGE):
            return "too large"

    return check


@kind
def names():
    address = map_new(4 * PAGE)
    put(address, 16000, 4)
    named = give_name(address, 4 * PAGE, b"a name")

    def check():
        with open("/proc/self/maps") as maps:
            if named and not any(line.endswith("[anon:a name]\n") for line in maps):
                return "lost"
        return None if has(address, 16000, 4) else "content"

    return check


@kind
def huge_pages():
    size = 2 << 20
    area = map_new(4 * size)
    address = (area + size - 1) & -size
    must(madvise(address, 2 * size, 14), "MADV_HUGEPAGE")
    put(address, 17000, 2 * size // PAGE)

    def check():
        return None if has(address, 17000, 2 * size // PAGE) else "content"

    return check


@kind
def special():
    droppable = call(9, 0, 4 * PAGE, READ | WRITE, DROPPABLE | ANON, -1, 0)
    if droppable > 0:
        put(droppable, 18000, 2)
    sealed = map_new(4 * PAGE)
    put(sealed, 18100, 4)
    can_seal = call(462, sealed, 4 * PAGE, 0) == 0

    def check():
        if droppable > 0 and ("dp" not in flags_of(droppable) or not has(droppable, 18000, 2)):
            return "droppable"
        if not has(sealed, 18100, 4):
            return "content"
        if can_seal and call(11, sealed, 4 * PAGE) != -errno.EPERM:
            return "not sealed"

    return check


@kind
def program():
    def view():
        views = [os.readlink("/proc/self/exe")]
        for name in ("cmdline", "environ", "auxv"):
            with open("/proc/self/" + name, "rb") as file:
                views.append(file.read())
        return views

    before = view()
    libc.sbrk.restype = ctypes.c_void_p
    libc.sbrk.argtypes = [long]

    def check():
        if view() != before:
            return "arguments, environment or executable"
        start = libc.sbrk(16 * PAGE)
        if start is None or start == 2**64 - 1:
            return "the break does not grow"
        put((start + PAGE - 1) & -PAGE, 1, 15)
        if not has((start + PAGE - 1) & -PAGE, 1, 15):
            return "the break"

    return check


def set_up_lock_of_the_future(flags):
    must(call(151, flags), "mlockall")
    address = map_new(16 * PAGE)

    def check():
        new = map_new(PAGE)
        on_fault = "lf" in flags_of(new)
        right = "lo" in flags_of(new) and "lo" in flags_of(address) and on_fault == bool(flags & 4)
        must(call(11, new, PAGE), "munmap")
        return None if right else "new memory is not locked as before"

    return check


def many(count):
    """So many mappings, side by side, which no two neighbours can share."""
    area = map_new(count * PAGE)
    for number in range(count):
        ctypes.c_int.from_address(area + number * PAGE).value = number + 1
    for number in range(1, count, 2):
        must(mprotect(area + number * PAGE, PAGE, READ), "mprotect")

    def check():
        for number in range(count):
            if ctypes.c_int.from_address(area + number * PAGE).value != number + 1:
                return "page %d" % number

    return check


def paged_out():
    address = map_new(512 * PAGE)
    put(address, 500, 512)
    must(mprotect(address, 100 * PAGE, 0), "mprotect")
    must(madvise(address, 512 * PAGE, 21), "MADV_PAGEOUT")
    with open("/proc/self/status") as status:
        swapped = next(int(line.split()[1]) for line in status if line.startswith("VmSwap"))
    print("swapped" if swapped >= 400 * 4 else "%d kB swapped" % swapped, flush=True)

    def check():
        must(mprotect(address, 100 * PAGE, READ), "mprotect")
        right = has(address, 500, 512)
        must(mprotect(address, 100 * PAGE, 0), "mprotect")
        return None if right else "content"

    return check


def shared_with_a_child():
    map_new(PAGE, READ | WRITE, SHARED | ANON)
    if os.fork() == 0:
        libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        signal.pause()
    return lambda: None


checks = {}
for function in kinds:
    if not wanted or function.__name__ in wanted:
        checks[function.__name__] = function()
for name in wanted:
    if name.startswith("future"):
        checks[name] = set_up_lock_of_the_future(int(name[6:]))
    if name in ("paged_out", "shared_with_a_child"):
        checks[name] = globals()[name]()
    if name.startswith("many"):
        checks[name] = many(int(name[4:]))


def report(number, frame):
    wrong = []
    for name, check in checks.items():
        found = check()
        if found:
            wrong.append(name + ": " + found)
    print("; ".join(wrong) or "all %d as before" % len(checks), flush=True)


signal.signal(signal.SIGUSR1, report)
print("ready", flush=True)
while True:
    time.sleep(1_000_000)
