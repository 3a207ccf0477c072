using System.Globalization;
using System.Runtime.InteropServices;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Keeps ignored signals from what the agent starts. A program inherits what its parent ignores, but not what its parent
/// handles: .NET ignores SIGPIPE, nohup SIGHUP, a shell in the background SIGINT. A handler that does nothing is as good to
/// the agent, and the signal is at its default in a new program.
/// </summary>
internal static class IgnoredSignals
{
    private const string StatusLine = "SigIgn:";

    // .NET looks after its children by itself.
    private const int SigChld = 17;

    /// <summary>A handler may do next to nothing: this function takes a number, returns one and touches nothing else.</summary>
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
