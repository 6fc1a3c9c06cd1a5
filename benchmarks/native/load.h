// SPDX-License-Identifier: Apache-2.0
// What the loads here have in common: time, what a server's process has cost, and how that is said.
#ifndef MILLRACE_LOAD_H
#define MILLRACE_LOAD_H

#include "listen.h"

#include <dirent.h>
#include <stdbool.h>
#include <time.h>

static inline double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Whether a thread compiles for a Java virtual machine, which is no cost of what it serves.
static inline bool compiles(const char *task)
{
    char path[330], name[32] = "";
    snprintf(path, sizeof path, "%s/comm", task);
    FILE *file = fopen(path, "r");
    if (file) {
        if (!fgets(name, sizeof name, file))
            name[0] = 0;
        fclose(file);
    }
    return strncmp(name, "C1 Comp", 7) == 0 || strncmp(name, "C2 Comp", 7) == 0;
}

// Nanoseconds that all threads of a process have run, but for those that compile.
static inline unsigned long long cpu_nanos(int pid)
{
    char path[300];
    unsigned long long sum = 0, run;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        die(path, errno);
    for (struct dirent *task; (task = readdir(tasks));) {
        char schedule[320];
        snprintf(path, sizeof path, "/proc/%d/task/%s", pid, task->d_name);
        snprintf(schedule, sizeof schedule, "%s/schedstat", path);
        bool counts = task->d_name[0] != '.' && !compiles(path);
        FILE *file = counts ? fopen(schedule, "r") : NULL;
        if (file && fscanf(file, "%llu", &run) == 1)
            sum += run;
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return sum;
}

// The line that the bench reads.
static inline void report(unsigned long echoes, unsigned long lost, double time,
                          unsigned long long cpu)
{
    printf("%lu echoes, %lu lost, %.3f s, %.1f ns of CPU each, %.2f CPUs\n", echoes, lost, time,
           echoes ? (double)cpu / (double)echoes : 0, (double)cpu / 1e9 / time);
}

#endif
