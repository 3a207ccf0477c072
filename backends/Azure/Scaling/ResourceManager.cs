using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Trainyard.Backends.Azure.Scaling;

/// <summary>Transport and retry options for Azure Resource Manager; tests replace them.</summary>
internal sealed class ResourceManagerOptions : ClientOptions;

/// <summary>
/// A minimal client for Azure Resource Manager: returns JSON or throws <see cref="RequestFailedException"/>. It
/// retries after the time that Azure names when Azure is busy or throttles.
/// </summary>
internal sealed class ResourceManager(TokenCredential credential, ResourceManagerOptions options)
{
    private static readonly Uri Endpoint = new("https://management.azure.com");
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(
        options,
        new BearerTokenAuthenticationPolicy(credential, new Uri(Endpoint, ".default").AbsoluteUri)
    );

    /// <summary>The address of a resource or of a path below it.</summary>
    public static Uri AddressOf(string path, string apiVersion) => new(Endpoint, $"{path}?api-version={apiVersion}");

    public async Task<T> GetAsync<T>(Uri address, CancellationToken cancellationToken)
    {
        using var message = Create(RequestMethod.Get, address);
        await SendAsync(message, cancellationToken);
        return message.Response.Content.ToObjectFromJson<T>(Json) ?? throw new RequestFailedException(message.Response);
    }

    /// <summary>
    /// Starts an operation; returns once it is accepted. A version makes it conditional on the resource's ETag.
    /// </summary>
    public async Task StartAsync(
        RequestMethod method,
        Uri address,
        object body,
        CancellationToken cancellationToken,
        string? version = null
    )
    {
        using var message = Create(method, address);
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(body, Json));
        if (version is not null)
        {
            message.Request.Headers.Add(HttpHeader.Names.IfMatch, version);
        }
        await SendAsync(message, cancellationToken);
    }

    private HttpMessage Create(RequestMethod method, Uri address)
    {
        // Addresses of next pages come from answers; the token must never go to another host.
        if (address.Scheme != Endpoint.Scheme || address.Authority != Endpoint.Authority)
        {
            throw new InvalidOperationException($"{address.Authority} is not Azure Resource Manager.");
        }
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        return message;
    }

    private async Task SendAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        await _pipeline.SendAsync(message, cancellationToken);
        if (message.Response.IsError)
        {
            throw new RequestFailedException(message.Response);
        }
    }
}
