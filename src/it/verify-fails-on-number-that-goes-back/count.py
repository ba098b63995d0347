import time

number = 0
while True:
    number = 50 if number == 100 else number + 1
    print(number)
    time.sleep(0.002)
