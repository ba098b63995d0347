import time

for number in range(1, 1_000_000):
    print(number)
    if number == 100:
        print(number)
    time.sleep(0.002)
