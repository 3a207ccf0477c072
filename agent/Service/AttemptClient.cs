using System.Net;
using Polly;
using Trainyard.Agent.Jobs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Service;

/// <summary>
/// The service as one attempt sees it: calls are retried, and a call that finds the lease lost stops the attempt.
/// </summary>
internal sealed class AttemptClient(
    ServiceClient service,
    ServiceAddress address,
    TimeProvider time,
    NodeTask task,
    StopSignal stop,
    DeliveryPatience patience
)
{
    private readonly ResiliencePipeline _patient = Retries.Service(time, address);

    public AttemptRoutes Routes { get; } = new(task);

    /// <summary>A connection without any byte for this time counts as broken.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>
    /// Makes a call that the attempt needs: waits for a service that does not answer, and gives up when it keeps
    /// answering that it cannot.
    /// </summary>
    public Task<T?> FetchAsync<T>(ServiceCall call, CancellationToken cancellationToken) =>
        GuardedAsync(_patient, token => service.SendAsync<T>(call, token), cancellationToken);

    /// <inheritdoc cref="FetchAsync" />
    public Task UseAsync(
        ServiceCall call,
        Func<HttpResponseMessage, CancellationToken, Task> use,
        CancellationToken cancellationToken
    ) =>
        GuardedAsync(
            _patient,
            async token =>
            {
                using var response = await service.SendAsync(call, token);
                await use(response, token);
                return 0;
            },
            cancellationToken
        );

    /// <summary>
    /// Makes a call that must arrive: retries until it is accepted, refused, or the patience is over.
    /// </summary>
    /// <exception cref="ServiceAwayException">The patience is over.</exception>
    public async Task<T?> DeliverAsync<T>(
        ServiceCall call,
        CancellationToken cancellationToken,
        Func<bool>? isBounded = null
    )
    {
        using var tries = patience.Begin(isBounded);
        while (true)
        {
            try
            {
                return await TryOnceAsync<T>(call, cancellationToken);
            }
            catch (ServiceAwayException e)
            {
                if (!await tries.AgainAsync(e, cancellationToken))
                {
                    throw;
                }
                address.Refresh();
            }
        }
    }

    /// <summary>Begins the tries of a call that does not go through the service.</summary>
    public DeliveryPatience.Tries BeginTries() => patience.Begin();

    /// <summary>Makes one try.</summary>
    public Task<T?> TryOnceAsync<T>(ServiceCall call, CancellationToken cancellationToken) =>
        GuardedAsync(ResiliencePipeline.Empty, token => service.SendAsync<T>(call, token), cancellationToken);

    /// <summary>Makes one try to open an object at an address of the service itself.</summary>
    public Task<HttpResponseMessage> OpenOnceAsync(ServiceCall call, CancellationToken cancellationToken) =>
        GuardedAsync(ResiliencePipeline.Empty, token => service.SendAsync(call, token), cancellationToken);

    /// <summary>Reads the service's address again, after a try that failed.</summary>
    public void Refresh() => address.Refresh();

    private async Task<T> GuardedAsync<T>(
        ResiliencePipeline pipeline,
        Func<CancellationToken, Task<T>> act,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await act(token), cancellationToken);
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Gone)
        {
            stop.LoseLease();
            throw new LeaseLostException(task.RunId, task.Attempt);
        }
    }
}
