using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Appends directly to a store, as long as the service names one that takes the appends. After any failure the caller
/// sends the same piece through the service, which knows how much has arrived.
/// </summary>
internal sealed class DirectAppends(AttemptClient client, HttpClient stores, string route, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>After so many failures in a row the store is not used for a while.</summary>
    private const int MostFailures = 3;

    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    // A new address is requested when a fifth of the old address's lifetime is left.
    private const double UsedLifetime = 0.8;

    private AppendTarget? _target;
    private DateTimeOffset _goodUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Whether a store takes the appends now.</summary>
    public bool IsOpen => _target is not null;

    /// <returns>Null when the piece did not arrive at the store.</returns>
    /// <exception cref="LeaseLostException">The lease is gone.</exception>
    public async Task<AppendAnswer?> TryAsync(
        long offset,
        ReadOnlyMemory<byte> piece,
        CancellationToken cancellationToken
    )
    {
        if (await FindTargetAsync(cancellationToken) is not { } open)
        {
            return null;
        }
        if (await PutAsync(open, offset, piece, cancellationToken))
        {
            _failures = 0;
            return new AppendAnswer { Written = true, Length = offset + piece.Length };
        }
        _target = null;
        if (++_failures % MostFailures == 0)
        {
            _closedUntil = time.GetUtcNow() + Rest;
        }
        return null;
    }

    private async Task<AppendTarget?> FindTargetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < _closedUntil)
        {
            return null;
        }
        if (_target is not null && now < _goodUntil)
        {
            return _target;
        }
        _target = await AskAsync(cancellationToken);
        _goodUntil = now + TimeSpan.FromSeconds((_target?.LifetimeSeconds ?? 0) * UsedLifetime);
        return _target;
    }

    private async Task<AppendTarget?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var given = await client.TryOnceAsync<AppendTarget>(client.Routes.Address(route), cancellationToken);
            if (given is null)
            {
                _closedUntil = DateTimeOffset.MaxValue;
            }
            return given;
        }
        catch (ServiceRefusedException)
        {
            _closedUntil = DateTimeOffset.MaxValue;
            return null;
        }
        catch (ServiceAwayException)
        {
            return null;
        }
    }

    private async Task<bool> PutAsync(
        AppendTarget open,
        long offset,
        ReadOnlyMemory<byte> piece,
        CancellationToken cancellationToken
    )
    {
        var put = new StorePut(open.Url, () => new ReadOnlyMemoryContent(piece))
        {
            Headers = new Dictionary<string, string>(open.Headers) { [open.PositionHeader] = $"{offset}" },
            Timeout = Timeout,
        };
        return await put.TryOnceAsync(stores, cancellationToken);
    }
}
