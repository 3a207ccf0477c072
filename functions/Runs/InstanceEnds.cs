using Microsoft.DurableTask.Client;

namespace Trainyard.Functions.Runs;

/// <summary>Waits for an orchestration to end.</summary>
internal static class InstanceEnds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the orchestration ends within a few seconds.</summary>
    public static Task<bool> WithinSecondsAsync(
        DurableTaskClient client,
        string id,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => WithinAsync(client, id, Patience, time, cancellationToken);

    /// <summary>Whether the orchestration ends within the given time.</summary>
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
            // Clients throw different exceptions when their wait is canceled.
            return false;
        }
    }
}
