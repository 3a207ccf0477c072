using System.Globalization;
using System.Runtime.InteropServices;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Keeps ignored signals from the processes that the agent starts. A program inherits the signals that its parent
/// ignores, but not those that its parent handles: .NET ignores SIGPIPE, nohup SIGHUP, and a background shell SIGINT.
/// So the agent handles them and does nothing, and a new program has the default action.
/// </summary>
internal static class IgnoredSignals
{
    private const string StatusLine = "SigIgn:";

    // .NET handles SIGCHLD itself.
    private const int SigChld = 17;

    /// <summary>
    /// A signal handler may do very little: this function takes a number, returns a number and touches nothing else.
    /// </summary>
    private static readonly nint Nothing = NativeLibrary.GetExport(
        NativeLibrary.Load("libc", typeof(IgnoredSignals).Assembly, searchPath: null),
        "abs"
    );

    public static void Handle()
    {
        foreach (var signal in Find().Where(signal => signal != SigChld))
        {
            Native.Handle(signal, Nothing);
        }
    }

    private static IEnumerable<int> Find()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(StatusLine, StringComparison.Ordinal));
        var mask = ulong.Parse(
            line.AsSpan(StatusLine.Length).Trim(),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture
        );
        return Enumerable.Range(1, 64).Where(signal => (mask >> (signal - 1) & 1) != 0);
    }
}
