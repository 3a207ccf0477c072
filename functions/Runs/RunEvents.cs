using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>What became of an event that was sent to a run's orchestration.</summary>
public enum EventDelivery
{
    /// <summary>The orchestration has it.</summary>
    Taken,

    /// <summary>The orchestration has ended: by itself, by a failure or by hand.</summary>
    Ended,

    /// <summary>There is no such orchestration.</summary>
    Unknown,
}

/// <summary>
/// The one way to tell a run's orchestration something. An orchestration that has ended or is gone is an answer, not an
/// exception: whoever sends decides what it means.
/// </summary>
public sealed class RunEvents
{
    /// <summary>Sends an event to a training run. Throws only when the orchestrations themselves are out of reach.</summary>
    public Task<EventDelivery> SendAsync<T>(
        DurableTaskClient client,
        RunId id,
        T signal,
        CancellationToken cancellationToken
    )
        where T : IRunEvent => SendAsync(client, id.ToString(), signal, cancellationToken);

    /// <summary>The same to any orchestration, by its id.</summary>
    public async Task<EventDelivery> SendAsync<T>(
        DurableTaskClient client,
        string id,
        T signal,
        CancellationToken cancellationToken
    )
        where T : IRunEvent
    {
        try
        {
            await client.RaiseEventAsync(id, T.Name, signal, cancellationToken);
            return EventDelivery.Taken;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Each engine has its own exception for an instance that takes no events; what it is, the instance tells.
            if (await FindRefusalAsync(client, id, cancellationToken) is { } refusal)
            {
                return refusal;
            }
            throw;
        }
    }

    private static async Task<EventDelivery?> FindRefusalAsync(
        DurableTaskClient client,
        string id,
        CancellationToken cancellationToken
    ) =>
        await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken) switch
        {
            null => EventDelivery.Unknown,
            { IsCompleted: true } => EventDelivery.Ended,
            _ => null,
        };
}
