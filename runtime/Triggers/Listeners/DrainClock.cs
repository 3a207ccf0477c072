using Microsoft.Extensions.Hosting;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Listeners;

/// <summary>Running functions may end by themselves after a stop was asked for; then they are cancelled.</summary>
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

    /// <summary>A stop was asked for: start nothing new.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>The time to end by themselves is over for whatever still runs.</summary>
    public CancellationToken Over => _over.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _over.Dispose();
    }

    /// <summary>The time is over now.</summary>
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
