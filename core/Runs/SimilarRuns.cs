using System.Collections.Concurrent;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Runs;

/// <summary>How long a run without <c>max_duration</c> will probably hold its node, from what its owner's like runs did.</summary>
public sealed class SimilarRuns(IRunStore runs, TimeProvider time)
{
    // One page of the owner's newest, whatever they are: the same cost however many there are.
    private const int LookedAt = 100;
    private const int LookedAtInArray = 20;
    private const int MostKept = 1_000;

    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(Owner, string), (TimeSpan? Duration, DateTimeOffset At)> _known = new();

    /// <summary>Null where nobody knows, and where the manifest says how long it may take.</summary>
    public async Task<TimeSpan?> ExpectedAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (run.Manifest.MaxDuration is not null)
        {
            return null;
        }
        var key = (run.Owner, SimilarRunDurations.KindOf(run.Manifest));
        var now = time.GetUtcNow();
        if (_known.TryGetValue(key, out var known) && (now - known.At).Duration() < GoodFor)
        {
            return known.Duration;
        }
        var query = new RunQuery { Owner = run.Owner, PageSize = LookedAt };
        var page = await runs.QueryAsync(query, cancellationToken);
        var earlier = await EarlierInArrayAsync(run, cancellationToken);
        var duration = SimilarRunDurations.Median([.. earlier, .. page.Runs], run.Manifest);
        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }
        _known[key] = (duration, now);
        return duration;
    }

    // The owner's list has no elements of arrays, and the elements before this one are the most alike.
    private async Task<IReadOnlyList<TrainingRun>> EarlierInArrayAsync(
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        if (run.Element is not { } element)
        {
            return [];
        }
        var first = Math.Max(0, element.Index - LookedAtInArray);
        var read = await Task.WhenAll(
            Enumerable
                .Range(first, element.Index - first)
                .Select(index => runs.GetAsync(ArrayElement.IdOf(element.ArrayId, index), cancellationToken))
        );
        return [.. read.OfType<VersionedRun>().Select(versioned => versioned.Run)];
    }
}

/// <summary>What runs have in common that take about as long.</summary>
public static class SimilarRunDurations
{
    /// <summary>Name, framework and compute.</summary>
    public static string KindOf(TrainingManifest manifest) =>
        $"{manifest.Name}\n{manifest.Framework.Name} {manifest.Framework.Version}\n{manifest.Compute}";

    /// <summary>The median over the completed runs of the same kind; null where there is none.</summary>
    public static TimeSpan? Median(IEnumerable<TrainingRun> earlier, TrainingManifest manifest)
    {
        var kind = KindOf(manifest);
        var times = earlier
            .Where(run => !run.IsArray && run.Phase is RunPhase.Completed && KindOf(run.Manifest) == kind)
            .Select(OnNode)
            .OfType<TimeSpan>()
            .Order()
            .ToList();
        return times.Count == 0 ? null : (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
    }

    // From its last lease until its node was free again.
    private static TimeSpan? OnNode(TrainingRun run)
    {
        var history = run.History.ToList();
        var leased = history.FindLastIndex(entry => entry.Phase is RunPhase.Downloading);
        if (leased < 0 || leased == history.Count - 1)
        {
            return null;
        }
        var left = history.FindIndex(leased, entry => entry.Phase is RunPhase.Storing);
        var time = history[left < 0 ? history.Count - 1 : left].At - history[leased].At;
        return time > TimeSpan.Zero ? time : null;
    }
}
