using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Experiments;

/// <summary>Reads the values of the objective that a training run recorded.</summary>
public sealed class TrialMetrics(IBlobStore blobs)
{
    // Holds thousands of records, and only the last ones matter.
    private const int TailBytes = 512 * 1024;

    private const string TestGroup = "test";

    /// <summary>
    /// The values by step, in the order of writing: those of the group <c>test</c>, or of any group when it has none.
    /// </summary>
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
