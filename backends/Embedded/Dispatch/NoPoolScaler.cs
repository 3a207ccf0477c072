using Trainyard.Core.Pools.Scaling;

namespace Trainyard.Backends.Dispatch;

/// <summary>One machine, this one: there is none to make or to remove.</summary>
internal sealed class NoPoolScaler : IPoolScaler
{
    public Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PoolMachine>?>(null);

    public Task GrowToAsync(int count, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
