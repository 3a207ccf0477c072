using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Scaling;

/// <summary>The machines of the pool, where the service may make and remove them.</summary>
public interface IPoolScaler
{
    /// <summary>
    /// The machines that are there or being made, without those that are being removed; null when their number is not the
    /// service's to change.
    /// </summary>
    Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken);

    /// <summary>Asks for so many machines in all; never removes one. Returns when it is asked for: machines take minutes. Repeatable.</summary>
    Task GrowToAsync(int count, CancellationToken cancellationToken);

    /// <summary>Removes exactly these machines. Returns when it is asked for. Repeatable.</summary>
    Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken);
}

/// <summary>A machine that nodes run on.</summary>
/// <param name="Id">What the pool's owner calls it.</param>
/// <param name="Name">Its host name, by which its nodes are known: <see cref="NodeNames"/>.</param>
/// <param name="CreatedAt">When it was asked for; it takes minutes until its node is there.</param>
public sealed record PoolMachine(string Id, string Name, DateTimeOffset CreatedAt);
