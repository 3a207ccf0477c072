using Trainyard.Cli.Failures;
using Trainyard.Cli.Json;
using Trainyard.Cli.Settings;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Service;

/// <summary>The service's routes, one method each.</summary>
internal sealed class ServiceClient(ServiceSettings settings) : IDisposable
{
    private const int PageSize = 200;
    private const int MostPages = 5_000;
    private readonly ServiceHttp _http = new(settings);

    /// <summary>The routes of experiments and training definitions.</summary>
    public ExperimentRoutes Experiments => new(_http);

    /// <summary>The routes of what runs stored in their buckets.</summary>
    public FileRoutes Files => new(_http);

    public static string PathOf(RunId id) => $"v3/models/{id}";

    /// <summary>Sends a run, without a timeout. Sent again with the same key, it is the same run.</summary>
    public async Task<ServiceAnswer<RunResource>> SubmitAsync(
        HttpContent content,
        string idempotencyKey,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v3/models") { Content = content };
        // Lets the client receive a refusal while the archive is still being sent.
        request.Headers.ExpectContinue = true;
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await _http.SendUntimedAsync(request, cancellationToken);
        return await _http.ReadAsync(request, response, CliJson.Wire.RunResource, cancellationToken);
    }

    public Task<ServiceAnswer<RunResource>> GetRunAsync(RunId id, CancellationToken cancellationToken) =>
        _http.GetAsync(PathOf(id), CliJson.Wire.RunResource, cancellationToken);

    /// <summary>Every page of the list, newest first.</summary>
    /// <param name="array">The array whose runs are wanted, by their index; null for all runs by themselves.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async IAsyncEnumerable<ServiceAnswer<RunListResource>> ListRunsAsync(
        RunId? array,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? next = $"v3/models?limit={PageSize}{(array is { } id ? $"&array={id}" : "")}";
        var seen = new HashSet<string>();
        while (next is not null)
        {
            // A next link to an earlier page would make an endless loop.
            if (!seen.Add(next) || seen.Count > MostPages || !Uri.TryCreate(next, UriKind.Relative, out _))
            {
                throw new CliFailure(
                    ExitCode.ServiceError,
                    "answer_not_understood",
                    $"The service's list of training runs does not end (page {seen.Count}): look at the service's log."
                );
            }
            var page = await _http.GetAsync(next, CliJson.Wire.RunListResource, cancellationToken);
            yield return page;
            next = page.Value.Next?.TrimStart('/');
        }
    }

    /// <summary>The newest of the runs that have not ended.</summary>
    public Task<ServiceAnswer<RunListResource>> ListRunsUnderWayAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"v3/models?limit={PageSize}&state=pending,running",
            CliJson.Wire.RunListResource,
            cancellationToken
        );

    /// <summary>The last record of what a run's node measured; empty while there is none.</summary>
    public async Task<string> LastMeasurementAsync(RunId id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{PathOf(id)}/metrics?group=system&tail=1&follow=false"
        );
        using var response = await _http.SendAsync(request, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task CancelAsync(RunId id, CancellationToken cancellationToken)
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
        using var request = new HttpRequestMessage(HttpMethod.Patch, PathOf(id));
        request.Content = ServiceHttp.Json(patch, CliJson.Wire.JsonPatchOperationArray, "application/json-patch+json");
        (await _http.SendAsync(request, cancellationToken)).Dispose();
    }

    public async Task<ServiceAnswer<StoredModelResource>> StoreAsync(
        RunId id,
        string? name,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{PathOf(id)}/ml_asset");
        request.Content = ServiceHttp.Json(new StoreModelRequest { Name = name }, CliJson.Wire.StoreModelRequest);
        return await _http.SendAsync(request, CliJson.Wire.StoredModelResource, cancellationToken);
    }

    /// <param name="id">The ended run.</param>
    /// <param name="credentials">By their fields' names, or the name of a secret.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<ServiceAnswer<RunResource>> StoreResultsAsync(
        RunId id,
        Dictionary<string, string> credentials,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{PathOf(id)}/results");
        request.Content = ServiceHttp.Json(credentials, CliJson.Wire.DictionaryStringString);
        return await _http.SendAsync(request, CliJson.Wire.RunResource, cancellationToken);
    }

    public async Task DeleteAsync(RunId id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, PathOf(id));
        (await _http.SendAsync(request, cancellationToken)).Dispose();
    }

    public Task<ServiceAnswer<StoredModelListResource>> ListModelsAsync(CancellationToken cancellationToken) =>
        _http.GetAsync("v3/ml_assets/models", CliJson.Wire.StoredModelListResource, cancellationToken);

    public Task<ServiceAnswer<FrameworkListResource>> ListFrameworksAsync(CancellationToken cancellationToken) =>
        _http.GetAsync("v3/models/frameworks", CliJson.Wire.FrameworkListResource, cancellationToken);

    public Task<ServiceAnswer<NodeListResource>> ListNodesAsync(CancellationToken cancellationToken) =>
        _http.GetAsync("v3/nodes", CliJson.Wire.NodeListResource, cancellationToken);

    /// <summary>A node gets no new runs from now on, or gets some again.</summary>
    public async Task<ServiceAnswer<NodeResource>> DrainNodeAsync(
        string node,
        bool isDrained,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(
            isDrained ? HttpMethod.Put : HttpMethod.Delete,
            $"{PathOfNode(node)}/drain"
        );
        return await _http.SendAsync(request, CliJson.Wire.NodeResource, cancellationToken);
    }

    public async Task RemoveNodeAsync(string node, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, PathOfNode(node));
        (await _http.SendAsync(request, cancellationToken)).Dispose();
    }

    private static string PathOfNode(string node) => $"v3/nodes/{Uri.EscapeDataString(node)}";

    public async Task<ServiceAnswer<ApiKeyResource>> AddKeyAsync(
        string owner,
        string? expiresIn,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v3/keys");
        request.Content = ServiceHttp.Json(
            new CreateKeyRequest { Owner = owner, ExpiresIn = expiresIn },
            CliJson.Wire.CreateKeyRequest
        );
        return await _http.SendAsync(request, CliJson.Wire.ApiKeyResource, cancellationToken);
    }

    public Task<ServiceAnswer<KeyListResource>> ListKeysAsync(CancellationToken cancellationToken) =>
        _http.GetAsync("v3/keys", CliJson.Wire.KeyListResource, cancellationToken);

    public async Task DeleteKeyAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"v3/keys/{id}");
        (await _http.SendAsync(request, cancellationToken)).Dispose();
    }

    /// <param name="name">What to keep them under.</param>
    /// <param name="fields">The credentials' values by their fields' names.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task KeepSecretAsync(
        SecretName name,
        Dictionary<string, string> fields,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, PathOf(name));
        request.Content = ServiceHttp.Json(fields, CliJson.Wire.DictionaryStringString);
        (await _http.SendAsync(request, cancellationToken)).Dispose();
    }

    public Task<ServiceAnswer<SecretListResource>> ListSecretsAsync(CancellationToken cancellationToken) =>
        _http.GetAsync("v3/secrets", CliJson.Wire.SecretListResource, cancellationToken);

    public async Task DeleteSecretAsync(SecretName name, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, PathOf(name));
        (await _http.SendAsync(request, cancellationToken)).Dispose();
    }

    /// <summary>
    /// An event stream of a run, <c>logs</c> or <c>metrics</c>, from a byte offset on; from 0 on, only the wanted end of it.
    /// </summary>
    public async Task<HttpResponseMessage> OpenEventsAsync(
        RunId id,
        string what,
        long offset,
        LogSelection wanted,
        CancellationToken cancellationToken
    )
    {
        var isTail = wanted.Tail is not null && offset == 0;
        var from = isTail ? $"tail={wanted.Tail}" : $"offset={offset}";
        // A service that does not know "text=json" sends lines instead.
        var address = $"{PathOf(id)}/{what}?follow=true&{from}{wanted.Query}&text=json";
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (!isTail)
        {
            request.Headers.Add("Last-Event-ID", offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        return await _http.OpenEventsAsync(request, cancellationToken);
    }

    public CliFailure NoAnswerFor(TimeSpan waited) => ConnectionFailure.Silent(settings, waited);

    public void Dispose() => _http.Dispose();

    private static string PathOf(SecretName name) => $"v3/secrets/{name}";
}
