using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>Stages files, several at once. A file that is refused does not keep the others.</summary>
internal sealed class ResultStage(FileUpload upload, int parallel)
{
    private long bytes;
    private int files;
    private string? firstRefusal;

    /// <summary>Everything staged so far.</summary>
    public StageSummary Summary => new(files, Interlocked.Read(ref bytes), firstRefusal);

    public Task RunAsync(IEnumerable<FoundFile> found, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            found,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (file, token) => await StageAsync(file, token)
        );

    private async Task StageAsync(FoundFile file, CancellationToken cancellationToken)
    {
        try
        {
            Interlocked.Add(ref bytes, await upload.RunAsync(file, cancellationToken));
            Interlocked.Increment(ref files);
        }
        catch (Exception e) when (e is ServiceRefusedException or IOException)
        {
            Interlocked.CompareExchange(ref firstRefusal, $"'{file.Path}' could not be staged: {e.Message}", null);
        }
    }
}

/// <summary>What was staged, and what went wrong first.</summary>
internal sealed record StageSummary(int Files, long Bytes, string? Refusal)
{
    /// <summary>What was more than may be stored.</summary>
    public string? Limit { get; init; }

    public static StageSummary Nothing { get; } = new(0, 0, null);
}
