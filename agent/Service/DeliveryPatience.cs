using System.Diagnostics;
using Trainyard.Contracts.Http;

namespace Trainyard.Agent.Service;

/// <summary>
/// Decides how long an attempt retries its deliveries. While the service does not answer at all, there is no limit: a
/// run outlives its service. While the service or a store answers that it cannot, the time is limited, and short after
/// a cancel. After one delivery was given up, the others are not waited for.
/// </summary>
internal sealed class DeliveryPatience(TimeProvider time, TimeSpan longest, CancellationToken canceled)
{
    private static readonly TimeSpan AfterCancel = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private int _waiting;
    private volatile bool _isOver;

    /// <summary>Called with the reason when a first delivery begins to wait.</summary>
    public Action<string> Waits { get; init; } = _ => { };

    /// <summary>Called when no delivery waits any more.</summary>
    public Action GoesOn { get; init; } = () => { };

    /// <summary>Begins the tries of one call.</summary>
    /// <param name="isBounded">Whether the limit applies yet: the output of a running command has none.</param>
    public Tries Begin(Func<bool>? isBounded = null) => new(this, isBounded ?? (() => true));

    internal sealed class Tries(DeliveryPatience patience, Func<bool> isBounded) : IDisposable
    {
        private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);
        private static readonly TimeSpan LongestDelayUnanswered = TimeSpan.FromSeconds(2);
        private TimeSpan _delay = TimeSpan.FromMilliseconds(100);
        private long? _boundedSince;
        private long? _canceledSince;
        private bool _isWaiting;

        /// <summary>Waits before the next try; a cancel shortens the wait. False when there is no next try.</summary>
        public async Task<bool> AgainAsync(ServiceAwayException e, CancellationToken cancellationToken)
        {
            if (e.Answered && IsInVain())
            {
                return false;
            }
            Enter(e.Message);
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // A cancel shortens only the wait that is under way; later waits take their full time.
            await using var onCancel = patience.Canceled.IsCancellationRequested
                ? default
                : patience.Canceled.Register(wake.Cancel);
            await Task.Delay(NextDelay(e.Answered), patience.Time, wake.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }

        public void Dispose()
        {
            if (_isWaiting)
            {
                patience.Leave();
            }
            _isWaiting = false;
        }

        private bool IsInVain()
        {
            if (!isBounded())
            {
                return false;
            }
            var now = patience.Time.GetTimestamp();
            _boundedSince ??= now;
            if (patience.Canceled.IsCancellationRequested)
            {
                _canceledSince ??= now;
            }
            var inVain =
                patience._isOver
                || patience.Time.GetElapsedTime(_boundedSince.Value, now) > patience.Longest
                || (_canceledSince is { } since && patience.Time.GetElapsedTime(since, now) > AfterCancel);
            patience._isOver |= inVain;
            return inVain;
        }

        private void Enter(string why)
        {
            if (_isWaiting)
            {
                return;
            }
            _isWaiting = true;
            patience.Enter(why);
        }

        // Each delay is random between half and the whole of it, so that nodes do not ask in step.
        private TimeSpan NextDelay(bool answered)
        {
            var next = JitteredBackoff.Jittered(_delay);
            var longest = answered ? LongestDelay : LongestDelayUnanswered;
            _delay = _delay * 2 < longest ? _delay * 2 : longest;
            return next;
        }
    }

    private TimeProvider Time => time;

    private TimeSpan Longest => longest;

    private CancellationToken Canceled => canceled;

    private void Enter(string why)
    {
        lock (_gate)
        {
            if (++_waiting == 1)
            {
                Waits(why);
            }
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            Debug.Assert(_waiting > 0);
            if (--_waiting == 0)
            {
                GoesOn();
            }
        }
    }
}
