namespace Trainyard.Chaos.Checks;

/// <summary>The results bucket as its user sees it.</summary>
internal interface IResultBucket
{
    /// <summary>Names below the run's folder.</summary>
    Task<IReadOnlyList<string>> ListAsync(string runId);

    Task<Stream> OpenAsync(string runId, string name);
}
