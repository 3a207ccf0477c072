using System.Runtime.InteropServices;
using Trainyard.Cli.Failures;

namespace Trainyard.Cli.Hosting;

/// <summary>
/// The signals that ask a program to end. The first one lets the command end in order, without leaving anything behind;
/// the second one ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const int SignalBase = 128;

    private static readonly (PosixSignal Signal, int Number)[] Ending =
    [
        (PosixSignal.SIGHUP, 1),
        (PosixSignal.SIGINT, 2),
        (PosixSignal.SIGTERM, 15),
    ];

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private int number;

    public Interruption() =>
        registrations = [.. Ending.Select(e => PosixSignalRegistration.Create(e.Signal, c => Handle(c, e.Number)))];

    public CancellationToken Token => source.Token;

    /// <summary>What the shell is told: of a command that a signal ended, which one it was.</summary>
    public int CodeOf(int exitCode) =>
        exitCode == (int)ExitCode.Interrupted && number > 0 ? SignalBase + number : exitCode;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Handle(PosixSignalContext context, int signal)
    {
        if (Interlocked.CompareExchange(ref number, signal, 0) != 0)
            return;
        context.Cancel = true;
        source.Cancel();
    }
}
