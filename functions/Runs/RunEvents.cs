using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Runs;

/// <summary>The result of sending an event to a run's orchestration.</summary>
public enum EventDelivery
{
    /// <summary>The orchestration received the event.</summary>
    Taken,

    /// <summary>The orchestration has ended: by itself, by a failure or by hand.</summary>
    Ended,

    /// <summary>There is no such orchestration.</summary>
    Unknown,
}

/// <summary>
/// Sends events to orchestrations; all code that raises events uses it. An orchestration that has ended or is gone is a
/// result, not an exception: the sender decides what it means.
/// </summary>
public sealed class RunEvents
{
    /// <summary>Sends an event to a training run. Throws only when the orchestration engine is out of reach.</summary>
    public Task<EventDelivery> SendAsync<T>(
        DurableTaskClient client,
        RunId id,
        T signal,
        CancellationToken cancellationToken
    )
        where T : IRunEvent => SendAsync(client, id.ToString(), signal, cancellationToken);

    /// <summary>Sends an event to any orchestration, by its instance id.</summary>
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
            // Each engine throws its own exception for an instance that takes no events, so the instance decides.
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
