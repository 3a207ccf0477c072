using Microsoft.DurableTask.Client;

namespace Trainyard.Functions.Runs;

/// <summary>Waits for orchestrations to end.</summary>
internal static class InstanceEnds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Waits up to five seconds for the orchestration to end; true if it has ended.</summary>
    public static Task<bool> WithinSecondsAsync(
        DurableTaskClient client,
        string id,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => WithinAsync(client, id, Patience, time, cancellationToken);

    /// <summary>Waits for the orchestration to end; true if it has ended within the given time.</summary>
    public static async Task<bool> WithinAsync(
        DurableTaskClient client,
        string id,
        TimeSpan within,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var patience = new CancellationTokenSource(within, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: false, both.Token);
            return true;
        }
        catch (Exception) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Each durable client throws its own exception when its wait is canceled, so the token decides.
            return false;
        }
    }
}
