using Polly;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>Fetches one object into a file; a broken connection is taken up where it broke.</summary>
internal sealed class ObjectDownload(
    ObjectSource source,
    DataObjects objects,
    ResiliencePipeline retry,
    TimeSpan silence
)
{
    /// <exception cref="DownloadFailedException">It cannot be fetched whole.</exception>
    public async Task FetchAsync(ListedObject listed, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var part = new PartialObject(listed, file);
        if (listed.Object.Bytes == 0)
        {
            return;
        }
        while (!part.IsWhole)
        {
            await ContinueAsync(part, cancellationToken);
        }
    }

    /// <summary>A round of tries. As long as every round brings something, there is another one.</summary>
    private async Task ContinueAsync(PartialObject part, CancellationToken cancellationToken)
    {
        var before = part.Length;
        try
        {
            await retry.ExecuteAsync(async token => await AdvanceAsync(part, token), cancellationToken);
        }
        catch (ServiceAwayException e) when (part.Length <= before)
        {
            throw new DownloadFailedException($"The object '{part.Listed.Object.Key}' cannot be fetched: {e.Message}");
        }
        catch (ServiceAwayException)
        {
            // It came on a bit.
        }
    }

    private async Task AdvanceAsync(PartialObject part, CancellationToken cancellationToken)
    {
        var url = part.Listed.Object.Url;
        using var answer = await source.OpenAsync(url, part.Length, part.ETag, cancellationToken);
        switch (Resume.Next(answer.StatusCode, answer.Content.Headers.ContentRange?.From, part.Length))
        {
            case ResumeStep.Restart:
                part.Restart(answer.Headers.ETag);
                break;
            case ResumeStep.Append:
                break;
            case ResumeStep.AskAgain:
                part.Listed = await objects.RefreshAsync(part.Listed, cancellationToken);
                throw TryAgain("its address has expired");
            case ResumeStep.TryAgain:
                part.ForgetWhenRefused(answer.StatusCode);
                throw TryAgain($"the store answered {(int)answer.StatusCode}");
            default:
                throw new DownloadFailedException(
                    $"The object '{part.Listed.Object.Key}' cannot be fetched: the store answered {(int)answer.StatusCode}."
                );
        }
        await BodyReading.ReadAsync(answer, silence, piece => part.Append(piece.Span), cancellationToken);
        if (!part.IsWhole)
        {
            throw TryAgain("it came short");
        }
    }

    private static ServiceAwayException TryAgain(string why) => new($"{why}.") { Answered = true };
}
