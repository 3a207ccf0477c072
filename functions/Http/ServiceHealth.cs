using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http;

/// <summary>
/// Whether the service reaches all that it stands on: one look at each, all at once, each of which costs next to nothing.
/// </summary>
public sealed partial class ServiceHealth(
    IRunStore runs,
    IDispatchQueue queue,
    IBlobStore blobs,
    ISecretStore secrets,
    IDataProtectionProvider protection,
    TimeProvider time,
    ILogger<ServiceHealth> logger
)
{
    // Who asks, asks again in a minute; clients of stores try far longer before they give up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Whoever waits for a service that starts should not wait longer for that.
    private static TimeSpan GoodFor(Task<bool> answer) =>
        TimeSpan.FromSeconds(answer.IsCompletedSuccessfully && answer.Result ? 5 : 1);

    private readonly Lock _asking = new();
    private Task<bool>? _last;
    private long _lookedAt;

    /// <summary>A run to be looked up, never there.</summary>
    public static RunId Nobody { get; } = RunId.Parse("training-000000000");

    /// <summary>
    /// Looks at everything, and at the orchestrations in the given way; what does not answer well within ten seconds is in the
    /// log by its name. An answer is good for a few seconds, and whoever asks meanwhile gets the same: the route is open to all.
    /// </summary>
    public Task<bool> IsGoodAsync(
        Func<CancellationToken, Task> lookAtOrchestrations,
        CancellationToken cancellationToken
    )
    {
        Task<bool> answer;
        lock (_asking)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_lookedAt) >= GoodFor(_last)))
            {
                _lookedAt = time.GetTimestamp();
                _last = LookAsync(lookAtOrchestrations);
            }
            answer = _last;
        }
        return answer.WaitAsync(cancellationToken);
    }

    private async Task<bool> LookAsync(Func<CancellationToken, Task> lookAtOrchestrations)
    {
        using var ending = new CancellationTokenSource(Patience, time);
        var token = ending.Token;
        var answers = await Task.WhenAll(
            IsGoodAsync("records", () => runs.GetAsync(Nobody, token), token),
            IsGoodAsync("queue", () => LookAtQueueAsync(token), token),
            IsGoodAsync("blobs", () => blobs.FindAsync(RunBlobs.Archive(new SubmissionKey(Nobody)), token), token),
            IsGoodAsync("secrets", () => secrets.GetAsync(new SubmissionKey(Nobody), token), token),
            IsGoodAsync("keys of secrets", () => Task.Run(UseKeys, token), token),
            IsGoodAsync("orchestrations", () => lookAtOrchestrations(token), token)
        );
        return answers.All(isGood => isGood);
    }

    private async Task<bool> IsGoodAsync(string name, Func<Task> look, CancellationToken cancellationToken)
    {
        try
        {
            // Not every client ends when it is told to.
            await look().WaitAsync(cancellationToken);
            return true;
        }
        catch (Exception e)
        {
            LogOutOfReach(name, e);
            return false;
        }
    }

    // One look, which finds nothing.
    private async Task LookAtQueueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await queue.RenewAsync(new LeaseKey(Nobody, 1, ""), extend: null, cancellationToken);
        }
        catch (LeaseLostException)
        {
            // The queue says so: it is there.
        }
    }

    // The keys are read and unwrapped when they are first used, and stay in memory.
    private void UseKeys()
    {
        var protector = protection.CreateProtector("Trainyard.Health");
        protector.Unprotect(protector.Protect([1]));
    }

    [LoggerMessage(1, LogLevel.Error, "Out of reach: {Dependency}")]
    private partial void LogOutOfReach(string dependency, Exception exception);
}
