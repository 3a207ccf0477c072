using System.Text.Json;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Metrics;

/// <summary>A metrics record in FfDL's form, created from other output of a command.</summary>
internal sealed record ExtractedRecord(string Group)
{
    public List<ExtractedValue> ETimes { get; init; } = [];

    public List<ExtractedValue> Values { get; init; } = [];

    /// <summary>Milliseconds of Unix time; null for the current time.</summary>
    public long? TimeMs { get; init; }

    public string? SubId { get; init; }

    public byte[] ToLine(RunId run, long index, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("meta");
            json.WriteString("training_id", run.ToString());
            json.WriteNumber("time", TimeMs ?? now.ToUnixTimeMilliseconds());
            json.WriteNumber("rindex", index);
            if (SubId is not null)
            {
                json.WriteString("subid", SubId);
            }
            json.WriteEndObject();
            json.WriteString("grouplabel", Group);
            Write(json, "etimes", ETimes);
            Write(json, "values", Values);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, List<ExtractedValue> values)
    {
        json.WriteStartObject(name);
        foreach (var value in values)
        {
            json.WriteStartObject(value.Name);
            json.WriteString("type", value.Type);
            json.WriteString("value", value.Text);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}

/// <param name="Name">The name, such as <c>loss</c>.</param>
/// <param name="Type">STRING, JSONSTRING, INT or FLOAT.</param>
/// <param name="Text">The value as text.</param>
internal sealed record ExtractedValue(string Name, string Type, string Text)
{
    public const string String = "STRING";
    public const string JsonString = "JSONSTRING";
    public const string Int = "INT";
    public const string Float = "FLOAT";
}
