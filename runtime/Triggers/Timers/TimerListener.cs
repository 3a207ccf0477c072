using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;

namespace Trainyard.Runtime.Triggers.Timers;

/// <summary>Runs one timer function when it is due or fired by hand, never twice at a time.</summary>
internal sealed partial class TimerListener(
    DiscoveredFunction function,
    TimerSchedule schedule,
    TimerStore store,
    FunctionDispatcher dispatcher,
    DrainClock drain,
    TimeProvider timeProvider,
    ILogger<TimerListener> logger
) : ITriggerListener
{
    // A clock that was set, or a machine that slept, is noticed within this time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _single = new(1, 1);
    private readonly TimerTriggerAttribute _trigger = (TimerTriggerAttribute)function.Trigger;
    private bool _isMonitored;
    private ScheduleStatus _status = new();

    public string Name => function.Name;

    public async Task RunAsync(CancellationToken stopping)
    {
        var isPastDue = Begin();
        if (isPastDue || _trigger.RunOnStartup)
        {
            await FireAsync(Now, isPastDue, stopping);
        }
        while (true)
        {
            var due = _status.Next;
            await WaitUntilAsync(due, stopping);
            await FireAsync(due, isPastDue: Now - due > LongestWait, stopping);
        }
    }

    /// <summary>Runs the function once, independently of its schedule.</summary>
    public async Task FireByHandAsync()
    {
        await _single.WaitAsync(drain.Stopping);
        try
        {
            await InvokeAsync(isPastDue: false);
        }
        finally
        {
            _single.Release();
        }
    }

    /// <summary>Waits until a run in progress has ended.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        _single.Release();
    }

    public void Dispose() => _single.Dispose();

    private DateTime Now => timeProvider.GetUtcNow().UtcDateTime;

    /// <returns>Whether an occurrence was missed while nothing ran.</returns>
    private bool Begin()
    {
        var now = Now;
        _isMonitored = _trigger.UseMonitor && schedule.IsWorthMonitoring(now);
        var known = _isMonitored ? store.Load(Name) : null;
        if (known is not null && known.Next == schedule.After(known.Last == default ? known.LastUpdated : known.Last))
        {
            _status = known;
            return known.Next <= now;
        }
        // The timer is new, or its schedule has changed, so it begins from now.
        Keep(
            new ScheduleStatus
            {
                Last = known?.Last ?? default,
                Next = schedule.After(now),
                LastUpdated = now,
            }
        );
        return false;
    }

    private async Task FireAsync(DateTime occurrence, bool isPastDue, CancellationToken stopping)
    {
        await _single.WaitAsync(stopping);
        try
        {
            await InvokeAsync(isPastDue);
            var now = Now;
            // A timer may fire slightly before the clock reaches the occurrence, which must not run twice.
            var last = occurrence > now ? occurrence : now;
            Keep(
                new ScheduleStatus
                {
                    Last = last,
                    Next = schedule.After(last),
                    LastUpdated = now,
                }
            );
        }
        finally
        {
            _single.Release();
        }
    }

    private async Task InvokeAsync(bool isPastDue)
    {
        var info = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = _isMonitored ? StatusForFunction() : null };
        try
        {
            await dispatcher.InvokeAsync(function, new InvocationRequest { TriggerValue = info }, drain.Over);
        }
        catch (Exception e)
        {
            Failed(Name, e);
        }
    }

    private ScheduleStatus StatusForFunction() =>
        new()
        {
            Last = _status.Last,
            Next = schedule.After(Now),
            LastUpdated = _status.LastUpdated,
        };

    private void Keep(ScheduleStatus status)
    {
        _status = status;
        if (!_isMonitored)
        {
            return;
        }
        try
        {
            store.Save(Name, status);
        }
        catch (IOException e)
        {
            // The schedule itself goes on; a restart would only read an older status.
            NotKept(Name, e);
        }
    }

    private async Task WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        for (var left = due - Now; left > TimeSpan.Zero; left = due - Now)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, timeProvider, stopping);
        }
    }

    [LoggerMessage(1103, LogLevel.Error, "The status of the schedule of {Function} could not be written")]
    private partial void NotKept(string function, Exception exception);

    [LoggerMessage(1101, LogLevel.Error, "Timer function {Function} failed")]
    private partial void Failed(string function, Exception exception);
}
