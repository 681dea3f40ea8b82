/* One producer process and one consumer process: nanoseconds per message of SIZE bytes, copied in and copied out, over SLOTS slots. */
#include "ring.h"

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: throughput SIZE SLOTS COUNT\n");
        return 2;
    }
    size_t size = strtoull(argv[1], NULL, 10);
    uint64_t slots = strtoull(argv[2], NULL, 10), count = strtoull(argv[3], NULL, 10), warm = count / 4 + 1;
    ring *r = ring_create(size, slots);
    void *message = message_create(size);
    pid_t producer = fork();
    if (producer < 0) {
        perror("fork");
        return 1;
    }
    if (producer == 0) {
        for (uint64_t i = 0; i < warm + count; i++) ring_put(r, message);
        return 0;
    }
    for (uint64_t i = 0; i < warm; i++) ring_get(r, message);
    uint64_t start = now_nanoseconds();
    for (uint64_t i = 0; i < count; i++) ring_get(r, message);
    printf("%.2f\n", (double)(now_nanoseconds() - start) / (double)count);
    waitpid(producer, NULL, 0);
    return 0;
}
