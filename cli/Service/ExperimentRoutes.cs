using System.Net.Http.Headers;
using Trainyard.Cli.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Service;

/// <summary>The service's routes of experiments and training definitions, one method each.</summary>
internal sealed class ExperimentRoutes(ServiceHttp http)
{
    private const int PageSize = 200;
    private const int PieceBytes = 256 * 1024;
    private const string Definitions = "v3/ml_assets/training_definitions";
    private const string Experiments = "v3/experiments";

    public static string PathOf(Guid experiment, Guid run) => $"{Experiments}/{experiment}/runs/{run}";

    public async Task<ServiceAnswer<DefinitionResource>> CreateDefinitionAsync(
        NewDefinition definition,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Definitions);
        request.Content = ServiceHttp.Json(definition, CliJson.Wire.NewDefinition);
        return await http.SendAsync(request, CliJson.Wire.DefinitionResource, cancellationToken);
    }

    /// <summary>Sends the zip of a definition, without a timeout.</summary>
    public async Task PutContentAsync(DefinitionResource definition, Stream zip, CancellationToken cancellationToken)
    {
        // Drops the host from the service's link, so that the request goes to the configured address like all others.
        var path = new Uri(definition.Entity.TrainingDefinitionVersion.ContentUrl).AbsolutePath.TrimStart('/');
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StreamContent(zip) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        (await http.SendUntimedAsync(request, cancellationToken)).Dispose();
    }

    public Task<ServiceAnswer<DefinitionListResource>> ListDefinitionsAsync(CancellationToken cancellationToken) =>
        http.GetAsync(Definitions, CliJson.Wire.DefinitionListResource, cancellationToken);

    public Task<ServiceAnswer<DefinitionResource>> GetDefinitionAsync(Guid id, CancellationToken cancellationToken) =>
        http.GetAsync($"{Definitions}/{id}", CliJson.Wire.DefinitionResource, cancellationToken);

    public Task DeleteDefinitionAsync(Guid id, CancellationToken cancellationToken) =>
        DeleteAsync($"{Definitions}/{id}", cancellationToken);

    public Task<ServiceAnswer<ExperimentResource>> CreateAsync(byte[] manifest, CancellationToken cancellationToken) =>
        SendManifestAsync(HttpMethod.Post, Experiments, manifest, cancellationToken);

    public Task<ServiceAnswer<ExperimentResource>> ReplaceAsync(
        Guid id,
        byte[] manifest,
        CancellationToken cancellationToken
    ) => SendManifestAsync(HttpMethod.Put, $"{Experiments}/{id}", manifest, cancellationToken);

    private async Task<ServiceAnswer<ExperimentResource>> SendManifestAsync(
        HttpMethod method,
        string path,
        byte[] manifest,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(manifest) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/yaml");
        return await http.SendAsync(request, CliJson.Wire.ExperimentResource, cancellationToken);
    }

    public IAsyncEnumerable<ServiceAnswer<ResourcePage<ExperimentResource>>> ListAsync(
        CancellationToken cancellationToken
    ) => http.PagesAsync(Experiments, PageSize, CliJson.Wire.ExperimentPage, page => page.Next, cancellationToken);

    public Task<ServiceAnswer<ExperimentResource>> GetAsync(Guid id, CancellationToken cancellationToken) =>
        http.GetAsync($"{Experiments}/{id}", CliJson.Wire.ExperimentResource, cancellationToken);

    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) =>
        DeleteAsync($"{Experiments}/{id}", cancellationToken);

    public async Task<ServiceAnswer<ExperimentRunResource>> StartAsync(Guid id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Experiments}/{id}/runs");
        return await http.SendAsync(request, CliJson.Wire.ExperimentRunResource, cancellationToken);
    }

    public IAsyncEnumerable<ServiceAnswer<ResourcePage<ExperimentRunResource>>> ListRunsAsync(
        Guid id,
        CancellationToken cancellationToken
    ) =>
        http.PagesAsync(
            $"{Experiments}/{id}/runs",
            PageSize,
            CliJson.Wire.ExperimentRunPage,
            page => page.Next,
            cancellationToken
        );

    public Task<ServiceAnswer<ExperimentRunResource>> GetRunAsync(
        Guid experiment,
        Guid run,
        CancellationToken cancellationToken
    ) => http.GetAsync(PathOf(experiment, run), CliJson.Wire.ExperimentRunResource, cancellationToken);

    public async Task CancelRunAsync(Guid experiment, Guid run, CancellationToken cancellationToken)
    {
        JsonPatchOperation[] patch =
        [
            new()
            {
                Op = "replace",
                Path = "/status/state",
                Value = "canceled",
            },
        ];
        using var request = new HttpRequestMessage(HttpMethod.Patch, PathOf(experiment, run));
        request.Content = ServiceHttp.Json(patch, CliJson.Wire.JsonPatchOperationArray, "application/json-patch+json");
        (await http.SendAsync(request, cancellationToken)).Dispose();
    }

    public Task DeleteRunAsync(Guid experiment, Guid run, CancellationToken cancellationToken) =>
        DeleteAsync(PathOf(experiment, run), cancellationToken);

    /// <summary>A piece of what a training run has written, <c>logs</c> or <c>metrics</c>, from a byte on.</summary>
    public async Task<byte[]> ReadOutputAsync(RunId run, string what, long offset, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"v3/models/{run}/{what}?offset={offset}");
        using var response = await http.SendAsync(request, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var piece = new byte[PieceBytes];
        var read = await content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken);
        return piece[..read];
    }

    private async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        (await http.SendAsync(request, cancellationToken)).Dispose();
    }
}
