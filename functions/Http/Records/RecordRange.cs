namespace Trainyard.Functions.Http.Records;

/// <summary>A range of records: from an index, or from a time in milliseconds of Unix time.</summary>
internal sealed record RecordRange(long FromIndex, long LastIndex, long? SinceMs = null)
{
    public static RecordRange All { get; } = new(1, long.MaxValue);

    public static RecordRange Since(long ms) => All with { SinceMs = ms };

    public bool Has(long index, long timeMs) => index >= FromIndex && index <= LastIndex && !(timeMs < SinceMs);

    /// <summary>Whether the range ends at or before this index.</summary>
    public bool IsBefore(long index) => index >= LastIndex;
}
