/* Prints the addresses of the functions that a program runs, each once, in the order in which they first run.
 *   trace ADDRESSES PROGRAM [ARGUMENT...]
 * ADDRESSES: a file of hexadecimal addresses, a line each, ascending, of a program that is linked to a fixed address. A breakpoint
 * is put at each of them, and taken away when it is met. The program's output is dropped. Linux on x64. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long *addresses;
static unsigned char *bytes;
static size_t count;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void read_addresses(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    size_t capacity = 1 << 16;
    addresses = malloc(capacity * sizeof *addresses);
    while (addresses && fscanf(file, "%lx", &addresses[count]) == 1)
        if (++count == capacity) addresses = realloc(addresses, (capacity *= 2) * sizeof *addresses);
    fclose(file);
    bytes = malloc(count);
    if (!addresses || !bytes) fail("memory");
}

/* The index of an address; count if it is none of ours. */
static size_t find(unsigned long address)
{
    size_t low = 0, high = count;
    while (low < high)
    {
        size_t middle = (low + high) / 2;
        if (addresses[middle] < address) low = middle + 1;
        else high = middle;
    }
    return low < count && addresses[low] == address ? low : count;
}

int main(int argc, char **argv)
{
    const unsigned char stop = 0xCC; /* int3 */
    if (argc < 3)
    {
        fprintf(stderr, "usage: trace ADDRESSES PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    read_addresses(argv[1]);
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0)
    {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execv(argv[2], argv + 2);
        fail(argv[2]);
    }
    int status;
    if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status)) fail(argv[2]);
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    int memory = open(path, O_RDWR);
    if (memory < 0) fail(path);
    for (size_t i = 0; i < count; i++)
        if (pread(memory, &bytes[i], 1, (off_t)addresses[i]) != 1 || pwrite(memory, &stop, 1, (off_t)addresses[i]) != 1) fail("an address");
    ptrace(PTRACE_CONT, child, 0, 0);
    for (;;)
    {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) fail("wait");
        if (!WIFSTOPPED(status))
        {
            if (thread != child) continue;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        }
        int signal = WSTOPSIG(status), event = status >> 16;
        if (signal == SIGTRAP && event == 0)
        {
            struct user_regs_struct registers;
            ptrace(PTRACE_GETREGS, thread, 0, &registers);
            size_t i = find(registers.rip - 1);
            if (i < count)
            {
                /* Of several threads that meet a breakpoint at once, one is the first. */
                unsigned char present;
                if (pread(memory, &present, 1, (off_t)addresses[i]) == 1 && present == stop)
                {
                    if (pwrite(memory, &bytes[i], 1, (off_t)addresses[i]) != 1) fail("an address");
                    printf("%lx\n", addresses[i]);
                }
                registers.rip--;
                ptrace(PTRACE_SETREGS, thread, 0, &registers);
            }
            signal = 0;
        }
        else if (event != 0 || signal == SIGSTOP)
        {
            signal = 0;
        }
        ptrace(PTRACE_CONT, thread, 0, signal);
    }
}
