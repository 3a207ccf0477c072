using Trainyard.Contracts;

namespace Trainyard.Core.Security;

/// <summary>Whether keys were given to more than one owner.</summary>
public sealed class KeyOwners(ApiKeyRing keys, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private DateTimeOffset askedAt = DateTimeOffset.MinValue;
    private bool several;

    /// <summary>As of half a minute ago at most.</summary>
    public async Task<bool> AreSeveralAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (askedAt < now - Lifetime)
        {
            several = await CountTwoAsync(cancellationToken);
            askedAt = now;
        }
        return several;
    }

    private async Task<bool> CountTwoAsync(CancellationToken cancellationToken)
    {
        Owner? first = null;
        await foreach (var owner in keys.OwnersAsync(cancellationToken))
        {
            if (first is not null && !owner.Equals(first))
                return true;
            first = owner;
        }
        return false;
    }
}
