using System.Globalization;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Model;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>Maps runs and records to FfDL's wire forms.</summary>
internal static class FfdlMapper
{
    private const long Mebibyte = 1L << 20;

    /// <summary>The path of a run; FfDL's command line takes the text after <c>/v1/models/</c> as the id.</summary>
    public static string UrlOf(RunId id) => $"/{Routes.FfdlModels}/{id}";

    public static FfdlModel ToModel(this TrainingRun run, IReadOnlyList<MetricRecord> metrics)
    {
        var manifest = run.Manifest;
        var input = StoreId(manifest.TrainingData, "input");
        var output = StoreId(manifest.TrainingResults, "output");
        return new FfdlModel
        {
            ModelId = run.Id.ToString(),
            Name = manifest.Name,
            Description = manifest.Description,
            Framework = new FfdlFramework(
                manifest.Framework.Name,
                manifest.Framework.Asked ?? manifest.Framework.Version
            ),
            Training = new FfdlTraining
            {
                Command = manifest.Command,
                Cpus = manifest.Compute.Cpus,
                Gpus = manifest.Compute.Gpus,
                Memory = Math.Round((double)manifest.Compute.MemoryBytes / Mebibyte, 2),
                MemoryUnit = "MiB",
                Learners = manifest.Compute.Nodes,
                InputData = [input],
                OutputData = [output],
                TrainingStatus = StatusOf(run),
            },
            DataStores = [StoreOf(manifest.TrainingData, input), StoreOf(manifest.TrainingResults, output)],
            Metrics = [.. metrics.Select(ToMetric)],
        };
    }

    public static FfdlMetric ToMetric(this MetricRecord record) =>
        new()
        {
            Type = record.Group,
            Timestamp = record.TimeMs is { } ms ? Time(DateTimeOffset.FromUnixTimeMilliseconds(ms)) : "",
            Iteration = record.Iteration,
            Values = record.Values.ToDictionary(v => v.Key, v => (object?)v.Value.Number ?? v.Value.Text),
        };

    /// <summary>A line in the metrics stream that reports the phase.</summary>
    public static FfdlMetric StatusMetric(string message, DateTimeOffset at) =>
        new()
        {
            Type = "Status",
            Timestamp = Time(at),
            Iteration = 0,
            Values = new Dictionary<string, object> { ["Message"] = message },
        };

    public static FfdlLogLine ToLogLine(this RunRecord<string> line, TrainingRun run) =>
        new(MetaOf(run, line.TimeMs, line.Index), line.Value);

    public static FfdlEMetrics ToEMetrics(this RunRecord<MetricRecord> record, TrainingRun run) =>
        new(
            MetaOf(run, record.TimeMs, record.Index),
            record.Value.Group,
            ToValues(record.Value.ETimes),
            ToValues(record.Value.Values)
        );

    private static FfdlMeta MetaOf(TrainingRun run, long time, long index) =>
        new(run.Id.ToString(), run.Owner.ToString(), time, index);

    private static Dictionary<string, FfdlValue> ToValues(IReadOnlyDictionary<string, MetricValue> values) =>
        values.ToDictionary(v => v.Key, v => new FfdlValue(v.Value.Type, v.Value.Text));

    private static FfdlTrainingStatus StatusOf(TrainingRun run)
    {
        var phase = run.Phase.ToWire();
        return new FfdlTrainingStatus
        {
            Status = phase,
            StatusDescription = phase,
            Submitted = Time(run.SubmittedAt),
            Completed = run.FinishedAt is { } end ? Time(end) : "",
            StatusMessage = run.Reason?.ToString(),
            ErrorCode = run.Phase is RunPhase.Failed ? FfdlErrorCodes.Of(run.Reason) : null,
        };
    }

    private static string StoreId(DataStoreReference store, string side) => $"{store.Name ?? "store"}-{side}";

    private static FfdlDataStore StoreOf(DataStoreReference store, string id)
    {
        var connection = new SortedDictionary<string, string> { ["bucket"] = store.Bucket };
        if (store.Endpoint is { } endpoint)
        {
            connection["auth_url"] = endpoint.ToString();
        }
        if (store.Region is { } region)
        {
            connection["region"] = region;
        }
        return new FfdlDataStore(id, TypeOf(store.Type), connection);
    }

    private static string TypeOf(DataStoreType type) =>
        type switch
        {
            DataStoreType.S3 => "s3_datastore",
            DataStoreType.Swift => "swift_datastore",
            DataStoreType.AzureBlob => "azure_blob",
            _ => "mount_volume",
        };

    // Go's own time format: the command line prints N/A for any other.
    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF '+0000 UTC'", CultureInfo.InvariantCulture);
}
