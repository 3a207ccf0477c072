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

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _number;

    public Interruption() =>
        _registrations = [.. Ending.Select(e => PosixSignalRegistration.Create(e.Signal, c => Handle(c, e.Number)))];

    public CancellationToken Token => _source.Token;

    /// <summary>The exit code for the shell. For a command that a signal ended, it tells which signal.</summary>
    public int CodeOf(int exitCode) =>
        exitCode == (int)ExitCode.Interrupted && _number > 0 ? SignalBase + _number : exitCode;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context, int signal)
    {
        if (Interlocked.CompareExchange(ref _number, signal, 0) != 0)
        {
            return;
        }
        context.Cancel = true;
        _source.Cancel();
    }
}
