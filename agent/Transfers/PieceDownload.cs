using Polly;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Fetches a piece of an object into its file. After a broken connection it resumes at the byte where it broke.
/// </summary>
internal sealed class PieceDownload(
    ObjectSource source,
    DataObjects objects,
    ResiliencePipeline retry,
    TimeSpan silence,
    DownloadProgress progress,
    SkippedLines notes
)
{
    private static readonly TimeSpan WorthALine = TimeSpan.FromSeconds(5);

    /// <exception cref="DownloadFailedException">The piece cannot be fetched.</exception>
    /// <exception cref="ObjectChangedException">The object changed.</exception>
    public async Task FetchAsync(ObjectPiece piece, CancellationToken cancellationToken)
    {
        while (!piece.IsWhole && !piece.Object.IsVoid)
        {
            await ContinueAsync(piece, cancellationToken);
        }
    }

    /// <summary>Makes one round of tries. As long as each round brings some bytes, another round follows.</summary>
    private async Task ContinueAsync(ObjectPiece piece, CancellationToken cancellationToken)
    {
        var before = piece.Done;
        try
        {
            await retry.ExecuteAsync(async token => await AdvanceAsync(piece, token), cancellationToken);
        }
        catch (ServiceAwayException e) when (piece.Done <= before)
        {
            throw Failed(piece, e.Message, e.Code);
        }
        catch (ServiceAwayException)
        {
            // The round brought some bytes: the caller starts another one.
        }
    }

    private async Task AdvanceAsync(ObjectPiece piece, CancellationToken cancellationToken)
    {
        using var answer = await source.OpenAsync(piece, cancellationToken);
        var at = piece.From + piece.Done;
        var step = Resume.Next(answer.StatusCode, answer.Content.Headers.ContentRange?.From, at);
        if (step is not (ResumeStep.Append or ResumeStep.FromTheStart))
        {
            await RefusedAsync(piece, step, answer, cancellationToken);
        }
        piece.Object.Accept(answer);
        // Without an ETag the bytes so far may be of an older version.
        if (step is ResumeStep.FromTheStart && piece.Object.ETag is null)
        {
            progress.Lost(piece.Done);
            piece.Done = 0;
        }
        var skip = step is ResumeStep.FromTheStart ? piece.From + piece.Done : 0;
        await BodyReading.ReadAsync(answer, silence, bytes => Take(piece, bytes.Span, ref skip), cancellationToken);
        if (!piece.IsWhole)
        {
            throw TryAgain("it came short");
        }
    }

    /// <returns>Whether to read on.</returns>
    private bool Take(ObjectPiece piece, ReadOnlySpan<byte> bytes, ref long skip)
    {
        var passed = (int)Math.Min(skip, bytes.Length);
        skip -= passed;
        bytes = bytes[passed..];
        if (bytes.Length > piece.Bytes - piece.Done)
        {
            if (piece.IsLast)
            {
                throw new ObjectChangedException("it is longer than it was listed");
            }
            bytes = bytes[..(int)(piece.Bytes - piece.Done)];
        }
        piece.Object.Write(bytes, piece.From + piece.Done);
        piece.Done += bytes.Length;
        progress.Came(bytes.Length);
        return piece.IsLast || !piece.IsWhole;
    }

    private async Task RefusedAsync(
        ObjectPiece piece,
        ResumeStep step,
        HttpResponseMessage answer,
        CancellationToken cancellationToken
    )
    {
        if (step is ResumeStep.Changed)
        {
            throw new ObjectChangedException("it was changed");
        }
        var refusal = await StoreRefusal.ReadAsync(answer, cancellationToken);
        if (refusal.IsArchived)
        {
            throw Failed(piece, $"it is archived, and must be restored first; {refusal.Text}.", refusal.Cause);
        }
        if (step is ResumeStep.GiveUp)
        {
            throw Failed(piece, $"{refusal.Text}.", refusal.Cause);
        }
        if (step is ResumeStep.AskAgain)
        {
            // Other pieces of the object may do so at the same time, which is harmless.
            piece.Object.Listed = await objects.RefreshAsync(piece.Object.Listed, cancellationToken);
        }
        throw TryAgain(refusal.Text, Asked(refusal, answer), refusal.Cause);
    }

    private TimeSpan? Asked(StoreRefusal refusal, HttpResponseMessage answer)
    {
        var asked = RetryAfterHeader.Of(answer, TimeProvider.System);
        if (asked is { } pause && pause >= WorthALine)
        {
            notes.Add($"Data: {refusal.Text} and asks for a pause, of which {pause.TotalSeconds:0} s are kept.");
        }
        return asked;
    }

    private static DownloadFailedException Failed(ObjectPiece piece, string why, string? cause) =>
        new($"The object '{piece.Object.Listed.Object.Key}' cannot be fetched: {why}") { Cause = cause };

    private static ServiceAwayException TryAgain(string why, TimeSpan? asked = null, string? cause = null) =>
        new($"{why}.")
        {
            Answered = true,
            RetryAfter = asked,
            Code = cause ?? "",
        };
}
