namespace Trainyard.Contracts.Runs;

/// <summary>Explains exit codes that mean the same in all shells.</summary>
public static class ExitCodes
{
    private const int FirstSignal = 128;
    private const int LastSignal = FirstSignal + 64;

    private static readonly Dictionary<int, string> Meanings = new()
    {
        [126] = "a program may not be executed",
        [127] = "a program was not found",
        [FirstSignal + 1] = "ended by SIGHUP",
        [FirstSignal + 2] = "ended by SIGINT",
        [FirstSignal + 4] = "ended by SIGILL, an instruction that this processor does not have",
        [FirstSignal + 6] = "ended by SIGABRT, a failed check of its own",
        [FirstSignal + 7] = "ended by SIGBUS, a bad memory access or a full /dev/shm",
        [FirstSignal + 8] = "ended by SIGFPE, an arithmetic error",
        [FirstSignal + 9] = "killed by SIGKILL",
        [FirstSignal + 11] = "ended by SIGSEGV, a bad memory access",
        [FirstSignal + 13] = "ended by SIGPIPE, nobody read its output",
        [FirstSignal + 15] = "ended by SIGTERM",
        [FirstSignal + 24] = "ended by SIGXCPU, its limit of processor time",
        [FirstSignal + 25] = "ended by SIGXFSZ, its limit of a file's size",
        [FirstSignal + 31] = "ended by SIGSYS, a forbidden system call",
    };

    /// <summary><c>exit 3</c>; <c>exit 137 (killed by SIGKILL)</c>.</summary>
    public static string Describe(int exitCode) =>
        MeaningOf(exitCode) is { } words ? $"exit {exitCode} ({words})" : $"exit {exitCode}";

    /// <summary><c>killed by SIGKILL</c>; null for a code whose meaning depends on the program.</summary>
    public static string? MeaningOf(int exitCode) =>
        Meanings.GetValueOrDefault(exitCode)
        ?? (exitCode is > FirstSignal and <= LastSignal ? $"ended by signal {exitCode - FirstSignal}" : null);
}
