using System.Text;
using System.Text.Json;
using Trainyard.Agent.Metrics;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>A sink, and what came out of it.</summary>
internal sealed class Collected : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private readonly Spool _spool;

    public Collected()
    {
        Time.Advance(Now - Time.GetUtcNow());
        _spool = new Spool(Folder.File("spool"));
        Sink = new MetricsSink(_spool, RunId.New(), Time, Told.Add);
    }

    public TemporaryFolder Folder { get; } = new();

    public ManualTime Time { get; } = new();

    public MetricsSink Sink { get; }

    public List<string> Told { get; } = [];

    public string Text
    {
        get
        {
            var buffer = new byte[_spool.Length];
            return Encoding.UTF8.GetString(buffer, 0, _spool.Read(0, buffer));
        }
    }

    /// <summary>Each record in short: <c>group etimes -> values</c>, types left out.</summary>
    public IEnumerable<string> Records => Lines.Select(Short);

    public IEnumerable<JsonElement> Lines =>
        Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);

    public void Dispose()
    {
        _spool.Dispose();
        Folder.Dispose();
    }

    private static string Short(JsonElement record) =>
        $"{record.GetProperty("grouplabel")} {Fields(record.GetProperty("etimes"))} -> {Fields(record.GetProperty("values"))}";

    private static string Fields(JsonElement fields) =>
        string.Join(' ', fields.EnumerateObject().Select(f => $"{f.Name}={f.Value.GetProperty("value")}"));
}
