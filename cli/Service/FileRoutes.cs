using Trainyard.Cli.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Service;

/// <summary>The service's routes of what runs stored in their buckets.</summary>
internal sealed class FileRoutes(ServiceHttp http)
{
    private const int PageSize = 1_000;

    public IAsyncEnumerable<ServiceAnswer<ResourcePage<StoredFileResource>>> ListAsync(
        RunId id,
        CancellationToken cancellationToken
    ) =>
        http.PagesAsync(
            $"{ServiceClient.PathOf(id)}/files",
            PageSize,
            CliJson.Wire.StoredFilePage,
            page => page.Next,
            cancellationToken
        );

    /// <summary>Opens a stored file, in the bucket where the service says so.</summary>
    /// <param name="id">The run.</param>
    /// <param name="path">The file's path in the run's folder.</param>
    /// <param name="secret">The name of a secret that opens the bucket; null for what the service has.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<HttpResponseMessage> OpenAsync(
        RunId id,
        string path,
        string? secret,
        CancellationToken cancellationToken
    )
    {
        var named = secret is null ? "" : $"&secret={Uri.EscapeDataString(secret)}";
        var address = await http.GetAsync(
            $"{ServiceClient.PathOf(id)}/files/address?path={Uri.EscapeDataString(path)}{named}",
            CliJson.Wire.FileAddressResource,
            cancellationToken
        );
        if (address.Value.ServicePath is not { } below)
        {
            return await http.OpenElsewhereAsync(new Uri(address.Value.Url), cancellationToken);
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, below);
        return await http.SendAsync(request, cancellationToken);
    }
}
