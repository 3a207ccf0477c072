using Trainyard.Contracts;

namespace Trainyard.Core.Security;

/// <summary>Tells whether keys exist for more than one owner.</summary>
public sealed class KeyOwners(ApiKeyRing keys, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private DateTimeOffset _askedAt = DateTimeOffset.MinValue;
    private bool _several;

    /// <summary>The answer, cached for up to 30 seconds.</summary>
    public async Task<bool> AreSeveralAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_askedAt < now - Lifetime)
        {
            _several = await CountTwoAsync(cancellationToken);
            _askedAt = now;
        }
        return _several;
    }

    private async Task<bool> CountTwoAsync(CancellationToken cancellationToken)
    {
        Owner? first = null;
        await foreach (var owner in keys.OwnersAsync(cancellationToken))
        {
            if (first is not null && !owner.Equals(first))
            {
                return true;
            }
            first = owner;
        }
        return false;
    }
}
