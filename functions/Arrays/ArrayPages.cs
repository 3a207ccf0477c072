using System.Globalization;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Arrays;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Arrays;

/// <summary>Pages of the runs of an array, in the order of their index.</summary>
public sealed class ArrayPages(IRunStore runs)
{
    private const int ReadAtOnce = 16;

    /// <summary>
    /// A page. An element without a record is shown as what it is to become, or has been. With phases, a page may be
    /// shorter.
    /// </summary>
    /// <exception cref="InvalidContinuationException">The continuation is not one of this array.</exception>
    public async Task<RunPage> ListAsync(
        TrainingRun array,
        int pageSize,
        string? continuation,
        IReadOnlyList<RunPhase>? phases,
        CancellationToken cancellationToken
    )
    {
        var count = array.Manifest.Array?.Count ?? 0;
        var first = ReadIndex(continuation, count);
        var next = Math.Min(count, first + pageSize);
        var page = new List<TrainingRun>();
        foreach (var some in Enumerable.Range(first, next - first).Chunk(ReadAtOnce))
        {
            page.AddRange(await Task.WhenAll(some.Select(index => ReadAsync(array, index, cancellationToken))));
        }
        return new RunPage(
            [.. page.Where(run => phases is null || phases.Contains(run.Phase))],
            next < count ? next.ToString(CultureInfo.InvariantCulture) : null
        );
    }

    private async Task<TrainingRun> ReadAsync(TrainingRun array, int index, CancellationToken cancellationToken) =>
        (await runs.GetAsync(ArrayElement.IdOf(array.Id, index), cancellationToken))?.Run
        ?? ArrayElements.Missing(array, index);

    private static int ReadIndex(string? continuation, int count) =>
        continuation is null ? 0
        : int.TryParse(continuation, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < count
            ? index
        : throw new InvalidContinuationException();
}
