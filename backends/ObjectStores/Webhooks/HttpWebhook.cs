using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Webhooks;

/// <summary>
/// Posts over the same guarded network as the stores, because the address comes from a user here too.
/// </summary>
internal sealed class HttpWebhook(StoreNetwork network) : IWebhook
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    public async Task PostAsync(WebhookCall call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Url)
        {
            Content = new ReadOnlyMemoryContent(call.Body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Trainyard-Event", call.State);
        request.Headers.Add("X-Trainyard-Delivery", call.DeliveryId);
        if (call.SigningKey is { } key)
        {
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal()), call.Body.Span);
            request.Headers.Add("X-Trainyard-Signature", $"sha256={Convert.ToHexStringLower(signature)}");
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        await SendAsync(network.ClientFor(call.CaCertificate), request, timeout.Token);
    }

    private static async Task SendAsync(
        HttpClient client,
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        // Messages name only scheme and host: some services put secrets into the path or query.
        var place = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        // Only the status of the answer is used; its body is not read.
        StoreCall.Begin(isContent: true);
        try
        {
            using var answer = await client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken
            );
            if (!answer.IsSuccessStatusCode)
            {
                throw new WebhookException($"{place} answered {(int)answer.StatusCode}.");
            }
        }
        catch (Exception e) when (e is HttpRequestException or ObjectStoreException or OperationCanceledException)
        {
            throw new WebhookException($"{place} gave no answer{Why(e)}.", e);
        }
    }

    // Only certificate errors are explained: the owner can fix them, and they contain neither path nor query.
    private static string Why(Exception e)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is ObjectStoreException { Failure: ObjectStoreFailure.CertificateUntrusted })
            {
                return $": {at.Message.TrimEnd('.')}";
            }
        }
        return "";
    }
}
