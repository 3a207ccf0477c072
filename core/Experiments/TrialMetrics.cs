using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Experiments;

/// <summary>What a training run recorded of the objective.</summary>
public sealed class TrialMetrics(IBlobStore blobs)
{
    // Thousands of records; what matters is the last ones.
    private const int TailBytes = 512 * 1024;

    private const string TestGroup = "test";

    /// <summary>Its values by step, in the order of writing: those of the group <c>test</c>, or where it has none, of any.</summary>
    public async Task<IReadOnlyList<ObjectivePoint>> ReadAsync(
        RunId run,
        string objective,
        CancellationToken cancellationToken
    )
    {
        var all = await LastRecords.ReadAsync(blobs, run, TailBytes, cancellationToken);
        var records = all.Select(record =>
                (record.Group, record.Iteration, Value: record.Values.GetValueOrDefault(objective)?.Number)
            )
            .Where(record => record.Value is not null)
            .ToList();
        var tests = records.FindAll(record => record.Group == TestGroup);
        return
        [
            .. (tests.Count > 0 ? tests : records).Select(r => new ObjectivePoint(
                r.Iteration,
                r.Value.GetValueOrDefault()
            )),
        ];
    }
}
