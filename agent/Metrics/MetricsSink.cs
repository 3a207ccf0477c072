using System.Text.Json;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Writes a run's records from all sources to the spool. An invalid record is left out, counted, and reported in the
/// log the first time; it does not affect other records.
/// </summary>
/// <param name="spool">Gets the records.</param>
/// <param name="run">The run of the records.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets messages for the run's owner.</param>
internal sealed class MetricsSink(Spool spool, RunId run, TimeProvider time, Action<string> tell)
{
    private const int LongestShown = 80;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private long _index;
    private long _broken;

    /// <summary>Whether any records came from a source other than the metrics file.</summary>
    public bool HasExtracted { get; private set; }

    /// <summary>Forwards whole lines of the metrics file; each line is a record.</summary>
    public void Forward(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            while (!lines.IsEmpty)
            {
                var end = lines.IndexOf((byte)'\n');
                var line = end < 0 ? lines : lines[..end];
                lines = end < 0 ? [] : lines[(end + 1)..];
                ForwardLine(line);
            }
        }
    }

    /// <summary>Adds a record from another source.</summary>
    public void Add(ExtractedRecord record)
    {
        if (record.Values.Count == 0)
        {
            return;
        }
        lock (_gate)
        {
            HasExtracted = true;
            _groups.Add(record.Group);
            spool.Append(record.ToLine(run, ++_index, time.GetUtcNow()));
        }
    }

    /// <summary>Counts an invalid record.</summary>
    public void Refuse(string where, string text, string why)
    {
        lock (_gate)
        {
            RefuseOne(where, text, why);
        }
    }

    /// <summary>Whether there was a record of this group.</summary>
    public bool Has(string group)
    {
        lock (_gate)
        {
            return _groups.Contains(group);
        }
    }

    /// <summary>Ends the records, and reports how many were left out.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_broken > 1)
            {
                tell($"{_broken} lines of metrics were no records and are left out.");
            }
        }
    }

    private void ForwardLine(ReadOnlySpan<byte> line)
    {
        var record = line.Trim(" \t\r"u8);
        if (record.IsEmpty)
        {
            return;
        }
        if (TryNote(record) || (MetricText.Repair(record) is { } repaired && TryNote(record = repaired)))
        {
            _index++;
            spool.Append([.. record, (byte)'\n']);
            return;
        }
        RefuseOne("the metrics file", System.Text.Encoding.UTF8.GetString(record), "it is no JSON object");
    }

    private bool TryNote(ReadOnlySpan<byte> record)
    {
        try
        {
            var reader = new Utf8JsonReader(record);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind is not JsonValueKind.Object || reader.Read())
            {
                return false;
            }
            if (
                json.RootElement.TryGetProperty("grouplabel", out var group)
                && group.ValueKind is JsonValueKind.String
                && _groups.Count < 1000
            )
            {
                _groups.Add(group.GetString()!);
            }
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void RefuseOne(string where, string text, string why)
    {
        if (++_broken == 1)
        {
            var shown = text.Length > LongestShown ? text[..LongestShown] + "…" : text;
            tell(
                $"A line of {where} is left out: {why}: {Files.PrintableText.Of(shown)}. More of them are only counted."
            );
        }
    }
}
