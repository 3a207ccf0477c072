using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>
/// Cancels running functions at the second stop signal, because its sender does not want to wait. The host's own
/// lifetime handles the first signal only.
/// </summary>
internal sealed partial class StopSignals(DrainClock drain, EmbeddedHostSettings settings, ILogger<StopSignals> logger)
    : IHostedService,
        IDisposable
{
    private static readonly PosixSignal[] Ending = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT];

    private PosixSignalRegistration[] _registrations = [];
    private int _told;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // In a test the process does not belong to the host, so its signals are left alone.
        if (settings.IsProgram)
        {
            _registrations = [.. Ending.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
        }
        return Task.CompletedTask;
    }

    // The handlers stay until Dispose, because the second signal arrives while the host stops.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    /// <summary>Handles one request to stop the process.</summary>
    public void Told()
    {
        switch (Interlocked.Increment(ref _told))
        {
            case 1:
                LogFirst(drain.DrainTime.TotalSeconds);
                break;
            case 2:
                LogSecond();
                drain.End();
                break;
        }
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        Told();
    }

    [LoggerMessage(
        1301,
        LogLevel.Information,
        "Told to stop: what runs has {Seconds} seconds to end; told once more, none."
    )]
    private partial void LogFirst(double seconds);

    [LoggerMessage(
        1302,
        LogLevel.Warning,
        "Told again to stop: what still runs is cut off; durable work goes on at the next start."
    )]
    private partial void LogSecond();
}
