"""Keeps a pattern in registers of a thread that never leaves its loop until SIGUSR1, then prints what is left of it."""
import ctypes
import json
import mmap
import signal
import threading
import time

PATTERN = 0x5EED0FACADE5
CODE = bytes.fromhex(
    "4154"  # push r12
    "48b8" + PATTERN.to_bytes(8, "little").hex() +  # mov rax, PATTERN
    "4989c4"  # mov r12, rax
    "66480f6ef8"  # movq xmm7, rax
    "c4e34518ff01"  # vinsertf128 ymm7, ymm7, xmm7, 1
    "d9e8"  # fld1
    "c6462801"  # mov byte [rsi+40], 1
    "f390"  # pause
    "803f00"  # cmp byte [rdi], 0
    "74f9"  # je to the pause
    "4c8926"  # mov [rsi], r12
    "660fd67e08"  # movq [rsi+8], xmm7
    "c4e37d197e1001"  # vextractf128 [rsi+16], ymm7, 1
    "dd5e20"  # fstp qword [rsi+32]
    "c5f877"  # vzeroupper
    "415c"  # pop r12
    "c3"  # ret
)
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
page[: len(CODE)] = CODE
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
spin = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(address)
go_on = ctypes.c_char(0)
left = (ctypes.c_uint64 * 6)()


def report(left):
    print(
        json.dumps(
            {"general": hex(left[0]), "xmm": hex(left[1]), "ymm": hex(left[2]), "x87": hex(left[4])}
        ),
        flush=True,
    )


def hold_the_pattern():
    go_on.value = left[5] = 0
    thread = threading.Thread(target=spin, args=(ctypes.addressof(go_on), ctypes.addressof(left)))
    thread.start()
    while not left[5]:
        time.sleep(0.001)
    return thread


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
thread = hold_the_pattern()
while True:
    go_on.value = 1
    thread.join()
    seen = list(left)
    thread = hold_the_pattern()
    report(seen)
    signal.sigwait({signal.SIGUSR1})
