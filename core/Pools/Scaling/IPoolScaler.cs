using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Scaling;

/// <summary>Lists, makes and removes the machines of a pool, when the service may do so.</summary>
public interface IPoolScaler
{
    /// <summary>
    /// The machines that exist or are being made, without those being removed; null when the service does not manage
    /// them.
    /// </summary>
    Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Requests a total number of machines; never removes one. Returns without waiting for the machines, which take
    /// minutes. Idempotent.
    /// </summary>
    Task GrowToAsync(int count, CancellationToken cancellationToken);

    /// <summary>Requests the removal of exactly these machines, without waiting for it. Idempotent.</summary>
    Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken);
}

/// <summary>A machine that nodes run on.</summary>
/// <param name="Id">The id that the pool's provider uses.</param>
/// <param name="Name">Its host name, from which the names of its nodes derive: <see cref="NodeNames"/>.</param>
/// <param name="CreatedAt">When it was requested; its node takes minutes to appear.</param>
public sealed record PoolMachine(string Id, string Name, DateTimeOffset CreatedAt);
