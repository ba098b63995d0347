import time

for number in range(1, 1_000_000):
    if number not in (100, 101):
        print(number)
    time.sleep(0.002)
