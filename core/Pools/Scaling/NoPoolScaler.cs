namespace Trainyard.Core.Pools.Scaling;

/// <summary>A scaler for pools whose machines the service does not manage.</summary>
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
