using Trainyard.Agent.Files;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>Stages files in parallel. A refused file does not keep the others from being staged.</summary>
/// <param name="groups">Stages small files together.</param>
/// <param name="upload">Stages a file by itself.</param>
/// <param name="parallel">How many requests are under way at once.</param>
internal sealed class ResultStage(GroupUpload groups, SteadyUpload upload, int parallel)
{
    private long _bytes;
    private int _files;
    private string? _firstRefusal;
    private string? _givenUp;

    /// <summary>A summary of the files staged so far.</summary>
    public StageSummary Summary => new(_files, Interlocked.Read(ref _bytes), _firstRefusal) { GivenUp = _givenUp };

    public async Task RunAsync(IEnumerable<FoundFile> found, CancellationToken cancellationToken)
    {
        var files = found.ToList();
        if (!groups.IsOffered && files.Count(GroupUpload.IsSmall) > 1)
        {
            // By itself, its answer tells how the others may be staged.
            var first = files.First(GroupUpload.IsSmall);
            files.Remove(first);
            await StageAsync(first, cancellationToken);
        }
        await Parallel.ForEachAsync(
            groups.IsOffered ? GroupUpload.Group(files) : files.Select(file => (IReadOnlyList<FoundFile>)[file]),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (together, token) => await StageAsync(together, token)
        );
    }

    private static string Sentence(FoundFile file, Exception e) =>
        $"'{PrintableText.Of(file.Path)}' could not be staged: {PrintableText.Of(e.Message)}";

    private async Task StageAsync(IReadOnlyList<FoundFile> files, CancellationToken cancellationToken)
    {
        var left = files.Count > 1 ? await StageTogetherAsync(files, cancellationToken) : files;
        foreach (var file in left)
        {
            await StageAsync(file, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<FoundFile>> StageTogetherAsync(
        IReadOnlyList<FoundFile> files,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (left, bytes) = await groups.RunAsync(files, cancellationToken);
            Interlocked.Add(ref _bytes, bytes);
            Interlocked.Add(ref _files, files.Count - left.Count);
            return left;
        }
        catch (ServiceAwayException e)
        {
            Interlocked.CompareExchange(ref _givenUp, Sentence(files[0], e), null);
            return [];
        }
    }

    private async Task StageAsync(FoundFile file, CancellationToken cancellationToken)
    {
        try
        {
            if (await upload.RunAsync(file, cancellationToken) is { } staged)
            {
                Interlocked.Add(ref _bytes, staged);
                Interlocked.Increment(ref _files);
            }
        }
        catch (Exception e) when (e is ServiceRefusedException or IOException)
        {
            Interlocked.CompareExchange(ref _firstRefusal, Sentence(file, e), null);
        }
        catch (ServiceAwayException e)
        {
            Interlocked.CompareExchange(ref _givenUp, Sentence(file, e), null);
        }
    }
}

/// <summary>The number of staged files and bytes, and the first refusal.</summary>
internal sealed record StageSummary(int Files, long Bytes, string? Refusal)
{
    /// <summary>Why a file was given up after all tries: the service or its store could not take it.</summary>
    public string? GivenUp { get; init; }

    /// <summary>The limit that the results exceeded.</summary>
    public string? Limit { get; init; }

    public static StageSummary Nothing { get; } = new(0, 0, null);
}
