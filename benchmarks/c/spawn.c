/* COUNT processes of /bin/true, started by posix_spawn one after the other, and all waited for: nanoseconds for all. The second pass is timed. */
#include <spawn.h>

#include "ring.h"

extern char **environ;

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: spawn COUNT\n");
        return 2;
    }
    int count = atoi(argv[1]);
    char *arguments[] = {"true", NULL};
    uint64_t elapsed = 0;
    for (int pass = 0; pass < 2; pass++) {
        uint64_t start = now_nanoseconds();
        for (int i = 0; i < count; i++) {
            pid_t process;
            int error = posix_spawn(&process, "/bin/true", NULL, NULL, arguments, environ);
            if (error != 0) {
                fprintf(stderr, "posix_spawn: %s\n", strerror(error));
                return 1;
            }
        }
        for (int i = 0; i < count; i++) {
            if (wait(NULL) < 0) {
                perror("wait");
                return 1;
            }
        }
        elapsed = now_nanoseconds() - start;
    }
    printf("%llu\n", (unsigned long long)elapsed);
    return 0;
}
