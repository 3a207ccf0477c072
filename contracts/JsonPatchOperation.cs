using System.Text.Json.Serialization;

namespace Trainyard.Contracts;

/// <summary>A change by JSON Patch (RFC 6902); only <c>replace /status/state canceled</c> is known.</summary>
public sealed record JsonPatchOperation
{
    public required string Op { get; init; }

    public required string Path { get; init; }

    [JsonRequired]
    public string? Value { get; init; }
}
