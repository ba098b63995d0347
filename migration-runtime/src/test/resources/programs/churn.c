/* Threads, heap and condition variables of the C library; prints 1, 2, 3 ... while all is right. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORKERS = 4, BLOCKS = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long rounds[WORKERS];
static __thread unsigned seed;

static unsigned next(void) { return seed = seed * 1103515245 + 12345; }

static void *churn(void *argument) {
  int worker = (int) (long) argument;
  unsigned char *blocks[BLOCKS] = {0};
  size_t lengths[BLOCKS] = {0};
  seed = worker + 1;
  for (;;) {
    int i = next() >> 16 & BLOCKS - 1;
    for (size_t k = 0; k < lengths[i]; k++) {
      if (blocks[i][k] != (unsigned char) (i + lengths[i])) {
        printf("wrong: worker %d, block %d, byte %zu\n", worker, i, k);
        exit(1);
      }
    }
    free(blocks[i]);
    lengths[i] = 1 + (next() >> 8) % 50000;
    blocks[i] = malloc(lengths[i]);
    memset(blocks[i], i + lengths[i], lengths[i]);
    pthread_mutex_lock(&lock);
    rounds[worker]++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
  }
}

int main(void) {
  pthread_t thread;
  for (long worker = 0; worker < WORKERS; worker++) {
    pthread_create(&thread, NULL, churn, (void *) worker);
  }
  for (long line = 1;; line++) {
    struct timespec pause = {0, 1000000};
    pthread_mutex_lock(&lock);
    for (int worker = 0; worker < WORKERS; worker++) {
      long before = rounds[worker];
      while (rounds[worker] == before) {
        pthread_cond_wait(&changed, &lock);
      }
    }
    pthread_mutex_unlock(&lock);
    nanosleep(&pause, NULL);
    printf("%ld\n", line);
    fflush(stdout);
  }
}
