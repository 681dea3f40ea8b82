/* A message of SIZE bytes to another process and back: nanoseconds for each of COUNT round trips. */
#include "ring.h"

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: pingpong SIZE COUNT\n");
        return 2;
    }
    size_t size = strtoull(argv[1], NULL, 10);
    uint64_t count = strtoull(argv[2], NULL, 10), warm = count / 4 + 1;
    ring *there = ring_create(size, 64), *back = ring_create(size, 64);
    void *message = message_create(size);
    pid_t echo = fork();
    if (echo < 0) {
        perror("fork");
        return 1;
    }
    if (echo == 0) {
        for (uint64_t i = 0; i < warm + count; i++) {
            ring_get(there, message);
            ring_put(back, message);
        }
        return 0;
    }
    uint64_t start = 0;
    for (uint64_t i = 0; i < warm + count; i++) {
        if (i == warm) start = now_nanoseconds();
        ring_put(there, message);
        ring_get(back, message);
    }
    printf("%.2f\n", (double)(now_nanoseconds() - start) / (double)count);
    waitpid(echo, NULL, 0);
    return 0;
}
