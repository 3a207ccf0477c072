using Microsoft.Extensions.Hosting;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Listeners;

/// <summary>Gives running functions time to end by themselves after a stop request, then cancels them.</summary>
internal sealed class DrainClock : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _registration;

    public DrainClock(IHostApplicationLifetime lifetime, EmbeddedHostSettings settings, TimeProvider timeProvider)
    {
        DrainTime = settings.DrainTime;
        Stopping = lifetime.ApplicationStopping;
        _registration = Stopping.Register(() => _ = CancelLaterAsync(timeProvider));
    }

    public TimeSpan DrainTime { get; }

    /// <summary>Cancelled at the stop request: from then on, start nothing new.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Cancelled when the drain time is over, to cancel all functions that still run.</summary>
    public CancellationToken Over => _over.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _over.Dispose();
    }

    /// <summary>Ends the drain time now.</summary>
    public void End() => _ = CancelAsync();

    private async Task CancelLaterAsync(TimeProvider timeProvider)
    {
        await Task.Delay(DrainTime, timeProvider, CancellationToken.None);
        await CancelAsync();
    }

    private async Task CancelAsync()
    {
        try
        {
            await _over.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Everything had ended in time and the host is gone.
        }
    }
}
