using System.Globalization;

namespace Trainyard.Agent.Metrics;

/// <summary>Combines the scalars of a step, which programs write one by one, into one record.</summary>
internal sealed class StepRecords(string group, string? subId, MetricsSink sink)
{
    private ExtractedRecord? _open;
    private long _step;

    public void Take(ScalarEvent read)
    {
        foreach (var (tag, value) in read.Scalars)
        {
            if (_open is null || _step != read.Step || _open.Values.Exists(known => known.Name == tag))
            {
                Close();
                _open = Open(read);
                _step = read.Step;
            }
            _open.Values.Add(new ExtractedValue(tag, ExtractedValue.Float, Number(value)));
        }
    }

    /// <summary>Emits the collected record.</summary>
    public void Close()
    {
        if (_open is not null)
        {
            sink.Add(_open);
        }
        _open = null;
    }

    private ExtractedRecord Open(ScalarEvent read)
    {
        var record = new ExtractedRecord(group) { SubId = subId, TimeMs = MetricTime.OfNumber(read.WallTime) };
        record.ETimes.Add(new ExtractedValue("iteration", ExtractedValue.Int, Number(read.Step)));
        if (record.TimeMs is { } ms)
        {
            var moment = DateTimeOffset.FromUnixTimeMilliseconds(ms);
            var text = moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            record.ETimes.Add(new ExtractedValue("timestamp", ExtractedValue.String, text));
            record.ETimes.Add(new ExtractedValue("wall_time", ExtractedValue.Float, Number(read.WallTime)));
        }
        return record;
    }

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
