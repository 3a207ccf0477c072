using System.Net;
using System.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Http;

namespace Trainyard.Agent.Verbs;

/// <summary>Uploads a part of a file to its address, and retries as long as that can help.</summary>
internal sealed class PartPut(HttpClient stores, PartAddresses addresses, SafeFileHandle file)
{
    private const int Tries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    private string _why = "";

    /// <exception cref="BucketPartException">The store does not take the part.</exception>
    /// <exception cref="FileChangedException">The part changed after it was hashed.</exception>
    public async Task<BucketPart> RunAsync(FilePart part, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var address = await addresses.GetAsync(part.Number, cancellationToken);
            using var answer = await TrySendAsync(address, part, cancellationToken);
            if (answer is { IsSuccessStatusCode: true })
            {
                return PartOf(answer, part);
            }
            await JudgeAsync(answer, part);
            if (tries == Tries)
            {
                throw new BucketPartException(_why);
            }
            await Task.Delay(PauseAfter(answer, tries), cancellationToken);
        }
    }

    private BucketPart PartOf(HttpResponseMessage answer, FilePart part)
    {
        var md5 = Convert.ToHexStringLower(part.Md5);
        // The service keeps ETags without quotes.
        var tag =
            !addresses.AnswersWithETags ? md5
            : answer.Headers.TryGetValues("ETag", out var values) ? values.First().Trim('"').ToLowerInvariant()
            : "";
        return tag.Length > 0
            ? new BucketPart(tag, md5)
            : throw new BucketPartException("the store does not say what it has.");
    }

    private async Task JudgeAsync(HttpResponseMessage? answer, FilePart part)
    {
        if (answer is null)
        {
            _why = "the store does not answer.";
            return;
        }
        _why = $"the store answered {(int)answer.StatusCode}.";
        switch (answer.StatusCode)
        {
            // The address may have expired.
            case HttpStatusCode.Forbidden:
                addresses.Forget(part.Number);
                break;
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests:
            case >= HttpStatusCode.InternalServerError:
                break;
            // The part changed after it was hashed, or the request itself is wrong.
            default:
                throw await HasChangedAsync(part)
                    ? new FileChangedException("It changed while it was sent.")
                    : new BucketPartException(_why);
        }
    }

    private async Task<bool> HasChangedAsync(FilePart part)
    {
        if (RandomAccess.GetLength(file) < part.From + part.Bytes)
        {
            return true;
        }
        using var hash = new PartHash(file);
        return !(await hash.NextAsync(part.From, part.Bytes)).SequenceEqual(part.Md5);
    }

    // The pause that the store asks for, within bounds, or a growing one of our own when that is longer.
    private static TimeSpan PauseAfter(HttpResponseMessage? answer, int tries)
    {
        var asked = RetryAfterHeader.Of(answer, TimeProvider.System) ?? TimeSpan.Zero;
        var own = JitteredBackoff.Pause(tries, FirstPause, LongestPause);
        return asked > own ? asked : own;
    }

    private async Task<HttpResponseMessage?> TrySendAsync(
        string address,
        FilePart part,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StoreUpload.TimeFor(part.Bytes));
        var content = new FileHandleContent(file, part.From, part.Bytes);
        content.Headers.ContentType = null;
        content.Headers.ContentMD5 = part.Md5;
        content.Sent = () => deadline.CancelAfter(FileHandleContent.TimeToAnswer(content));
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
        if (addresses.SendETag)
        {
            request.Headers.TryAddWithoutValidation("ETag", Convert.ToHexStringLower(part.Md5));
        }
        try
        {
            return await stores.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        }
        catch (Exception e) when (FileChangedException.Behind(e) is { } changed)
        {
            throw new FileChangedException(changed.Message, e);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException || !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
