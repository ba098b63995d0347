import time

for number in range(1, 1201):
    print(number)
    time.sleep(0.01)
