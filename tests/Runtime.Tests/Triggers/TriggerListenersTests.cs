using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class TriggerListenersTests
{
    [Fact]
    public async Task A_listener_that_breaks_is_started_again_after_longer_and_longer_pauses()
    {
        var time = new ManualTime();
        using var listeners = new TriggerListeners<Listener>(time, NullLogger.Instance);
        var listener = new Listener();
        listeners.Start([listener]);

        foreach (var pause in (int[])[1, 2, 4])
        {
            await listener.BreakAsync();
            await time.WaitForTimerAsync();
            time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromTicks(1));
            Assert.False(listener.HasStarted);
            time.Advance(TimeSpan.FromTicks(1));
        }

        await listener.StartedAsync();
        await listeners.StopAsync(CancellationToken.None);
    }

    private sealed class Listener : ITriggerListener
    {
        private readonly SemaphoreSlim _started = new(0);
        private TaskCompletionSource _run = new();

        public string Name => "breaking";

        public bool HasStarted => _started.CurrentCount > 0;

        public Task StartedAsync() => _started.WaitAsync(TimeSpan.FromSeconds(60));

        public async Task BreakAsync()
        {
            await StartedAsync();
            _run.SetException(new InvalidDataException("broken"));
        }

        public Task RunAsync(CancellationToken stopping)
        {
            _run = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            stopping.Register(() => _run.TrySetCanceled(stopping));
            _started.Release();
            return _run.Task;
        }

        public Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _started.Dispose();
    }
}
