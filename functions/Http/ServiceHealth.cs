using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http;

/// <summary>Checks whether the service reaches its dependencies: one cheap look-up each, all concurrently.</summary>
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
    // Health checks repeat about every minute, so they need an answer sooner than the stores' clients give up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A bad answer is cached for less time, so that a wait for the service's start is not prolonged.
    private static TimeSpan GoodFor(Task<bool> answer) =>
        TimeSpan.FromSeconds(answer.IsCompletedSuccessfully && answer.Result ? 5 : 1);

    private readonly Lock _asking = new();
    private Task<bool>? _last;
    private long _lookedAt;

    /// <summary>The id of a run that never exists, for look-ups.</summary>
    public static RunId Nobody { get; } = RunId.Parse("training-000000000");

    /// <summary>
    /// Checks all dependencies, the orchestrations by the given look-up. A dependency that fails or takes more than ten
    /// seconds is logged by name. The answer is cached for 5 seconds (1 if bad) and shared by concurrent callers,
    /// because the route is open to everybody.
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
            // Not every client stops when its token is canceled.
            await look().WaitAsync(cancellationToken);
            return true;
        }
        catch (Exception e)
        {
            LogOutOfReach(name, e);
            return false;
        }
    }

    // Renews a lease that does not exist: one look-up.
    private async Task LookAtQueueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await queue.RenewAsync(new LeaseKey(Nobody, 1, ""), extend: null, cancellationToken);
        }
        catch (LeaseLostException)
        {
            // The queue answered, so it is reachable.
        }
    }

    // The first use reads and unwraps the keys; later uses find them in memory.
    private void UseKeys()
    {
        var protector = protection.CreateProtector("Trainyard.Health");
        protector.Unprotect(protector.Protect([1]));
    }

    [LoggerMessage(1, LogLevel.Error, "Out of reach: {Dependency}")]
    private partial void LogOutOfReach(string dependency, Exception exception);
}
