using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
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
    IPoolLoad queue,
    IBlobStore blobs,
    ISecretStore secrets,
    IDataProtectionProvider protection,
    TimeProvider time,
    ILogger<ServiceHealth> logger
)
{
    // Who asks, asks again in a minute; clients of stores try far longer before they give up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A run to be looked up, never there.</summary>
    public static RunId Nobody { get; } = RunId.Parse("training-000000000");

    private const string NoPool = "";

    /// <summary>
    /// Looks at everything, and at the orchestrations in the given way; what does not answer well within ten seconds is in the
    /// log by its name.
    /// </summary>
    public async Task<bool> IsGoodAsync(
        Func<CancellationToken, Task> lookAtOrchestrations,
        CancellationToken cancellationToken
    )
    {
        using var ending = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        var token = both.Token;
        var answers = await Task.WhenAll(
            IsGoodAsync("records", () => runs.QueryAsync(new RunQuery { PageSize = 1 }, token), token),
            IsGoodAsync("queue", () => queue.ReadAsync(NoPool, token), token),
            IsGoodAsync("blobs", () => blobs.FindAsync(RunBlobs.Archive(new SubmissionKey(Nobody)), token), token),
            IsGoodAsync("secrets", () => secrets.GetAsync(new SubmissionKey(Nobody), token), token),
            IsGoodAsync("keys of secrets", () => Task.Run(UseKeys, token), token),
            IsGoodAsync("orchestrations", () => lookAtOrchestrations(token), token)
        );
        cancellationToken.ThrowIfCancellationRequested();
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

    // The keys are read and unwrapped when they are first used, and stay in memory.
    private void UseKeys()
    {
        var protector = protection.CreateProtector("Trainyard.Health");
        protector.Unprotect(protector.Protect([1]));
    }

    [LoggerMessage(1, LogLevel.Error, "Out of reach: {Dependency}")]
    private partial void LogOutOfReach(string dependency, Exception exception);
}
