namespace Trainyard.Core.Pools.Scaling;

/// <summary>A pool whose machines are somebody else's to make and to remove; on one machine, nobody's.</summary>
public sealed class NoPoolScaler : IPoolScaler
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PoolMachine>?>(null);

    /// <inheritdoc/>
    public Task GrowToAsync(int count, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
