using Microsoft.DurableTask.Client;

namespace Trainyard.Functions.Runs;

/// <summary>Waits for an orchestration's last steps.</summary>
internal static class InstanceEnds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether it has ended within seconds.</summary>
    public static Task<bool> WithinSecondsAsync(
        DurableTaskClient client,
        string id,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => WithinAsync(client, id, Patience, time, cancellationToken);

    /// <summary>Whether it has ended within a time.</summary>
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
            // Clients say in ways of their own that they were told to stop waiting.
            return false;
        }
    }
}
