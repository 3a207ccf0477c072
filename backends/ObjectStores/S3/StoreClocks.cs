using System.Collections.Concurrent;
using Trainyard.Backends.ObjectStores.Answers;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>
/// How far the clocks of stores are ahead, as their refusals tell. The library follows such a clock with its requests,
/// but not with what is signed here.
/// </summary>
internal sealed class StoreClocks(TimeProvider time)
{
    private const string Refusal = "RequestTimeTooSkewed";
    private const int MostStores = 1000;

    private readonly ConcurrentDictionary<string, TimeSpan> _ahead = new(StringComparer.OrdinalIgnoreCase);

    public void Learn(Uri? endpoint, StoreAnswer? answer)
    {
        if (endpoint is null || answer is not { Code: Refusal, Ahead: { } ahead })
        {
            return;
        }
        if (_ahead.Count >= MostStores)
        {
            _ahead.Clear();
        }
        _ahead[endpoint.Authority] = ahead;
    }

    public DateTimeOffset TimeAt(Uri? endpoint) =>
        time.GetUtcNow()
        + (endpoint is not null && _ahead.TryGetValue(endpoint.Authority, out var ahead) ? ahead : TimeSpan.Zero);
}
