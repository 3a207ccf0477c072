using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>How many runs of an array stand how.</summary>
/// <param name="All">All of them, those that have not begun included.</param>
/// <param name="Begun">That have left the queue, ended ones included.</param>
/// <param name="Running">That are under way.</param>
public sealed record ArrayCounts(int All, int Begun, int Running, int Completed, int Failed, int Canceled)
{
    public int Ended => Completed + Failed + Canceled;

    public static ArrayCounts Of(IReadOnlyList<RunPhase?> phases)
    {
        var running = phases.Count(p => p is RunPhase.Downloading or RunPhase.Processing or RunPhase.Storing);
        var completed = phases.Count(p => p is RunPhase.Completed);
        var failed = phases.Count(p => p is RunPhase.Failed);
        var canceled = phases.Count(p => p is RunPhase.Halted);
        return new(phases.Count, running + completed + failed + canceled, running, completed, failed, canceled);
    }

    /// <summary>The phases that an array's record has, or those of one of which nothing has begun.</summary>
    public static IReadOnlyList<RunPhase?> PhasesOf(TrainingRun array) =>
        array.ElementPhases ?? new RunPhase?[array.Manifest.Array?.Count ?? 0];

    /// <summary>As a sentence without a full stop: <c>2 of 3 runs have ended: 1 completed, 1 failed</c>.</summary>
    public override string ToString()
    {
        (int Count, string Word)[] ends = [(Completed, "completed"), (Failed, "failed"), (Canceled, "canceled")];
        var parts = ends.Where(end => end.Count > 0).Select(end => $"{end.Count} {end.Word}").ToList();
        return $"{Ended} of {All} runs ended{(parts.Count == 0 ? "" : ": " + string.Join(", ", parts))}";
    }
}
