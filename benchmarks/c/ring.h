/* A single-producer single-consumer ring of fixed slots in memory that two processes share, as bare as it can be and still sleep: what the machine can do.
 * Nothing here survives a killed process and nothing serves a third one. */
#ifndef RING_H
#define RING_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* About two wake-ups by the kernel. */
enum { SPIN_NANOSECONDS = 50000, LINE = 128 };

typedef struct {
    _Alignas(LINE) _Atomic uint32_t sequence;
    _Atomic uint32_t waiting;
} wait_point;

typedef struct {
    wait_point data;
    wait_point space;
    _Alignas(LINE) _Atomic uint64_t tail; /* slots taken, written by the consumer */
    _Alignas(LINE) uint64_t put;          /* the producer's own */
    uint64_t seen_tail;
    _Alignas(LINE) uint64_t got;          /* the consumer's own */
    uint64_t slots;
    uint64_t stride;
    size_t size;
    _Alignas(LINE) unsigned char bytes[];
} ring;

static inline uint64_t now_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static inline void futex(_Atomic uint32_t *word, int operation, uint32_t value) {
    syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

/* The fence pairs with the one after `waiting = 1`: either the sleeper sees the change or we see the sleeper. */
static inline void notify(wait_point *point) {
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&point->waiting, memory_order_relaxed)) {
        atomic_store(&point->waiting, 0);
        atomic_fetch_add(&point->sequence, 1);
        futex(&point->sequence, FUTEX_WAKE, 1);
    }
}

/* Spins, then sleeps, until *word has reached `target`. */
static inline uint64_t wait_until(_Atomic uint64_t *word, uint64_t target, wait_point *point) {
    uint64_t value, end = 0;
    for (unsigned poll = 1;; poll++) {
        if ((value = atomic_load_explicit(word, memory_order_acquire)) >= target) return value;
        pause_briefly();
        if (poll % 64 == 0) {
            uint64_t now = now_nanoseconds();
            if (end == 0) end = now + SPIN_NANOSECONDS;
            else if (now >= end) break;
        }
    }
    for (;;) {
        uint32_t seen = atomic_load(&point->sequence);
        atomic_store(&point->waiting, 1);
        if ((value = atomic_load(word)) >= target) return value;
        futex(&point->sequence, FUTEX_WAIT, seen);
    }
}

/* A slot is the number of the message in it, which publishes it, and the message. */
static inline _Atomic uint64_t *slot_at(ring *r, uint64_t index) {
    return (_Atomic uint64_t *)(r->bytes + (index & (r->slots - 1)) * r->stride);
}

static inline void ring_put(ring *r, const void *message) {
    if (r->put - r->seen_tail >= r->slots) {
        r->seen_tail = wait_until(&r->tail, r->put - r->slots + 1, &r->space);
    }
    _Atomic uint64_t *slot = slot_at(r, r->put);
    memcpy((void *)(slot + 1), message, r->size);
    atomic_store_explicit(slot, ++r->put, memory_order_release);
    notify(&r->data);
}

static inline void ring_get(ring *r, void *message) {
    _Atomic uint64_t *slot = slot_at(r, r->got);
    wait_until(slot, r->got + 1, &r->data);
    memcpy(message, (void *)(slot + 1), r->size);
    atomic_store_explicit(&r->tail, ++r->got, memory_order_release);
    notify(&r->space);
}

/* `slots` is a power of two. Every page is touched here, so that no run pays for it. */
static inline ring *ring_create(size_t size, uint64_t slots) {
    uint64_t stride = (sizeof(uint64_t) + size + 7) & ~(uint64_t)7;
    size_t whole = sizeof(ring) + slots * stride;
    ring *r = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (r == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    memset(r, 0, whole);
    r->slots = slots;
    r->stride = stride;
    r->size = size;
    return r;
}

static inline void *message_create(size_t size) {
    void *message = malloc(size);
    if (message == NULL) {
        perror("malloc");
        exit(1);
    }
    memset(message, 7, size);
    return message;
}

#endif
