using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Runs;

/// <summary>Calls the webhook of a manifest's <c>notify</c>.</summary>
public interface IWebhook
{
    /// <summary>
    /// Posts once. Throws <see cref="WebhookException"/> when there is no response, or one that is not 2xx; no
    /// exception message contains the address's query or the key.
    /// </summary>
    Task PostAsync(WebhookCall call, CancellationToken cancellationToken);
}

/// <summary>One call.</summary>
public sealed record WebhookCall
{
    public required Uri Url { get; init; }

    /// <summary>The state to report, as in <c>notify.on</c>.</summary>
    public required string State { get; init; }

    /// <summary>
    /// The same id for every try to deliver this call, so that the receiver can recognize a repetition.
    /// </summary>
    public required string DeliveryId { get; init; }

    /// <summary>JSON.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Authorities that vouch for the receiver's certificate beside those of the machine, in PEM.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>Signs the body, when the manifest gives a key.</summary>
    public Secret? SigningKey { get; init; }
}

/// <summary>The receiver did not accept the call.</summary>
public sealed class WebhookException(string message, Exception? inner = null) : IOException(message, inner);
